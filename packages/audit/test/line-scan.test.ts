import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson, isCanonical } from '../src/canonical.ts'
import { lineFields } from '../src/line-fields.ts'
import { scanLine } from '../src/line-scan.ts'

const LINE = canonicalJson({
  action: 'query',
  actor: { id: 'u\u00e9\u{1f600}', type: 'user' },
  data: [{ part: 'input', seq: 9 }, []],
  ext: { a: { b: [true, false, null, -1, 0, 9007199254740991] } },
  log: 'acme.example/audit',
  prev: 'abc=',
  reason: 'quote " backslash \\ tab \t bell \u0007 del \u007f separator \u2028',
  seq: 12,
  ts: '2026-01-01T00:00:00.000Z',
  v: 1,
})

test('the fields of a line are found in its own object only', () => {
  const bytes = Buffer.from(LINE)
  const fields = lineFields()
  assert.ok(scan(bytes, fields))
  const text = (start: number, end: number): string => bytes.toString('utf8', start, end)
  assert.equal(text(fields.action, fields.actionEnd), '"query"')
  assert.equal(text(fields.seq, fields.seqEnd), '12')
  assert.equal(text(fields.prev, fields.prevEnd), '"abc="')
  assert.equal(text(fields.data, fields.dataEnd), '[{"part":"input","seq":9},[]]')
  assert.equal(text(fields.v, fields.vEnd), '1')
})

test('a key that has to be escaped hides no field, wherever it stands', () => {
  for (const key of ['"', '\\', 'a"b', '{"seq":1,"', '\\"', 'z\\\\'])
    for (const value of [
      { [key]: 1 },
      { ext: { [key]: 1 } },
      { ext: { a: 1, [key]: [{ b: key }] } },
    ]) {
      const entry = { ...JSON.parse(LINE), ...value }
      const line = canonicalJson(entry)
      const bytes = Buffer.from(line)
      const fields = lineFields()
      assert.ok(scan(bytes, fields), line)
      const read = (start: number, end: number): unknown =>
        JSON.parse(bytes.toString('utf8', start, end))
      assert.equal(read(fields.action, fields.actionEnd), 'query')
      assert.equal(read(fields.seq, fields.seqEnd), 12)
      assert.equal(read(fields.ts, fields.tsEnd), entry.ts)
      assert.equal(read(fields.v, fields.vEnd), 1)
    }
})

test('every changed bit of a line is judged as the slow way judges it', () => {
  const bytes = Buffer.from(LINE)
  let canonical = 0
  for (let at = 0; at < bytes.length; at += 1)
    for (let bit = 0; bit < 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << bit)
      assert.equal(scan(changed), slow(changed), `byte ${at}, bit ${bit}: ${changed}`)
      if (slow(changed)) canonical += 1
    }
  assert.ok(canonical > 100, 'some changes leave a canonical line')
})

for (const text of [
  '{}',
  '{"a":1.0}',
  '{"a":1e3}',
  '{"a":-0}',
  '{"a":01}',
  '{"a":-1}',
  '{"a":9007199254740992}',
  '{"a":9007199254740991}',
  '{"a":-9007199254740991}',
  '{"a":12345678901234567890}',
  '{ "a":1}',
  '{"a":1} ',
  '{"a":1}{}',
  '{"b":1,"a":1}',
  '{"a":1,"a":1}',
  '{"a":1,"aa":1}',
  '{"aa":1,"a":1}',
  '{"":1}',
  '{"a\\"b":1}',
  '{"a\\"b":1,"a":1}',
  '{"a!":1,"a\\"b":1}',
  '{"\\\\":1,"a":1}',
  '{"a":1,"\\\\":1}',
  '{"[":1,"\\\\":1,"]":1}',
  '{"\\"":{"b":1,"a":1}}',
  '{"\\"":1,"\\"":1}',
  '{"\\"":1',
  '{"\\"":01}',
  '{"\\',
  '{"a\\u0022b":1}',
  '{"\\u0061":1}',
  '{"é":1}',
  '{"a":"\\u0041"}',
  '{"a":"\\/"}',
  '{"a":"\\u000a"}',
  '{"a":"\\u001F"}',
  '{"a":"\\u001f"}',
  '{"a":"\\u007f"}',
  '{"a":"\\ud800"}',
  '{"a":"\\n\\t\\b\\f\\r\\"\\\\"}',
  '{"a":tru}',
  '{"a":truex}',
  '{"a":nul',
  '{"a":[1,]}',
  '{"a":1,}',
  '{"a"}',
  '[]',
  '1',
  '',
  '{"1":1,"10":1,"2":1}',
  '{"2":1,"10":1}',
  '{"__proto__":1}',
  `${'{"a":'.repeat(8)}1${'}'.repeat(8)}`,
  `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`,
  `{"a":${'['.repeat(7)}${']'.repeat(7)}}`,
  `{"a":${'['.repeat(8)}${']'.repeat(8)}}`,
  `{"a":${'['.repeat(100_000)}`,
])
  test(`${text.slice(0, 40)} is judged as the slow way judges it`, () => {
    const bytes = Buffer.from(text)
    assert.equal(scan(bytes), slow(bytes) && text.startsWith('{'))
  })

test('bytes that are no UTF-8 are not canonical', () => {
  for (const wrong of [
    [0xff],
    [0xc3],
    [0xed, 0xa0, 0x80],
    [0xc0, 0xaf],
    [0xf4, 0x90, 0x80, 0x80],
  ]) {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(wrong), Buffer.from('"}')])
    assert.equal(scan(bytes), false)
  }
})

test('any value is judged as the slow way judges it, canonical or not', () => {
  const line = fc.oneof(
    fc.json({ maxDepth: 4 }).map((text) => `{"a":${text}}`),
    fc
      .json({ maxDepth: 4 })
      .map(compact)
      .map((text) => `{"a":${text}}`),
    fc.dictionary(fc.string({ maxLength: 3 }), fc.integer()).map((value) => JSON.stringify(value)),
  )
  const check = (text: string): void => {
    const bytes = Buffer.from(text)
    assert.equal(scan(bytes), slow(bytes))
  }
  fc.assert(fc.property(line, check), { numRuns: 3000, seed: 7 })
})

function scan(line: Buffer, fields = lineFields()): boolean {
  // As in a segment: something before it, a line feed behind it.
  const bytes = Buffer.concat([line, Buffer.from('\n')])
  return scanLine(bytes, 0, line.length, fields)
}

function slow(line: Buffer): boolean {
  return isUtf8(line) && line[0] === 0x7b && isCanonical(line.toString())
}

function compact(text: string): string {
  try {
    return canonicalJson(JSON.parse(text))
  } catch {
    return text
  }
}
