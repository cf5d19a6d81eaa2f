import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exceedanceNoise } from '../src/compare/exceedance.ts'
import { analyze, checkBounds } from '../src/index.ts'
import { analyzed, call, file, lines, random } from './fixtures.ts'
import { falseAlarms, falseAlarmsOf, slowdownsFound, UNUSUAL } from './periods.ts'

test('where nothing changed, at most 5 % of pairs of periods cry', () => {
  const cries = falseAlarms(100, 300)
  assert.ok(cries <= 5, `${cries} of 100 cried`)
})

test('few calls each of many users cry no more, whatever their values are', () => {
  for (const kind of ['ties of two values', 'a rare extreme', 'always the same']) {
    const value = UNUSUAL[kind] as (next: () => number) => number
    const cries = falseAlarmsOf(value, { pairs: 8, calls: 1250, users: 50 })
    assert.ok(cries <= 1, `${kind}: ${cries} of 8 cried`)
  }
})

test('what lies beyond the quantile of both samples is told exactly', () => {
  const sorted = (...values: number[]) => Float64Array.from(values)
  const [low, high] = [sorted(1, 2, 3, 4), sorted(5, 6, 7, 8)]
  // Of 70 ways to deal four of eight, one is this; half of it, on both sides.
  assert.ok(Math.abs(exceedanceNoise(low, high, 0.5) - 1 / 70) < 1e-12)
  assert.equal(exceedanceNoise(sorted(1, 1, 1), sorted(1, 1), 0.95), 1)
  assert.ok(exceedanceNoise(new Float64Array(5000), new Float64Array(5000).fill(1), 0.5) < 1e-300)
})

test('a p95 that is 20 % higher is found in at least 95 % of pairs of 2,000 calls', () => {
  const found = slowdownsFound(20, 2000)
  assert.ok(found >= 19, `found in ${found} of 20`)
})

function period(day: number, duration: number, count = 300): Record<string, unknown>[] {
  const start = Date.UTC(2026, 2, day)
  const next = random(day)
  return Array.from({ length: count }, (_, i) =>
    call({
      start_time: start + i * 1000,
      duration_ms: duration * (0.8 + next() * 0.4),
      model: 'm',
    }),
  )
}

test('a change has its size, the values on both sides, and a verdict; how many were compared is said', async () => {
  const before = file(lines(...period(1, 100)))
  const report = await analyze(file(lines(...period(2, 200))), { baseline: before })
  const p95 = report.comparison?.changes.find(({ metric }) => metric === 'latency_ms.p95')
  assert.equal(p95?.beyond_noise, true)
  assert.deepEqual([p95?.n_baseline, p95?.n_current], [300, 300])
  assert.ok(Math.abs((p95?.relative ?? 0) - 1) < 0.1)
  assert.ok((report.comparison?.comparisons ?? 0) > 3)
  assert.equal(report.comparison?.baseline.calls, 300)
  const again = await analyze(file(lines(...period(1, 100))), { baseline: before })
  assert.ok(again.comparison?.changes.every(({ beyond_noise }) => beyond_noise !== true))
})

test('what is always the same has not changed, however many of it there are', async () => {
  const same = (count: number) =>
    lines(
      ...Array.from({ length: count }, () =>
        call({ cost_usd: 0.00035, input_tokens: 0.1 + 0.2, sample_rate: 0.3, duration_ms: 0.3 }),
      ),
    )
  const slower = lines(
    ...Array.from({ length: 400 }, () => call({ duration_ms: 0.1 + 0.2, cost_usd: 0.00035 })),
  )
  const pairs = [
    [same(77), same(92)],
    [lines(...Array.from({ length: 400 }, () => call({ duration_ms: 0.3 }))), slower],
  ]
  for (const [before = '', now = ''] of pairs) {
    const report = await analyze(file(now), { baseline: file(before) })
    for (const { metric, change, relative, beyond_noise } of report.comparison?.changes ?? []) {
      assert.equal(beyond_noise === true, false, metric)
      if (metric !== 'calls') assert.deepEqual([change, relative ?? 0], [0, 0], metric)
    }
    const [bound] = checkBounds(report, ['avg_input_tokens > +0'], { allowEmpty: true })
    assert.equal(bound?.failed, false)
  }
})

test('a duration compares with the period of that length before', async () => {
  const path = file(lines(...period(1, 100, 50), ...period(2, 150, 60), ...period(3, 300, 70)))
  const now = new Date(Date.UTC(2026, 2, 4))
  const last = await analyze(path, { baseline: '1d', now })
  assert.deepEqual([last.totals.calls, last.comparison?.baseline.calls], [70, 60])
  const since = await analyze(path, { since: '48h', until: '24h', baseline: '24h', now })
  assert.deepEqual([since.totals.calls, since.comparison?.baseline.calls], [60, 50])
})

test('too few values are no verdict, and a new error or model is named', async () => {
  const error = { type: 'Timeout' }
  const before = file(lines(call({ model: 'a' }), call({ model: 'old' })))
  const rows = [call({ model: 'a' }), call({ model: 'new', status: 'error', error })]
  const { comparison } = await analyzed(rows, { baseline: before })
  assert.ok(comparison?.changes.every(({ beyond_noise }) => beyond_noise === null))
  assert.deepEqual(comparison?.new_errors, [{ type: 'Timeout', count: 1 }])
  assert.deepEqual([comparison?.new_models, comparison?.gone_models], [['new'], ['old']])
})

test('bounds with a sign compare with the baseline: shares of it, points of a rate, units', async () => {
  const before = file(
    lines(...Array.from({ length: 10 }, () => call({ duration_ms: 100, cost_usd: 1 }))),
  )
  const rows = [
    ...Array.from({ length: 9 }, () => call({ duration_ms: 130, cost_usd: 1 })),
    call({ status: 'error', cost_usd: 3 }),
  ]
  const report = await analyzed(rows, { baseline: before })
  const failed = (expression: string) => checkBounds(report, [expression])[0]?.failed
  assert.equal(failed('p95 > +20%'), true)
  assert.equal(failed('p95 > +40%'), false)
  assert.equal(failed('p95 > +25ms'), true)
  assert.equal(failed('p95 > +0.05s'), false)
  assert.equal(failed('error_rate > +5%'), true)
  assert.equal(failed('error_rate > +15%'), false)
  assert.equal(failed('cost_usd > +1.5usd'), true)
  assert.equal(failed('calls < -10%'), false)
  assert.equal(failed('by_model[m].latency_ms.p95 > +20%'), true)
  assert.equal(failed('p95 > 125ms'), true)
})

test('a bound on a change fails without a baseline, and says so', async () => {
  const [result] = checkBounds(await analyzed([call()]), ['p95 > +20%'])
  assert.equal(result?.failed, true)
  assert.match(result?.reason ?? '', /no data: there is no baseline/)
})
