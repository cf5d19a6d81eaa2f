import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyzed } from './fixtures.ts'

const ROW = { model: 'm', prompt_tokens: 10, completion_tokens: 5, latency_ms: 100 }
const BATCH = { custom_id: 'a', result: { type: 'succeeded' } }

/** Errors, aborted calls, and calls of which nobody knows how they ended. */
async function endingOf(fields: object) {
  const { totals, input } = await analyzed([{ ...ROW, ...fields }])
  const { errors, aborted, status_unknown_calls } = totals
  assert.deepEqual(input.unreadable, status_unknown_calls === 0 ? {} : { status: 1 })
  return [errors, aborted, status_unknown_calls]
}

test('words and numbers for a failure are failures, whoever wrote them', async () => {
  for (const status of [
    ...['failed', 'FAILURE', 'timeout', 'TIMED_OUT', 'rate-limited', 'ThrottlingException'],
    ...['RESOURCE_EXHAUSTED', 'DEADLINE_EXCEEDED', '503 Service Unavailable', 500, '500', '5xx'],
    ...['unsuccessful', 'not found', false],
  ])
    assert.deepEqual(await endingOf({ status }), [1, 0, 0], String(status))
  for (const fields of [
    ...[{ success: false }, { success: 'False' }, { ok: 'no' }, { failed: 'yes' }],
    ...[{ http_status: 500 }, { grpc_status: 'UNAVAILABLE' }, { status: 'success', code: 503 }],
  ])
    assert.deepEqual(await endingOf(fields), [1, 0, 0], JSON.stringify(fields))
})

test('words and numbers for a success are none', async () => {
  for (const status of [
    'ok',
    'FINISHED',
    'stop',
    '200 OK',
    200,
    true,
    'True',
    'no error',
    null,
    '',
  ])
    assert.deepEqual(await endingOf({ status }), [0, 0, 0], String(status))
  for (const fields of [{ success: 'TRUE' }, { is_error: 'false' }, { error: {} }])
    assert.deepEqual(await endingOf(fields), [0, 0, 0], JSON.stringify(fields))
  assert.deepEqual(await endingOf({ status: 'cancelled by user' }), [0, 1, 0])
})

test('an odd word is no success, whatever else the line says of one, and is told', async () => {
  for (const status of [
    'weird',
    'degraded',
    'not_ok',
    'success=false',
    'UNKNOWN',
    1,
    -1,
    'green',
  ]) {
    for (const others of [{}, { error: null }, { finish_reason: 'stop' }, { event: 'llm_call' }])
      assert.deepEqual(await endingOf({ status, ...others }), [null, 0, 1], String(status))
    assert.deepEqual(await endingOf({ status, error: 'x' }), [1, 0, 0], 'but a failure is one')
  }
  for (const fields of [{ success: 'maybe' }, { outcome: 'bad' }, { call_status: 'odd' }])
    assert.deepEqual(await endingOf(fields), [null, 0, 1], JSON.stringify(fields))
  const { totals } = await analyzed([BATCH, { ...BATCH, result: { type: 'odd' } }])
  assert.deepEqual([totals.calls, totals.errors, totals.status_unknown_calls], [2, 0, 1])
})

test('what a model said under a name that others have for an ending says nothing of one', async () => {
  for (const fields of [{ result: 'Paris' }, { state: 'CA' }, { status: { code: 'X' } }])
    assert.deepEqual(await endingOf(fields), [null, 0, 0], JSON.stringify(fields))
  assert.deepEqual(await endingOf({ result: 'Paris', success: true }), [0, 0, 0])
})
