import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyze } from '../src/index.ts'
import { analyzed, call, file, lines, spanId, unaccounted } from './fixtures.ts'

const error = (type: string) => ({ status: 'error', error: { type, message: 'x' } })

function retried(statuses: readonly string[]) {
  const ids = statuses.map(spanId)
  return statuses.map((status, i) =>
    call({
      span_id: ids[i],
      ...(status === 'error' ? error('Overloaded') : { status }),
      duration_ms: 10,
      input_tokens: 7,
      ...(i === 0 ? {} : { retry_of: ids[i - 1], attempt: i + 1, call_duration_ms: 100 * (i + 1) }),
    }),
  )
}

test('a retry takes back the error: the status and the time of the last attempt, all tokens', async () => {
  const report = await analyzed(retried(['error', 'error', 'ok']))
  const { calls, errors, retries, error_rate, input_tokens, cost_unknown_calls } = report.totals
  assert.deepEqual([calls, errors, retries, error_rate], [1, 0, 2, 0])
  assert.deepEqual([input_tokens, cost_unknown_calls], [21, 1])
  assert.deepEqual([report.latency_ms.count, report.latency_ms.p50], [1, 300])
  assert.deepEqual(report.errors_by_type, [])
  assert.equal(report.input.records, 3)
})

test('a retry that does not say how long the call took ended so long after the first attempt began', async () => {
  const attempts = (third: object) => {
    const [a, b] = [spanId(), spanId()]
    const failed = { ...error('Overloaded'), duration_ms: 10 }
    return [
      call({ ...failed, span_id: a, start_time: 1_790_000_000_000.125 }),
      call({ ...failed, span_id: b, retry_of: a, start_time: 1_790_000_000_700 }),
      call({ retry_of: b, duration_ms: 50.5, start_time: 1_790_000_002_000.25, ...third }),
    ]
  }
  for (const [third, expected] of [
    [{}, 2050.625],
    [{ call_duration_ms: 2060 }, 2060],
    [{ start_time: undefined }, 50.5],
    [{ start_time: 1_780_000_000_000 }, 50.5],
    [{ duration_ms: undefined, end_time: 1_790_000_002_100.25 }, 2100.125],
  ] as const) {
    const records = attempts(third)
    for (const order of [records, records.toReversed()]) {
      const { latency_ms } = await analyzed(order)
      assert.deepEqual([latency_ms.count, latency_ms.max], [1, expected], JSON.stringify(third))
    }
  }
})

test('a call of which a failed attempt has no known cost is a call of unknown cost', async () => {
  const [a, b] = [spanId(), spanId()]
  const records = [
    call({ span_id: a, ...error('Timeout'), input_tokens: 9, cost_usd: null }),
    call({ span_id: b, ...error('Timeout'), retry_of: a, cost_usd: 0.1 }),
    call({ retry_of: b, cost_usd: 0.2 }),
    call({ cost_usd: 0.3 }),
  ]
  for (const order of [records, records.toReversed()]) {
    const { totals, by_model } = await analyzed(order)
    assert.deepEqual([totals.calls, totals.cost_unknown_calls, totals.cost_usd], [2, 1, 0.6])
    assert.equal(by_model[0]?.cost_unknown_calls, 1)
  }
})

test('a call whose last retry fails too is one error', async () => {
  const report = await analyzed(retried(['error', 'partial', 'error']), { by: 'model' })
  const { calls, errors, partial } = report.totals
  assert.deepEqual([calls, errors, partial], [1, 1, 0])
  assert.deepEqual(report.errors_by_type, [{ type: 'Overloaded', count: 1 }])
  assert.equal(report.groups[0]?.errors, 1)
})

test('retries are matched in any order and across files', async () => {
  const attempts = [...retried(['error', 'error', 'ok']), ...retried(['error', 'aborted'])]
  const expected = (await analyzed(attempts)).totals
  for (const order of [attempts.toReversed(), [2, 0, 1, 4, 3].map((i) => attempts[i])]) {
    assert.deepEqual((await analyzed(order)).totals, expected)
  }
  const files = attempts.map((attempt) => file(lines(attempt)))
  assert.deepEqual((await analyze(files.toReversed())).totals, expected)
})

test('a retry of a call that is elsewhere is no call; what it used is counted, and it is said', async () => {
  const report = await analyzed([call({ retry_of: spanId(), input_tokens: 3, duration_ms: 9 })])
  assert.equal(report.totals.calls, 0)
  assert.equal(report.totals.retries, 1)
  assert.equal(report.totals.input_tokens, 3)
  assert.equal(report.latency_ms.count, 0)
  assert.equal(report.input.retries_unmatched, 1)
  assert.equal(unaccounted(report), 0)
})

test('a call moves to the group of its last attempt', async () => {
  const report = await analyzed(retried(['error', 'ok']), { by: 'error' })
  assert.deepEqual(
    report.groups.map(({ key, calls, retries }) => [key.error, calls, retries]),
    [
      [null, 1, 1],
      ['Overloaded', 0, 0],
    ],
  )
  assert.deepEqual(
    report.groups.map(({ input_tokens }) => input_tokens),
    [7, 7],
  )
})
