import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyzed, call, spanId } from './fixtures.ts'

const line = (event: string, fields: object) => ({
  level: 30,
  time: 1,
  recount: 1,
  event,
  ...fields,
})

test('validation by rule, what users did and scores by prompt version, the split of latency, lines by level', async () => {
  const [a, b] = [spanId(), spanId()]
  const { outcomes } = await analyzed([
    call({ span_id: a, prompt: { name: 'triage', version: 1 }, message_id: 'm-1' }),
    call({ span_id: b, prompt: { name: 'triage', version: 2 } }),
    line('validation', { span_id: a, passed: true }),
    line('validation', { span_id: b, passed: false, rule: 'schema' }),
    line('validation', { span_id: b, passed: false, rule: 'schema', level: 40 }),
    line('user_action', { message_id: 'm-1', action: 'edited', edit_distance: 0.2 }),
    line('user_action', { span_id: a, action: 'accepted' }),
    line('user_action', { span_id: b, action: 'retried' }),
    line('user_action', { message_id: 'unknown', action: 'rated', score: 1 }),
    line('evaluation', { span_id: b, name: 'faithful', score: 0.5, evaluator: 'model' }),
    line('evaluation', { span_id: b, name: 'faithful', score: 1, evaluator: 'model' }),
    line('final_response', {
      latency_ms: { total: 100, retrieval: 20, llm: 70, tools: 5, ttft: null },
    }),
  ])
  assert.deepEqual(outcomes.validation, {
    ...{ passed: 1, failed: 2, by_rule: [{ rule: 'schema', failed: 2 }] },
  })
  assert.deepEqual(
    outcomes.user_actions.map(({ prompt, actions, edit_rate, retry_rate }) => [
      prompt,
      actions,
      edit_rate,
      retry_rate,
    ]),
    [
      ['triage@1', 2, 0.5, 0],
      ['triage@2', 1, 0, 1],
      [null, 1, null, null],
    ],
  )
  assert.deepEqual(outcomes.evaluations, [
    { name: 'faithful', prompt: 'triage@2', count: 2, mean_score: 0.75 },
  ])
  assert.equal(outcomes.latency_split_ms?.retrieval.p50, 20)
  assert.equal(outcomes.latency_split_ms?.ttft.count, 0)
  assert.deepEqual(
    outcomes.levels.map(({ level, lines }) => [level, lines]),
    [
      ['info', 11],
      ['warn', 1],
    ],
  )
})

test('traces by cost, the share of cached input, finish reasons', async () => {
  const trace = (digit: string) => digit.repeat(32)
  const report = await analyzed([
    call({ trace_id: trace('a'), cost_usd: 0.1, input_tokens: 100, cache_read_tokens: 50 }),
    call({
      trace_id: trace('a'),
      cost_usd: 0.2,
      input_tokens: 100,
      cache_read_tokens: 0,
      finish_reason: 'stop',
    }),
    call({ trace_id: trace('b'), cost_usd: 0.25, input_tokens: 900, finish_reason: 'length' }),
  ])
  assert.deepEqual(report.top_traces.slice(0, 2), [
    { trace_id: trace('a'), cost_usd: 0.3, calls: 2 },
    { trace_id: trace('b'), cost_usd: 0.25, calls: 1 },
  ])
  assert.deepEqual([report.totals.cache_read_tokens, report.totals.cache_share], [50, 0.25])
  assert.deepEqual(report.finish_reasons, [
    { reason: 'stop', count: 1 },
    { reason: 'length', count: 1 },
  ])
})

test('a transcript with a line for each block of an answer is one call', async () => {
  const block = (output_tokens: number) => ({
    ...{ type: 'assistant', timestamp: '2026-03-01T10:00:00Z' },
    message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 4, output_tokens } },
  })
  const { totals, input } = await analyzed([block(1), block(200)])
  assert.deepEqual([totals.calls, totals.output_tokens], [1, 200])
  assert.equal(input.not_a_call.repeated, 1)
})
