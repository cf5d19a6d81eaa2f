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
    {
      ...{ name: 'faithful', prompt: 'triage@2', count: 2, mean_score: 0.75 },
      by_day: [{ from: '1970-01-01T00:00:00.000Z', count: 2, mean_score: 0.75 }],
    },
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

test('what people did with a message that a final response names counts for the prompt of its last call', async () => {
  const trace = (digit: string) => ({ trace_id: digit.repeat(32) })
  const prompt = (version: number) => ({ prompt: { name: 'triage', version } })
  const { outcomes } = await analyzed(
    [
      call({ ...trace('a'), ...prompt(1), span_id: spanId() }),
      call({ ...trace('a'), ...prompt(2), span_id: spanId() }),
      line('final_response', { ...trace('a'), span_id: spanId(), message_id: 'm-1' }),
      call({ ...trace('a'), ...prompt(3), span_id: spanId() }),
      call({ ...trace('b'), ...prompt(4), span_id: spanId(), message_id: 'm-2' }),
      call({ ...trace('b'), ...prompt(5), span_id: spanId() }),
      line('final_response', { ...trace('b'), span_id: spanId(), message_id: 'm-2' }),
      line('final_response', { ...trace('c'), span_id: spanId(), message_id: 'm-3' }),
      line('user_action', { message_id: 'm-1', action: 'edited', time: 10 }),
      line('user_action', { message_id: 'm-2', action: 'accepted', time: 10 }),
      line('user_action', { message_id: 'm-3', action: 'retried', time: 10 }),
      line('evaluation', { message_id: 'm-1', name: 'apt', score: 1, evaluator: 'code', time: 10 }),
    ],
    { since: '1970-01-01T00:00:00.005Z' },
  )
  assert.deepEqual(
    outcomes.user_actions.map(({ prompt, edited, accepted, retried }) => [
      ...[prompt, edited, accepted, retried],
    ]),
    [
      ['triage@2', 1, 0, 0],
      ['triage@4', 0, 1, 0],
      [null, 0, 0, 1],
    ],
  )
  assert.equal(outcomes.evaluations[0]?.prompt, 'triage@2')
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
    { reason: 'length', count: 1 },
    { reason: 'stop', count: 1 },
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

const HOUR = 3_600_000
const DAY = 24 * HOUR

test('scores are told by day of the zone, and evaluations without a score do not count in the mean', async () => {
  const from = Date.UTC(2026, 9, 25, 22, 30)
  const span_id = spanId()
  const score = (time: number, value?: number) =>
    line('evaluation', {
      name: 'tone',
      span_id,
      time,
      ...(value === undefined ? {} : { score: value }),
    })
  const rows = [
    call({ span_id, prompt: { name: 'p', version: 1 } }),
    ...[score(from, 0), score(from + HOUR, 1), score(from + HOUR), score(from + 2 * DAY, 0.5)],
  ]
  const utc = (await analyzed(rows)).outcomes.evaluations[0]
  assert.deepEqual([utc?.count, utc?.mean_score], [4, 0.5])
  assert.deepEqual(
    utc?.by_day.map(({ from: day, count, mean_score }) => [day.slice(0, 10), count, mean_score]),
    [
      ['2026-10-25', 3, 0.5],
      ['2026-10-27', 1, 0.5],
    ],
  )
  const berlin = (await analyzed(rows, { zone: 'Europe/Berlin' })).outcomes.evaluations[0]
  assert.deepEqual(
    berlin?.by_day.map(({ from: day, count }) => [day, count]),
    [
      ['2026-10-24T22:00:00.000Z', 1],
      ['2026-10-25T23:00:00.000Z', 2],
      ['2026-10-26T23:00:00.000Z', 1],
    ],
  )
})

test('retrievals by source, tools by name and answers after their first token are timed, failures apart', async () => {
  const ended = (event: string, fields: object) => line(event, { status: 'ok', ...fields })
  const { outcomes } = await analyzed([
    call({ duration_ms: 100, ttft_ms: 30 }),
    call({ duration_ms: 10, ttft_ms: 30 }),
    call({ status: 'error', duration_ms: 100, ttft_ms: 30 }),
    ended('tool_call', { tool: 'refund', duration_ms: 4 }),
    ended('tool_call', { tool: 'refund', duration_ms: 8 }),
    ended('tool_call', { tool: 'refund', duration_ms: 5000, status: 'error' }),
    ended('retrieval', { source: 'docs', duration_ms: 20, chunks: [] }),
  ])
  assert.deepEqual(
    outcomes.parts.map(({ part, name, count, errors, latency_ms: { p50 } }) => [
      ...[part, name, count, errors, p50],
    ]),
    [
      ['retrieval', 'docs', 1, 0, 20],
      ['generation', null, 1, 0, 70],
      ['tool', 'refund', 3, 1, 6],
    ],
  )
})

test('what became of answers is told of the window alone', async () => {
  const at = (days: number) => 1_790_000_000_000 + days * DAY
  const rows = [0, 10].flatMap((days) => [
    call({ start_time: at(days) }),
    line('validation', { passed: false, rule: 'r', time: at(days) }),
    line('user_action', { action: 'edited', time: at(days) }),
    line('evaluation', { name: 'n', score: 1, time: at(days) }),
    line('tool_call', { tool: 't', status: 'ok', duration_ms: 1, time: at(days) }),
  ])
  const { outcomes } = await analyzed(rows, { since: new Date(at(9)) })
  assert.deepEqual(
    [
      ...[outcomes.validation.failed, outcomes.user_actions[0]?.actions],
      ...[outcomes.evaluations[0]?.count, outcomes.parts[0]?.count, outcomes.levels[0]?.lines],
    ],
    [1, 1, 1, 1, 5],
  )
})
