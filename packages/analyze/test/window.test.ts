import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GroupNumbers, Numbers } from '../src/count/group.ts'
import { analyze } from '../src/index.ts'
import { analyzed, call, file, lines, spanId, started, unaccounted } from './fixtures.ts'

const T = Date.UTC(2026, 10, 20, 12)
const HOUR = 3_600_000
const now = new Date(T)

test('a window goes by the start of a call: since is in it, until is not', async () => {
  const records = [-2, -1, 0].map((hours) => call({ start_time: T + hours * HOUR }))
  const report = await analyzed(records, { since: '2h', until: new Date(T).toISOString(), now })
  assert.equal(report.totals.calls, 2)
  assert.equal(report.input.skipped.outside_window, 1)
  assert.deepEqual(report.window, {
    from: '2026-11-20T10:00:00.000Z',
    to: '2026-11-20T11:00:00.000Z',
  })
  assert.equal(unaccounted(report), 0)
})

test('durations are s, m, h, d and w', async () => {
  const records = [call({ start_time: T - 1 })]
  for (const since of [
    '30s',
    '15m',
    '24h',
    '7d',
    '4w',
    '2026-11-20',
    '2026-11-20T11:00:00+00:00',
  ]) {
    assert.equal((await analyzed(records, { since, now })).totals.calls, 1, since)
  }
})

test('a call without a time is not in any window, and that is said', async () => {
  const report = await analyzed([call({ start_time: undefined })], { since: '1h', now })
  assert.equal(report.totals.calls, 0)
  assert.equal(report.input.skipped.no_time, 1)
  assert.equal(unaccounted(report), 0)
})

test('a call belongs where its first attempt began; what each attempt used, where that was made', async () => {
  for (const inside of [true, false]) {
    const first = T - (inside ? 1 : 3) * HOUR
    const [id, second] = [spanId(), spanId()]
    const used = { input_tokens: 7, cost_usd: 0.5 }
    const attempts = [
      call({ ...used, span_id: id, status: 'error', start_time: first }),
      call({ ...used, span_id: second, status: 'error', retry_of: id, start_time: T - HOUR / 2 }),
      call({ ...used, retry_of: second, start_time: T - HOUR / 3 }),
    ]
    for (const records of [attempts, attempts.toReversed()]) {
      const report = await analyzed(records, { since: '2h', now })
      const { calls, errors, retries, cost_usd, input_tokens } = report.totals
      assert.deepEqual([calls, errors, retries], [inside ? 1 : 0, 0, 2])
      assert.deepEqual([cost_usd, input_tokens], inside ? [1.5, 21] : [1, 14])
      assert.equal(report.input.skipped.outside_window, inside ? 0 : 1)
      assert.equal(report.input.retries_unmatched, 0)
      assert.equal(unaccounted(report), 0)
    }
  }
})

/** Calls with up to three attempts each, twenty minutes apart, every third of which failed for good. */
function retriedCalls(): Record<string, unknown>[] {
  return Array.from({ length: 40 }, (_, i) => i).flatMap((i) => {
    const ids = [spanId(), spanId(), spanId()].slice(0, 1 + (i % 3))
    return ids.map((span_id, attempt) => {
      const isLast = attempt === ids.length - 1
      const status = isLast && i % 9 !== 0 ? 'ok' : 'error'
      return call({
        ...{
          span_id,
          status,
          start_time: T + i * HOUR + attempt * (HOUR / 3),
          user_id: `u${i % 4}`,
        },
        ...{ input_tokens: i + attempt, output_tokens: isLast ? 5 : undefined },
        ...(i % 7 === 0 && attempt === 0 ? {} : { cost_usd: (i + attempt) / 1000 }),
        ...(status === 'ok' ? {} : { error: { type: `E${attempt}` } }),
        ...(attempt === 0 ? {} : { retry_of: ids[attempt - 1], model: `m${attempt}` }),
      })
    })
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

test('interrupted calls are those that started in the window', async () => {
  const records = [started({ time: T - 3 * HOUR }), started({ time: T - HOUR })]
  assert.equal((await analyzed(records, { since: '2h', now })).input.interrupted, 1)
})

test('a time that no date can have is no time, and the report is still made', async () => {
  const beyond = [8_640_000_000_000_001, -8_640_000_000_000_001, 1e20]
  const records = [...beyond.map((start_time) => call({ start_time })), call({ start_time: T - 1 })]
  const all = await analyzed(records)
  assert.equal(all.totals.calls, 4)
  assert.equal(all.window.to, new Date(T - 1).toISOString())
  const report = await analyzed(records, { since: '1h', now })
  assert.equal(report.totals.calls, 1)
  assert.equal(report.input.skipped.no_time, 3)
  assert.equal(unaccounted(report), 0)
})
