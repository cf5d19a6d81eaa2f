import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type AnalyzeOptions, analyze, type Report } from '../src/index.ts'
import { call, file, lines, random } from './fixtures.ts'
import { ownLog } from './own-log.ts'

/** What a map of a field that no line has leaves of a report: with a map every line is parsed. */
async function parsed(path: string, options: AnalyzeOptions): Promise<Report> {
  const report = await analyze(path, { ...options, map: 'operation=no_such_field' })
  return { ...report, input: { ...report.input, maps_unmatched: [] } }
}

const OPTIONS: readonly AnalyzeOptions[] = [
  {},
  { by: 'user', mergeable: true },
  { by: 'model,prompt', every: 'minute', zone: 'Europe/Berlin' },
  { by: 'tag,metadata.tier,finish' },
  { by: 'error,trace' },
  { by: 'day,model' },
  { by: 'hour', zone: 'Asia/Kolkata' },
  { by: 'minute,user' },
  { since: '2026-09-21T14:20:00Z', until: '2026-09-21T15:40:00Z' },
]

test('own lines that are counted as they stand give the report that parsed lines give', async () => {
  const text = `${ownLog(3000, 7).join('\n')}\n{"recount":1,"event":"llm_call","sta`
  const path = file(text)
  for (const options of OPTIONS) {
    const expected = await parsed(path, options)
    assert.ok(expected.input.records > 300, JSON.stringify(expected.input))
    assert.deepEqual(await analyze(path, options), expected, JSON.stringify(options))
  }
  const zipped = await analyze(file(gzipSync(text)))
  const plain = await parsed(path, {})
  const { bytes } = zipped.input
  assert.deepEqual(
    { ...zipped, input: { ...zipped.input, malformed_examples: [] } },
    { ...plain, input: { ...plain.input, bytes, malformed_examples: [] } },
  )
})

test('more names and keys than are told apart are counted as if there were few', async () => {
  const records = Array.from({ length: 12_000 }, (_, i) =>
    call({ user_id: `user-${i % 9000}`, [`key_${i}`]: i, [`${'long'.repeat(20)}${i}`]: 1 }),
  )
  const path = file(lines(...records))
  const options = { by: 'user' }
  assert.deepEqual(await analyze(path, options), await parsed(path, options))
})

test('lines of ours are counted wherever others stand between them', async () => {
  const others = Array.from({ length: 300 }, (_, i) => ({ level: 30, time: i, msg: 'x', pid: 1 }))
  const path = file(
    lines(call(), ...others, ...Array.from({ length: 50 }, () => call()), ...others),
  )
  const report = await analyze(path)
  assert.equal(report.totals.calls, 51)
  assert.deepEqual(report, await parsed(path, {}))
})

test('a call that is in several groups is in each of them once, however many follow it there', async () => {
  const next = random(11)
  const records = Array.from({ length: 6000 }, (_, i) =>
    call({
      model: next() < 0.7 ? 'large' : 'small',
      user_id: next() < 0.6 ? 'ann' : 'bob',
      start_time: 1_790_000_000_000 + i * 5_000,
      duration_ms: next() < 0.9 ? Math.round(next() * 1e6) / 1000 : next() * 1000,
      status: next() < 0.02 ? 'error' : 'ok',
      ...(next() < 0.01 ? { retry_of: `s${i - 1}` } : {}),
      ...(next() < 0.01 ? { sample_rate: 0.5 } : {}),
      span_id: `s${i}`,
    }),
  )
  const path = file(lines(...records))
  for (const options of [{}, { by: 'user' }, { by: 'hour,model', zone: 'Asia/Kathmandu' }])
    assert.deepEqual(await analyze(path, options), await parsed(path, options))
})

test('an id that null takes back is none, on the first line too', async () => {
  for (const key of ['span_id', 'trace_id', 'message_id', 'retry_of']) {
    const [line = ''] = lines(call({ cost_usd: 1, prompt: { name: 'p' }, [key]: undefined })).split(
      '\n',
    )
    const path = file(`{"${key}":"a","${key}":null,${line.slice(1)}\n${line}\n`)
    assert.deepEqual(await analyze(path), await parsed(path, {}), key)
  }
})
