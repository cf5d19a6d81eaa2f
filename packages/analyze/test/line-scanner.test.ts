import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { LineScan } from '../src/input/line-scan.ts'
import { LineScanner } from '../src/input/line-scanner.ts'
import { KeyTable } from '../src/input/scan-keys.ts'
import { TextTable } from '../src/input/text-table.ts'
import { DATA, needsData } from './data-set.ts'
import { call, random } from './fixtures.ts'

/** Keys of our lines, and of the logs in the data set. */
const KEYS = {
  texts: [
    'event',
    'status',
    'model',
    'span_id',
    'msg',
    'hostname',
    'message',
    'error_msg',
    'a',
    'id',
  ],
  ids: ['trace_id', 'request_id', 'b'],
  numbers: [
    'recount',
    'duration_ms',
    'cost_usd',
    'pid',
    'level',
    'ttft_s',
    'v',
    'x',
    'number_input_tokens',
  ],
  nested: ['error', 'context', 'req', 'res', 'tags', 'usage'],
}

type Verdict = 'same' | 'left to JSON.parse'

/** One that reads sixteen bytes at a time, and one that does without WebAssembly. */
type Scanners = readonly [LineScanner, LineScanner]

function scanners(): Scanners {
  return [new LineScanner(KEYS), new LineScanner(KEYS, '', true)]
}

/** Holds what both scanners say of a line against JSON.parse. */
function compare([scanner, plain]: Scanners, bytes: Buffer): Verdict {
  const verdict = compareOne(scanner, bytes)
  assert.equal(compareOne(plain, bytes), verdict, bytes.toString('utf8', 0, 300))
  return verdict
}

function compareOne(scanner: LineScanner, bytes: Buffer): Verdict {
  const isRead = isScanned(scanner, bytes)
  if (!isRead) return 'left to JSON.parse'
  const what = bytes.toString('utf8', 0, 300)
  const parsed: unknown = JSON.parse(bytes.toString('utf8'))
  assert.ok(typeof parsed === 'object' && parsed !== null, what)
  const row = parsed as Record<string, unknown>
  const at = (key: string) => (Object.hasOwn(row, key) ? (row[key] ?? undefined) : undefined)
  for (const [i, key] of KEYS.texts.entries()) {
    assert.equal(scanner.text(scanner.texts[i] ?? 0), at(key), `${key} of ${what}`)
  }
  for (const [i, key] of KEYS.ids.entries()) {
    const [from = -1, to = -1] = scanner.ids.subarray(i * 2, i * 2 + 2)
    const found = from === -1 ? undefined : bytes.toString('utf8', from, to)
    assert.equal(found, at(key), `${key} of ${what}`)
  }
  for (const [i, key] of KEYS.numbers.entries()) {
    assert.ok(Object.is(scanner.numbers[i], at(key) ?? Number.NaN), `${key} of ${what}`)
  }
  for (const [i, key] of KEYS.nested.entries()) {
    assert.deepEqual(scanner.value(i), at(key), `${key} of ${what}`)
    const number = scanner.nested[i * 2] === -1 ? 0 : (scanner.nestedTexts[i] ?? 0)
    if (number !== 0) assert.deepEqual(JSON.parse(scanner.json(number)), at(key), what)
  }
  return 'same'
}

/** Whether the scanner takes a line, with the end of another behind it that it must not look at. */
function isScanned(scanner: LineScanner, bytes: Buffer): boolean {
  if (bytes.includes(10)) return false
  scanner.use(Buffer.concat([bytes, Buffer.from('\n"model":"z"}\n')]))
  const end = scanner.scan(0)
  assert.ok(end === -1 || end === bytes.length, bytes.toString('utf8', 0, 300))
  return end !== -1
}

function allFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? allFiles(path) : [path]
  })
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let from = 0
  for (let to = bytes.indexOf(10); to !== -1; to = bytes.indexOf(10, from)) {
    lines.push(bytes.subarray(from, to))
    from = to + 1
  }
  return [...lines, bytes.subarray(from)]
}

const EVERY =
  'what the scanner finds is what JSON.parse finds, on every line of every file of the data set'
test(EVERY, needsData, () => {
  const both = scanners()
  let same = 0
  for (const path of allFiles(DATA)) {
    const raw = readFileSync(path)
    for (const line of linesOf(path.endsWith('.gz') ? gunzipSync(raw) : raw)) {
      if (compare(both, line) === 'same') same += 1
    }
  }
  assert.ok(same > 1000, `only ${same} lines were scanned`)
})

/** Lines with everything that is hard: escapes, nested and repeated keys, numbers at the edge, other scripts. */
const HARD = [
  JSON.stringify(
    call({ cost_usd: 0.001972538, error: { type: 'E"\\\n', message: '\u0000\u{1f600}' } }),
  ),
  '{"model":"a","model":"b","usage":{"model":"c","event":{"status":"x"}},"status":"ok"}',
  '{"model":null,"duration_ms":1,"duration_ms":null}',
  '{"mod\\u0065l":"m","status":"\\ud83d"}',
  '{"duration_ms":-0,"cost_usd":1e-7,"level":0.1,"pid":123456789012345,"x":9007199254740993}',
  '{"duration_ms":1.0,"cost_usd":0.30000000000000004,"level":1E+2,"pid":-12.5,"x":0,"v":1e400}',
  '{"model":"Grüße 漢字 😀","msg":"\\u00e9\\/\\b","a":"","id":"\\\\"}',
  ' \t{ "model" : "m" , "tags" : [ 1 , { "model" : "n" } , [ ] ] , "usage" : { } } \r',
  '{}',
  '{"a":[[[[[[[[]]]]]]]],"b":{"c":{"d":{}}},"e":true,"f":false,"g":null}',
  '{"__proto__":{"model":"x"},"constructor":1,"toString":2,"model":"y"}',
]

const BROKEN = [
  ...['', '[]', '1', '{', '{"a"}', '{"a":}', '{"a":1,}', '{,}', '{"a":1}x', '{"a":1}{', '{"a" 1}'],
  ...['{"duration_ms":01}', '{"duration_ms":1.}', '{"duration_ms":.5}', '{"duration_ms":-}'],
  ...['{"duration_ms":+1}', '{"duration_ms":1e}', '{"duration_ms":1.2.3}', '{"duration_ms":NaN}'],
  ...['{"model":"a', '{"model":"\\x"}', '{"model":"\\u12g4"}', '{"model":"a\tb"}', '{"model":tru}'],
  ...[
    '{"tags":[1,]}',
    '{"tags":[1 2]}',
    '{"usage":{"a":1,}}',
    '{"usage":{a:1}}',
    '\ufeff{"a":1}',
    '{"a":1}\0',
  ],
]

test('what is hard is found as JSON.parse finds it, and what is broken is never taken', () => {
  const both = scanners()
  const verdicts = HARD.map((text) => compare(both, Buffer.from(text)))
  assert.deepEqual(
    verdicts.flatMap((verdict, i) => (verdict === 'same' ? [] : [i])),
    [3, 8, 9],
    'all but a key with an escape, an empty object, and a list where a text is asked for',
  )
  for (const text of BROKEN) {
    for (const scanner of both) assert.equal(isScanned(scanner, Buffer.from(text)), false, text)
  }
})

test('lines in which bytes were changed, lost, doubled or cut are read as JSON.parse reads them, or not at all', () => {
  const both = scanners()
  const next = random(8)
  const pick = (count: number) => Math.floor(next() * count)
  const alphabet = Buffer.from('"\\{}[],:0123456789.eE+-truefalsn \t\r\0\u00e9')
  let same = 0
  for (let round = 0; round < 30_000; round++) {
    let bytes = Buffer.from(HARD[pick(HARD.length)] as string)
    for (let changes = 1 + pick(3); changes > 0; changes--) {
      const at = pick(bytes.length + 1)
      const byte = alphabet.subarray(pick(alphabet.length)).subarray(0, 1)
      const from = bytes.subarray(0, at)
      const kinds = [
        () => Buffer.concat([from, byte, bytes.subarray(at + 1)]),
        () => Buffer.concat([from, byte, bytes.subarray(at)]),
        () => Buffer.concat([from, bytes.subarray(at + 1)]),
        () => Buffer.concat([from, bytes.subarray(Math.max(0, at - 5))]),
        () => from,
      ]
      bytes = Buffer.from((kinds[pick(kinds.length)] as () => Buffer)())
    }
    if (compare(both, bytes) === 'same') same += 1
  }
  assert.ok(same > 2000, `only ${same} changed lines were scanned`)
})

test('numbers with up to 17 digits are the same doubles', () => {
  const both = scanners()
  const next = random(9)
  for (let round = 0; round < 20_000; round++) {
    const digits = String(Math.floor(next() * 10 ** Math.ceil(next() * 17)))
    const at = Math.floor(next() * digits.length)
    const text = at === 0 ? digits : `${digits.slice(0, at)}.${digits.slice(at)}`
    assert.equal(compare(both, Buffer.from(`{"duration_ms":${text}}`)), 'same', text)
  }
})

test('what stands behind a line end never belongs to a line', () => {
  for (const text of [
    '{\n1}\n',
    '{\n"a":1}\n',
    '{"model":"a",\n1}\n',
    '{"model":"a"\n,"b":"c"}\n',
  ]) {
    for (const scanner of scanners()) {
      scanner.use(Buffer.from(`${text}....`))
      assert.equal(scanner.scan(0), -1, text)
      assert.equal(scanner.scan(0), -1, `${text} again`)
    }
  }
})

test('chunks that fit are read sixteen bytes at a time where there is WebAssembly, and no others', () => {
  const sizes = [100, 2 ** 20, 2 ** 20 + 1]
  const isOn = (isPlain: boolean) => {
    const scan = new LineScan(isPlain)
    const { memory } = scan
    const registers = { texts: memory.words(1), numbers: memory.doubles(1), ids: memory.words(2) }
    scan.start({
      ...{ ...registers, nested: memory.words(2), nestedTexts: memory.words(1) },
      ...new KeyTable(KEYS, memory).arrays,
      ...new TextTable(8, 8, memory).arrays,
    })
    return sizes.map((size) => {
      scan.use(Buffer.alloc(size))
      return scan.isOn
    })
  }
  assert.deepEqual(isOn(false), [true, true, false])
  assert.deepEqual(isOn(true), [false, false, false])
})

test('lines of a chunk that does not fit are found the same', () => {
  const line = Buffer.from(HARD[0] as string)
  const chunk = Buffer.concat([line, Buffer.from(`\n${' '.repeat(2 ** 20)}\n`)])
  const found = scanners().map((scanner) => {
    scanner.use(chunk)
    assert.equal(scanner.scan(0), line.length)
    return [scanner.text(scanner.texts[0] ?? 0), ...scanner.ids, ...scanner.numbers]
  })
  assert.deepEqual(found[0], found[1])
  assert.equal(found[0]?.[0], 'llm_call')
})
