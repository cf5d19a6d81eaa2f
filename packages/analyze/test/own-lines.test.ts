import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type AnalyzeOptions, analyze, type Report } from '../src/index.ts'
import { call, file, lines } from './fixtures.ts'
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
