import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BEGIN, callsOf, iso, readAll, shapesOf } from './foreign-records.ts'

function sees(record: object, shape: string, expected: Record<string, unknown>) {
  assert.deepEqual(shapesOf([record]), [shape])
  const [call = {}] = callsOf([record])
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(call[key], value, key)
}

const attribute = (key: string, value: object) => ({ key, value })

test('an OTLP/JSON document is its spans, with the attributes of their resource', () => {
  const span = {
    ...{ traceId: 'a', spanId: 'b', name: 'chat gpt-4o', status: {} },
    ...{ startTimeUnixNano: `${BEGIN}000000000`, endTimeUnixNano: `${BEGIN + 1}500000000` },
    attributes: [
      attribute('gen_ai.request.model', { stringValue: 'gpt-4o' }),
      attribute('gen_ai.usage.input_tokens', { intValue: '100' }),
      attribute('gen_ai.usage.output_tokens', { intValue: 20 }),
      attribute('gen_ai.response.finish_reasons', {
        arrayValue: { values: [{ stringValue: 'stop' }] },
      }),
    ],
  }
  const other = { ...span, attributes: [attribute('http.method', { stringValue: 'GET' })] }
  const resource = { attributes: [attribute('service.name', { stringValue: 'shop' })] }
  const document = { resourceSpans: [{ resource, scopeSpans: [{ spans: [span, other] }] }] }
  const records = readAll([document])
  assert.deepEqual(
    records.map(({ kind }) => kind),
    ['call', 'other'],
  )
  sees({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }, 'opentelemetry', {
    ...{ model: 'gpt-4o', input_tokens: 100, output_tokens: 20, service: 'shop', status: 'ok' },
    ...{ start_time: BEGIN * 1000, end_time: BEGIN * 1000 + 1500, finish_reason: 'stop' },
  })
})

test("OpenAI's batch results: answers, refusals by status, and requests that were never made", () => {
  const body = {
    ...{ object: 'chat.completion', created: BEGIN, model: 'gpt-4o-2024', choices: [] },
    usage: { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } },
  }
  sees({ custom_id: 'r1', response: { status_code: 200, body }, error: null }, 'openai-batch', {
    ...{ status: 'ok', input_tokens: 10, output_tokens: 5, cache_read_tokens: 4 },
    ...{ start_time: BEGIN * 1000, request_id: 'r1' },
  })
  const refused = { status_code: 400, body: { error: { type: 'invalid_request_error' } } }
  const expected = { status: 'error', error_type: 'invalid_request_error' }
  sees({ custom_id: 'r2', response: refused, error: null }, 'openai-batch', expected)
  const never = { custom_id: 'r3', response: null, error: { code: 'batch_expired' } }
  sees(never, 'openai-batch', { status: 'error', error_type: 'batch_expired' })
})

test("Anthropic's batch results: cached tokens are input, cancelled is aborted, expired is an error", () => {
  const usage = { input_tokens: 10, cache_read_input_tokens: 100, output_tokens: 5 }
  const message = { type: 'message', role: 'assistant', model: 'claude', usage }
  const of = (result: object) => ({ custom_id: 'a', result })
  sees(of({ type: 'succeeded', message }), 'anthropic-batch', {
    ...{ status: 'ok', input_tokens: 110, cache_read_tokens: 100, output_tokens: 5 },
  })
  sees(
    of({ type: 'errored', error: { type: 'error', error: { type: 'overloaded_error' } } }),
    'anthropic-batch',
    {
      ...{ status: 'error', error_type: 'overloaded_error' },
    },
  )
  sees(of({ type: 'canceled' }), 'anthropic-batch', { status: 'aborted' })
  sees(of({ type: 'expired' }), 'anthropic-batch', { status: 'error', error_type: 'expired' })
})

test("LiteLLM's payload: seconds, the first token's moment, team and error class", () => {
  const payload = {
    ...{ id: 'x', call_type: 'acompletion', response_cost: 0.00012, custom_llm_provider: 'openai' },
    ...{ prompt_tokens: 30, completion_tokens: 10, model: 'gpt-4o', status: 'success' },
    ...{ startTime: BEGIN + 0.5, endTime: BEGIN + 2, completionStartTime: BEGIN + 0.75 },
    metadata: { user_api_key_team_id: 'team-1' },
  }
  sees(payload, 'litellm', {
    ...{ start_time: BEGIN * 1000 + 500, end_time: BEGIN * 1000 + 2000, cost_usd: 0.00012 },
    ...{ first_token_time: BEGIN * 1000 + 750, tenant_id: 'team-1', status: 'ok' },
  })
  const error_information = { error_code: '429', error_class: 'RateLimitError' }
  sees({ ...payload, status: 'failure', error_information }, 'litellm', {
    ...{ status: 'error', error_type: 'RateLimitError' },
  })
})

test("Langfuse's observations: generations only, cached tokens are input, seconds", () => {
  const generation = {
    ...{ id: 'o', traceId: 't', type: 'GENERATION', model: 'gpt-4o', level: 'DEFAULT', latency: 2 },
    ...{ startTime: iso(0), endTime: iso(2), promptName: 'triage', promptVersion: 3 },
    usageDetails: { input: 10, input_cached_tokens: 100, output: 5, total: 115 },
    costDetails: { total: 0.01 },
  }
  sees(generation, 'langfuse', {
    ...{ input_tokens: 110, output_tokens: 5, cost_usd: 0.01, duration_ms: 2000 },
    ...{ prompt_name: 'triage', prompt_version: 3, status: 'ok' },
  })
  sees({ ...generation, level: 'ERROR' }, 'langfuse', { status: 'error' })
  const span = { ...generation, type: 'SPAN' }
  assert.deepEqual(shapesOf([{ data: [generation, span], meta: { page: 1 } }]), ['langfuse'])
})

test('spans around calls repeat their tokens and are no calls: AI SDK, LangSmith, OpenInference', () => {
  const ai = (operationId: string) => ({
    ...{ name: operationId, startTime: iso(0), endTime: iso(1) },
    attributes: {
      ...{ 'ai.operationId': operationId, 'ai.model.id': 'gpt', 'ai.usage.inputTokens': 10 },
      'ai.usage.outputTokens': 5,
    },
  })
  assert.deepEqual(shapesOf([ai('ai.generateText'), ai('ai.generateText.doGenerate')]), ['ai-sdk'])
  const run = { start_time: iso(0), end_time: iso(2), prompt_tokens: 5, completion_tokens: 6 }
  const runs = [
    { ...run, run_type: 'chain' },
    { ...run, run_type: 'llm', first_token_time: iso(1) },
  ]
  assert.deepEqual(shapesOf(runs), ['langsmith'])
  const spans = ['LLM', 'AGENT'].map((kind) => ({
    ...{ context: { span_id: kind }, span_kind: kind, start_time: iso(0), end_time: iso(1) },
    attributes: { 'llm.model_name': 'm', 'llm.token_count.prompt': 5 },
  }))
  assert.deepEqual(shapesOf(spans), ['openinference'])
})

test("an agent's transcript: one call over several lines has one id; summaries and users are no calls", () => {
  const block = (output_tokens: number) => ({
    ...{ type: 'assistant', sessionId: 's', timestamp: iso(1), requestId: 'r' },
    message: {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [] },
      usage: {
        input_tokens: 4,
        cache_creation_input_tokens: 1000,
        cache_read_input_tokens: 2000,
        output_tokens,
      },
    },
  })
  const lines = [
    { type: 'user', message: { role: 'user', content: 'hi' }, timestamp: iso(0) },
    ...[block(2), block(200)],
    { type: 'summary', summary: 'x' },
  ]
  const calls = callsOf(lines)
  assert.deepEqual(
    calls.map(({ call_id }) => call_id),
    ['msg_1', 'msg_1'],
  )
  assert.deepEqual([calls[1]?.input_tokens, calls[1]?.output_tokens], [3004, 200])
})

test("Codex's rollouts: the last usage counts, not the running total; the model is that of the turn", () => {
  const line = (type: string, payload: object) => ({ timestamp: iso(1), type, payload })
  const usage = { input_tokens: 1000, cached_input_tokens: 500, output_tokens: 50 }
  const info = {
    total_token_usage: { input_tokens: 9000, output_tokens: 900 },
    last_token_usage: usage,
  }
  const calls = callsOf([
    line('session_meta', { id: 's', cli_version: '1' }),
    line('turn_context', { model: 'gpt-5-codex' }),
    line('event_msg', { type: 'token_count', info: null }),
    line('event_msg', { type: 'token_count', info }),
  ])
  assert.equal(calls.length, 1)
  const { model, session_id, input_tokens, output_tokens } = calls[0] ?? {}
  assert.deepEqual([model, session_id, input_tokens, output_tokens], ['gpt-5-codex', 's', 1000, 50])
})

test('a session in one document is its messages', () => {
  const tokens = { input: 100, output: 5, cached: 50, thoughts: 7, total: 112 }
  const messages = [
    { type: 'user', content: 'x', timestamp: iso(0) },
    { type: 'gemini', content: 'y', model: 'gemini-pro', timestamp: iso(1), tokens },
  ]
  const [call = {}, ...others] = callsOf([{ sessionId: 's', messages }])
  assert.deepEqual([call.model, call.input_tokens, call.output_tokens], ['gemini-pro', 100, 12])
  assert.equal(others.length, 0)
})

test('what pino, bunyan, winston, Docker and CloudWatch wrap is found inside', () => {
  const inner = { model: 'm', prompt_tokens: 10, completion_tokens: 5, latency_ms: 800 }
  const text = JSON.stringify(inner)
  const wrapped = [
    { level: 30, time: BEGIN * 1000, pid: 1, hostname: 'h', msg: 'done', llm: inner },
    { name: 'svc', hostname: 'h', pid: 1, level: 30, time: iso(0), v: 0, msg: 'done', data: inner },
    { level: 'info', message: inner, timestamp: iso(0) },
    { log: `${text}\n`, stream: 'stdout', time: iso(0) },
    { timestamp: BEGIN * 1000, message: text },
    { timestamp: BEGIN * 1000, message: `INFO app ${text}` },
    { insertId: 'x', jsonPayload: inner, severity: 'INFO', timestamp: iso(0) },
    { '@timestamp': iso(0), _source: { doc: inner } },
  ]
  for (const record of wrapped) {
    const [call = {}] = callsOf([record])
    const { model, input_tokens, output_tokens, duration_ms, start_time } = call
    assert.deepEqual([model, input_tokens, output_tokens, duration_ms], ['m', 10, 5, 800])
    assert.equal(start_time, BEGIN * 1000, JSON.stringify(record))
  }
  const failed = { level: 50, time: 1, pid: 1, err: { type: 'RateLimitError' }, llm: inner }
  assert.deepEqual(callsOf([failed])[0]?.status, 'error')
})

test("Gemini's answers: thoughts belong to the output", () => {
  const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 7, thoughtsTokenCount: 3 }
  const answer = {
    modelVersion: 'gemini-pro',
    usageMetadata,
    candidates: [{ finishReason: 'STOP' }],
  }
  sees(answer, 'gemini-response', { model: 'gemini-pro', output_tokens: 10, finish_reason: 'STOP' })
})

test('a count of tokens says nothing of how a call ended, a reason for its end does', () => {
  const usage = { prompt_tokens: 5, completion_tokens: 7 }
  const gemini = {
    modelVersion: 'm',
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7 },
  }
  const openAi = { object: 'chat.completion', model: 'm', usage }
  const anthropic = { type: 'message', role: 'assistant', model: 'm', usage: { output_tokens: 7 } }
  const ended: [object, object][] = [
    [gemini, { candidates: [{ finishReason: 'STOP' }] }],
    [openAi, { choices: [{ finish_reason: 'stop' }] }],
    [anthropic, { stop_reason: 'end_turn' }],
  ]
  for (const [answer, end] of ended) {
    const [silent = {}, told = {}, failed = {}] = callsOf([
      answer,
      { ...answer, ...end },
      { ...answer, error: { type: 'overloaded' } },
    ])
    assert.deepEqual([silent.status, told.status, failed.status], [undefined, 'ok', 'error'])
  }
})

test('the latency of a Langfuse observation is checked against its start and end', () => {
  const times = { startTime: '2026-11-20T09:00:00.000Z', endTime: '2026-11-20T09:00:05.827Z' }
  for (const latency of [5.827, 5827]) {
    const [call = {}] = callsOf([{ id: 'a', type: 'GENERATION', model: 'm', ...times, latency }])
    assert.equal(Math.round(Number(call.duration_ms)), 5827)
  }
})

test("spans as OpenTelemetry's JavaScript SDK has them: times in seconds and nanoseconds, and what its console exporter prints", () => {
  const attributes = { 'gen_ai.request.model': 'gpt-4o', 'gen_ai.usage.input_tokens': 10 }
  const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']
  const made = {
    ...{ _spanContext: { traceId, spanId, traceFlags: 1 }, name: 'chat', kind: 2, attributes },
    ...{ startTime: [BEGIN, 500_000_000], endTime: [BEGIN + 2, 0], _duration: [1, 500_000_000] },
    ...{ status: { code: 2 }, events: [], links: [] },
  }
  const told = { start_time: BEGIN * 1000 + 500, duration_ms: 1500, model: 'gpt-4o' }
  const ids = { trace_id: traceId, span_id: spanId }
  sees(made, 'opentelemetry', { ...told, ...ids, end_time: (BEGIN + 2) * 1000, status: 'error' })
  const { _duration: _, ...without } = made
  sees({ ...without, duration: [1, 500_000_000] }, 'opentelemetry', told)
  const printed = {
    ...{ traceId, name: 'chat', id: spanId, kind: 2, attributes, status: { code: 0 } },
    ...{ timestamp: BEGIN * 1e6 + 500_000, duration: 1_500_000 },
  }
  sees(printed, 'opentelemetry', { ...told, ...ids })
  const sdk = { ...made, attributes: { 'ai.operationId': 'ai.x', 'ai.model.id': 'gpt-4o' } }
  sees(sdk, 'ai-sdk', { ...told, ...ids })
  const open = { ...made, endTime: [0, 0], _duration: [-1, 0] }
  sees(open, 'opentelemetry', { end_time: undefined, duration_ms: undefined })
})

test('a span of the AI SDK that names its model in its own words alone has that model', () => {
  const attributes = { 'ai.model.id': 'gpt-4o', 'gen_ai.usage.input_tokens': 10 }
  sees({ attributes, duration_ms: 5 }, 'opentelemetry', { model: 'gpt-4o', input_tokens: 10 })
})

test('calls in a list have the time, the person and the model of their document, where they do not say them', () => {
  const call = { prompt_tokens: 3, latency_ms: 5 }
  const document = { started_at: iso(0), user_id: 'u1', model: 'm' }
  const calls = [call, { ...call, model: 'n', ts: iso(60), user_id: 'u2' }]
  const found = callsOf([{ ...document, calls }])
  assert.deepEqual(
    found.map(({ start_time, user_id, model }) => [start_time, user_id, model]),
    [
      [BEGIN * 1000, 'u1', 'm'],
      [Date.parse(iso(60)), 'u2', 'n'],
    ],
  )
})
