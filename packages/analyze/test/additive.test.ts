import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GroupNumbers, Numbers } from '../src/count/group.ts'
import { analyze } from '../src/index.ts'
import { analyzed, call, file, lines, spanId, unaccounted } from './fixtures.ts'

const T = Date.UTC(2026, 10, 20, 12)
const HOUR = 3_600_000

/** Calls with up to three attempts each, twenty minutes apart, every third of which failed for good. */
function retriedCalls(): Record<string, unknown>[] {
  return Array.from({ length: 40 }, (_, i) => i).flatMap((i) => {
    const ids = [spanId(), spanId(), spanId()].slice(0, 1 + (i % 3))
    return ids.map((span_id, attempt) =>
      call({
        ...{ span_id, start_time: T + i * HOUR + attempt * (HOUR / 3), user_id: `u${i % 4}` },
        ...{ input_tokens: i + attempt, cost_usd: i % 7 === attempt ? null : (i + attempt) / 1000 },
        ...(attempt === 0 ? {} : { retry_of: ids[attempt - 1], model: `m${attempt}` }),
        ...(span_id === ids.at(-1) && i % 9 !== 0
          ? { output_tokens: 5 }
          : { status: 'error', error: { type: `E${attempt}` } }),
      }),
    )
  })
}

const COUNTED = ['calls', 'errors', 'retries', 'input_tokens', 'output_tokens'] as const

function sumsOf(numbers: readonly Numbers[]): number[] {
  const dollars = numbers.reduce((sum, { cost_usd }) => sum + Math.round((cost_usd ?? 0) * 1e9), 0)
  const counts = COUNTED.map((key) => numbers.reduce((sum, of) => sum + (of[key] ?? 0), 0))
  const latencies = numbers.map((of) => (of as GroupNumbers).latency_ms?.count ?? 0)
  return [...counts, dollars, latencies.reduce((sum, count) => sum + count, 0)]
}

test('windows that follow each other, days, models and groups of any key add up to the whole', async () => {
  const records = retriedCalls()
  const whole = await analyzed(records, { by: 'day', every: 'hour' })
  const expected = sumsOf([{ ...whole.totals, latency_ms: whole.latency_ms } as GroupNumbers])
  assert.ok(whole.totals.retries > 30 && whole.totals.errors === 5)
  assert.deepEqual(sumsOf(whole.series.points), expected)
  assert.deepEqual(sumsOf(whole.by_model), expected)
  for (const by of ['day', 'hour', 'user', 'error', 'hour,error', 'finish,day'])
    assert.deepEqual(sumsOf((await analyzed(records, { by })).groups), expected, by)
  const path = file(lines(...records))
  for (const length of [HOUR / 2, 5 * HOUR]) {
    const parts: GroupNumbers[] = []
    for (let from = T; from < T + 48 * HOUR; from += length) {
      const window = { since: new Date(from), until: new Date(from + length) }
      const part = await analyze(path, window)
      parts.push({ ...part.totals, latency_ms: part.latency_ms } as GroupNumbers)
      assert.ok(part.window.to === null || Date.parse(part.window.to) < from + length)
      assert.equal(unaccounted(part), 0)
    }
    assert.deepEqual(sumsOf(parts), expected)
  }
})

test('the day of a group says what a window of that day says', async () => {
  const path = file(lines(...retriedCalls()))
  for (const { key, ...day } of (await analyze(path, { by: 'day' })).groups) {
    const from = Date.parse(key.day as string)
    const window = { since: new Date(from), until: new Date(from + 24 * HOUR) }
    const { totals, latency_ms, ttft_ms } = await analyze(path, window)
    assert.deepEqual({ ...day }, { ...totals, latency_ms, ttft_ms })
  }
})
