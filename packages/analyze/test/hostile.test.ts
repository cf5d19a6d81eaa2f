import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { analyze, formatText, type Report } from '../src/index.ts'
import { EntrySplitter } from '../src/input/entries.ts'
import { analyzed, call, file, lines, random, spanId, started, unaccounted } from './fixtures.ts'

test('__proto__ and constructor are keys like others', async () => {
  const path = file(
    [
      '{"__proto__":{"model":"evil","latency_ms":1},"x":1}',
      '{"model":"m","latency_ms":5,"__proto__":{"error":"x"},"constructor":{"prototype":1}}',
      '{"model":"__proto__","latency_ms":6}',
      '{"model":"constructor","latency_ms":7,"error":"e","error_type":"toString"}',
    ].join('\n'),
  )
  const report = await analyze(path, { by: 'model,metadata.__proto__', map: ['user=__proto__.x'] })
  assert.equal(report.totals.calls, 3)
  assert.equal(report.totals.errors, 1)
  assert.deepEqual(report.by_model.map(({ model }) => model).sort(), [
    '__proto__',
    'constructor',
    'm',
  ])
  assert.deepEqual(report.errors_by_type, [{ type: 'toString', count: 1 }])
  assert.equal(({} as Record<string, unknown>).model, undefined)
})

test('numbers may be text; what is no number is unknown', async () => {
  const report = await analyzed([
    { model: 'm', latency_ms: '12.5', prompt_tokens: '7', completion_tokens: ' 3 ' },
    { model: 'm', latency_ms: 'fast', prompt_tokens: {}, completion_tokens: [] },
    { model: 'm', latency_ms: -5, prompt_tokens: -1, completion_tokens: true },
    call({ duration_ms: 1e300, input_tokens: 1e300, cost_usd: 1e300, start_time: 1e300 }),
  ])
  assert.equal(report.totals.input_tokens, 7)
  assert.equal(report.totals.output_tokens, 3)
  assert.equal(report.latency_ms.count, 1)
  assert.equal(report.totals.cost_usd, null)
})

test('a model that is no text has no name, a very long one is cut', async () => {
  const report = await analyzed([
    call({ model: { name: 'x' } }),
    call({ model: ['x'] }),
    call({ model: 4 }),
    call({ model: 'x'.repeat(10_000) }),
  ])
  assert.deepEqual(
    report.by_model.map(({ model, calls }) => [model?.length ?? null, calls]),
    [
      [null, 2],
      [1, 1],
      [201, 1],
    ],
  )
})

test('the last of duplicate keys counts, as in any JSON reader', async () => {
  const report = await analyze(file('{"model":"a","latency_ms":1,"model":"b"}\n'))
  assert.equal(report.by_model[0]?.model, 'b')
})

test('deep nesting neither overflows nor is taken for a call', async () => {
  const deep = '{"a":'.repeat(200_000)
  const closed = `${deep}1${'}'.repeat(200_000)}`
  const report = await analyze(file(`${closed}\n${deep}\n${'['.repeat(200_000)}\n[${deep}\n`))
  assert.equal(unaccounted(report), 0)
  assert.equal(report.totals.calls, 0)
})

test('terminal control characters of a log do not reach the screen', async () => {
  const text = formatText(
    await analyzed([
      call({ model: '\u001b[2Jm\u0007\u202e' }),
      call({ status: 'error', error: { type: '\u001b]0;x' } }),
    ]),
  )
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
})

const ARRAY = [
  { model: 'a, [b] {c} "d" \\', latency_ms: 1, nested: [{ x: ']' }, '\\"'] },
  { model: 'é😀', latency_ms: 2 },
  { model: 'm', latency_ms: 3, s: '\n\t' },
]

test('arrays are split alike whatever their layout and the cuts between chunks', async () => {
  for (const indent of [0, 1, 4]) {
    const bytes = Buffer.from(` \n${JSON.stringify(ARRAY, null, indent)}\n`)
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const splitter = new EntrySplitter()
      const found = []
      for (let at = 0; at < bytes.length; at += size) {
        for (const batch of splitter.push(bytes.subarray(at, at + size)))
          found.push(...batch.entries)
      }
      for (const batch of splitter.end()) found.push(...batch.entries)
      assert.deepEqual(
        found.map((entry) => JSON.parse(entry.bytes.toString())),
        ARRAY,
        `indent ${indent}, chunks of ${size}`,
      )
      assert.equal(splitter.unclosed, false)
    }
  }
})

test('an element is named by the line it begins on', async () => {
  const report = await analyze(
    file(
      '[\n  {"model":"m","latency_ms":1},\n\n  {"model" "m"},\n  {"model":"m","latency_ms":2}\n]\n',
    ),
  )
  assert.equal(report.totals.calls, 2)
  assert.deepEqual(
    report.input.malformed_examples.map(({ line }) => line),
    [4],
  )
})

test('a lost quote spoils one element of a pretty-printed array, not the rest', async () => {
  const text = JSON.stringify([call(), call(), call()], null, 2).replace('"acme"', '"acme')
  const report = await analyze(file(text))
  assert.equal(report.totals.calls, 2)
  assert.equal(report.input.skipped.malformed, 1)
})

test('a cut array gives its whole elements and is said to be cut', async () => {
  const text = JSON.stringify([call(), call(), call()], null, 2)
  const report = await analyze(file(text.slice(0, -40)))
  assert.equal(report.totals.calls, 2)
  assert.equal(report.input.skipped.malformed, 1)
  assert.match(report.input.damaged[0]?.reason ?? '', /not closed/)
})

test('lines after an array, arrays after an array, and text in brackets are read', async () => {
  const one = JSON.stringify(call())
  assert.equal((await analyze(file(`[${one}]\n[${one},${one}]\n${one}\n`))).totals.calls, 4)
  const report = await analyze(file(`[INFO] started\n${one}\n[1,2]\n`))
  assert.equal(report.totals.calls, 1)
  assert.equal(report.input.lines, 3)
})

test('an array element over the limit is malformed and the next one is read', async () => {
  const long = JSON.stringify(call({ msg: 'x'.repeat(17 * 1024 * 1024) }))
  const report = await analyze(file(`[${long},\n${JSON.stringify(call())}]`))
  assert.equal(report.totals.calls, 1)
  assert.equal(report.input.skipped.malformed, 1)
})

function seedFile(): Buffer {
  const id = spanId()
  return Buffer.from(
    lines(
      started({ span_id: id }),
      call({ span_id: id, status: 'error', error: { type: 'X', message: 'é😀' } }),
      call({ retry_of: id, call_duration_ms: 5, tags: ['a'] }),
      {
        event: 'llm_request',
        model: 'm',
        prompt_tokens: 1,
        latency_ms: 3,
        timestamp: '2026-01-01T00:00:00',
      },
      { attributes: { 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 4 } },
      { recount: 1, event: 'content', content: 'x'.repeat(700) },
    ),
  )
}

function mutate(bytes: Buffer, next: () => number): Buffer {
  let mutated = Buffer.from(bytes)
  const changes = 1 + Math.floor(next() * 6)
  for (let i = 0; i < changes; i++) {
    const at = Math.floor(next() * mutated.length)
    const kind = next()
    if (kind < 0.5) mutated[at] = Math.floor(next() * 256)
    else if (kind < 0.7) mutated = mutated.subarray(0, at + 1)
    else if (kind < 0.85)
      mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + 5)])
    else mutated = Buffer.concat([mutated, mutated.subarray(at)])
    if (mutated.length === 0) return mutated
  }
  return mutated
}

function checkSums(report: Report, what: string) {
  assert.equal(unaccounted(report), 0, what)
  const sum = (rows: readonly { calls: number }[]) =>
    rows.reduce((total, { calls }) => total + calls, 0)
  assert.equal(sum(report.by_model), report.totals.calls, what)
  const errors = report.errors_by_type.reduce((total, { count }) => total + count, 0)
  assert.equal(errors, report.totals.errors ?? 0, what)
  assert.ok(report.latency_ms.count <= report.totals.calls, what)
  formatText(report)
}

test('mutated and cut files never throw, and every line is accounted for', async () => {
  const next = random(1_234_567)
  const plain = seedFile()
  const array = Buffer.from(
    JSON.stringify(
      plain
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      null,
      1,
    ),
  )
  const zipped = gzipSync(plain)
  for (let round = 0; round < 600; round++) {
    const seed = [plain, array, zipped][round % 3] as Buffer
    const mutated = mutate(seed, next)
    const report = await analyze(file(mutated, 'fuzz'), {
      by: 'model,tag',
      ...(round % 2 === 0 ? { since: '2026-01-01', until: '2026-09-23T00:00:00Z' } : {}),
    })
    checkSums(report, `round ${round}`)
    if (round % 3 !== 0 || /^\s*\[\s*[{\]]/.test(mutated.toString('latin1'))) continue
    if (mutated[0] === 0x1f && mutated[1] === 0x8b) continue
    const text = mutated.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '')
    const count = text.split('\n').length - (text.endsWith('\n') || text === '' ? 1 : 0)
    assert.equal(report.input.lines, count, `round ${round}`)
  }
})
