import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergeReports, type Report } from '../src/index.ts'
import { analyzed, call, random } from './fixtures.ts'

const START = Date.UTC(2026, 2, 1)

function shard(seed: number, count: number): Record<string, unknown>[] {
  const next = random(seed)
  return Array.from({ length: count }, (_, i) => {
    const failed = next() < 0.1
    return call({
      ...{ start_time: START + i * 60_000, model: next() < 0.5 ? 'a' : 'b', user_id: `u${i % 3}` },
      ...{ duration_ms: Math.round(next() * 1e6) / 1000, input_tokens: i, cost_usd: 0.000000001 },
      ...(failed ? { status: 'error', error: { type: 'Timeout' } } : { finish_reason: 'stop' }),
    })
  })
}

test('merged reports have the counts and sums of one report on all, and percentiles within the bound', async () => {
  const shards = [shard(1, 2700), shard(2, 1400), shard(3, 90)]
  const options = { by: 'user', mergeable: true }
  const reports = await Promise.all(shards.map((rows) => analyzed(rows, options)))
  // As it comes from a file.
  const parsed = reports.map((report, i) => ({
    name: `${i}.json`,
    report: JSON.parse(JSON.stringify(report)) as unknown,
  }))
  const merged = mergeReports(parsed)
  const whole = await analyzed(shards.flat(), { by: 'user' })
  assert.deepEqual(merged.totals, whole.totals)
  assert.deepEqual(merged.window, whole.window)
  assert.deepEqual(merged.errors_by_type, whole.errors_by_type)
  assert.deepEqual(merged.finish_reasons, whole.finish_reasons)
  assert.equal(merged.input.lines, whole.input.lines)
  assert.equal(merged.input.files, 3)
  assert.equal(merged.latency_ms.method, 'sketch')
  for (const name of ['p50', 'p90', 'p95', 'p99'] as const) {
    const [estimate = 0, exact = 0] = [merged.latency_ms[name] ?? 0, whole.latency_ms[name] ?? 0]
    assert.ok(Math.abs(estimate - exact) <= exact * 0.02, `${name}: ${estimate} for ${exact}`)
  }
  assert.deepEqual(
    merged.groups.map(({ key, calls, cost_usd }) => [key.user, calls, cost_usd]).sort(),
    whole.groups.map(({ key, calls, cost_usd }) => [key.user, calls, cost_usd]).sort(),
  )
  const calls = (points: typeof whole.series.points) =>
    points.map((point) => [point.from, point.calls])
  assert.deepEqual(calls(merged.series.points), calls(whole.series.points))
  const again = mergeReports([{ name: 'm', report: JSON.parse(JSON.stringify(merged)) as unknown }])
  assert.deepEqual(again.totals, merged.totals)
  assert.deepEqual(again.latency_ms, merged.latency_ms)
})

test('small reports merge to the very percentiles of one report on all', async () => {
  const shards = [[1000], [2000]].map((lengths) =>
    lengths.map((duration_ms) => call({ start_time: START, duration_ms })),
  )
  for (const parts of [shards, [shard(4, 300), shard(5, 200), shard(6, 100)]]) {
    const reports = await Promise.all(parts.map((rows) => analyzed(rows, { mergeable: true })))
    const named = reports.map((report) => ({
      name: 'r',
      report: JSON.parse(JSON.stringify(report)) as unknown,
    }))
    const whole = await analyzed(parts.flat())
    assert.deepEqual(mergeReports(named).latency_ms, whole.latency_ms)
  }
  assert.equal((await analyzed(shards.flat())).latency_ms.p50, 1500)
})

test('in whatever order, and by whatever steps, reports are merged, the result is the same; percentiles of few values within the bound', async () => {
  const shards = [shard(1, 2700), shard(2, 1400), shard(3, 90), shard(4, 1100)]
  const options = { by: 'user', mergeable: true }
  const reports = await Promise.all(shards.map((rows) => analyzed(rows, options)))
  const merged = (...parts: readonly unknown[]): Report => {
    const named = parts.map((report) => ({ name: 'r', report }))
    return JSON.parse(JSON.stringify(mergeReports(named))) as Report
  }
  const [a, b, c, d] = reports
  const counted = ({ totals, latency_ms, groups, errors_by_type, window }: Report) => ({
    ...{ totals, latency_ms, errors_by_type, window },
    groups: groups.map(({ latency_ms: _, ttft_ms: __, ...numbers }) => numbers),
  })
  const expected = merged(a, b, c, d)
  const orders = [merged(merged(merged(a, b), c), d), merged(a, merged(b, merged(c, d)))]
  for (const other of [...orders, merged(d, c, b, a)]) {
    assert.deepEqual(counted(other), counted(expected))
    for (const [i, { latency_ms }] of other.groups.entries()) {
      const p95 = expected.groups[i]?.latency_ms.p95 ?? 0
      assert.ok(Math.abs((latency_ms.p95 ?? 0) - p95) <= p95 * 0.01)
    }
  }
})

test('what became of answers merges to what one report on all says', async () => {
  const rows = (from: number) =>
    Array.from({ length: 30 }, (_, i) => i + from).flatMap((i) => {
      const span_id = i.toString(16).padStart(16, 'c')
      const line = (event: string, fields: object) => ({
        ...{ level: 30 + (i % 3) * 10, time: START + i * 40_000_000, recount: 1, event, span_id },
        ...fields,
      })
      return [
        call({ span_id, prompt: { name: 'p', version: i % 3 }, ttft_ms: i, duration_ms: i * 3 }),
        line('evaluation', { name: 'tone', ...(i % 4 === 0 ? {} : { score: (i % 8) / 8 }) }),
        line('user_action', { action: i % 2 === 0 ? 'edited' : 'rated' }),
        line('validation', { passed: i % 5 !== 0, rule: `r${i % 2}` }),
        line('tool_call', { tool: `t${i % 2}`, status: 'ok', duration_ms: i }),
        line('final_response', { latency_ms: { total: i, retrieval: 1, llm: 2, tools: 3 } }),
      ]
    })
  const shards = [rows(0), rows(100)]
  const reports = await Promise.all(shards.map((shard) => analyzed(shard, { mergeable: true })))
  const named = reports.map((report) => ({
    name: 'r',
    report: JSON.parse(JSON.stringify(report)) as unknown,
  }))
  assert.deepEqual(mergeReports(named).outcomes, (await analyzed(shards.flat())).outcomes)
})

test('what is no mergeable report, or is grouped by other keys, is refused by name', async () => {
  const code = 'ANALYZE_REPORT_INVALID'
  const plain = await analyzed([call()])
  assert.throws(() => mergeReports([{ name: 'a.json', report: plain }]), {
    code,
    message: /a\.json/,
  })
  assert.throws(() => mergeReports([{ name: 'b.json', report: [] }]), { code })
  assert.throws(() => mergeReports([]), { code })
  const reports = await Promise.all(
    ['user', 'tenant'].map((by) => analyzed([call()], { by, mergeable: true })),
  )
  const named = reports.map((report) => ({ name: 'x', report }))
  assert.throws(() => mergeReports(named), { code, message: /user and tenant/ })
})
