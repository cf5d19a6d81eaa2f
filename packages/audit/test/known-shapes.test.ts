import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from '../src/canonical.ts'
import { lineFields } from '../src/line-fields.ts'
import { scanLine } from '../src/line-scan.ts'
import { KnownShapes } from '../src/verify/known-shapes.ts'

test('every changed bit of a line whose shape is known is judged as without knowing it', () => {
  const lines = Array.from({ length: 4 }, (_, n) => Buffer.from(canonicalJson(entry(n))))
  const changed = lines.slice(0, 2).flatMap((line) =>
    Array.from({ length: 8 * line.length }, (_, at) => {
      const copy = Buffer.from(line)
      copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7))
      return copy
    }),
  )
  judgedAlike([...lines, ...changed.flatMap((line) => [line, lines[2] as Buffer])])
})

test('a value of another kind in the place of a known one is judged as without knowing it', () => {
  const values = [
    '"x"',
    '""',
    '"\\u0001"',
    '"\\u0041"',
    '"é"',
    '"\t"',
    '-1',
    '0',
    '-0',
    '01',
    '1e3',
  ]
  const others = ['9007199254740992', 'true', 'null', 'nul', '{}', '[]', '{"a":1}', '[1]', '', '"']
  const before = ['"y"', '7', 'false', '"é"']
  const lines = [...before, ...values, ...others].flatMap((value) => [
    `{"a":${value},"b":"same","seq":${value}}`,
    `{"a":"z","b":"same","seq":3}`,
  ])
  judgedAlike(lines.map((line) => Buffer.from(line)))
})

test('a line that is cut or goes on is not of its shape', () => {
  const line = canonicalJson(entry(7))
  const cuts = Array.from({ length: line.length }, (_, length) => line.slice(0, length))
  const longer = ['}', ' ', ',"w":1}', '\n', line].map((more) => line + more)
  judgedAlike([line, canonicalJson(entry(8)), ...cuts, ...longer].map((text) => Buffer.from(text)))
})

test('bytes that are no UTF-8 are not canonical in a value of a known shape either', () => {
  const line = (name: string): Buffer => Buffer.from(`{"a":"${name}","b":2}`, 'latin1')
  const wrong = ['\xff', '\xc3', '\xed\xa0\x80', '\xc0\xaf', '\xf4\x90\x80\x80', 'x\xc3']
  judgedAlike(['x', 'y', '\xc3\xa9', ...wrong].map(line))
})

test('lines of many shapes in any order are judged as without knowing them', () => {
  const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom('', 'a', 'é', '"', null))
  const nested = fc.oneof(value, fc.array(value, { maxLength: 2 }), fc.record({ id: value }))
  const keys = fc.dictionary(
    fc.constantFrom('action', 'b', 'data', '"', 'prev', 'seq', 'v'),
    nested,
  )
  const line = fc.oneof(
    keys.map(canonicalJson),
    keys.map((found) => JSON.stringify(found)),
  )
  const all = fc.array(line, { minLength: 200, maxLength: 400 })
  const check = (lines: string[]): void => judgedAlike(lines.map((text) => Buffer.from(text)))
  fc.assert(fc.property(all, check), { numRuns: 60, seed: 11 })
})

function entry(n: number): object {
  return {
    action: 'query',
    actor: { id: `u${n}é`, type: 'user' },
    data: [{ part: 'input' }, []],
    ext: { a: { b: [true, false, null, -n, 0] } },
    log: 'acme.example/audit',
    prev: `abc${n}=`,
    reason: 'quote " backslash \\ tab \t bell \u0007',
    seq: 10 * n,
    ts: `2026-01-01T00:00:0${n % 10}.000Z`,
    v: 1,
  }
}

/** Each line in its turn, by one who knows those before it, and by one who knows none. */
function judgedAlike(lines: readonly Buffer[]): void {
  // As in a segment: something before each line, a line feed behind it.
  const bytes = Buffer.concat([
    Buffer.from('\n'),
    ...lines.flatMap((line) => [line, Buffer.from('\n')]),
  ])
  const known = new KnownShapes()
  let start = 1
  for (const line of lines) {
    const end = start + line.length
    const [fields, expected] = [lineFields(), lineFields()]
    const isCanonical = scanLine(bytes, start, end, expected)
    assert.equal(known.scan(bytes, start, end, fields), isCanonical, String(line))
    if (isCanonical) assert.deepEqual(there(fields), there(expected), String(line))
    start = end + 1
  }
}

/** The end of a field that is not there says nothing. */
function there(fields: ReturnType<typeof lineFields>): Record<string, number> {
  const names = ['action', 'data', 'log', 'prev', 'seq', 'ts', 'v'] as const
  const found = names.filter((name) => fields[name] > 0)
  return Object.fromEntries(
    found.flatMap((name) => [
      [name, fields[name]],
      [`${name}End`, fields[`${name}End`]],
    ]),
  )
}
