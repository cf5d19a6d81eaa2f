import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyze } from '../src/index.ts'
import { analyzed, call, file, lines } from './fixtures.ts'

test('llm_request lines of structlog and of a hand-written logger are recognised', async () => {
  const report = await analyzed([
    {
      event: 'llm_request',
      request_id: 'r1',
      model: 'gpt-4o',
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      latency_ms: 2300,
      timestamp: '2026-03-01T10:00:00.000000Z',
      level: 'info',
    },
    {
      timestamp: '2026-03-01T10:00:01.250000',
      model: 'gpt-4o',
      provider: 'openai',
      operation: 'completion',
      prompt_tokens: 20,
      completion_tokens: 7,
      latency_ms: 700,
    },
    {
      timestamp: '2026-03-01T10:00:02+00:00',
      model: 'gpt-4o',
      prompt_tokens: 0,
      completion_tokens: 0,
      latency_ms: 90,
      error: 'Rate limit reached',
      error_type: 'RateLimitError',
    },
    { event: 'llm_error_diagnosed', error_type: 'RateLimitError', suggestions: ['wait'] },
    { event: 'startup', level: 'info' },
  ])
  assert.equal(report.totals.calls, 3)
  assert.equal(report.totals.errors, 1)
  assert.equal(report.totals.input_tokens, 30)
  assert.equal(report.totals.output_tokens, 12)
  assert.equal(report.latency_ms.p50, 1500)
  assert.deepEqual(report.errors_by_type, [{ type: 'RateLimitError', count: 1 }])
  assert.equal(report.input.skipped.not_a_call, 2)
  assert.deepEqual(report.window, {
    from: '2026-03-01T10:00:00.000Z',
    to: '2026-03-01T10:00:02.000Z',
  })
})

const SPAN = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 100,
  'gen_ai.usage.output_tokens': 20,
  'gen_ai.response.time_to_first_chunk': 0.25,
}

test('OpenTelemetry attributes are found flat, under attributes, nested, and by their old names', async () => {
  const times = { start_time: '2026-03-01T10:00:00.000Z', end_time: '2026-03-01T10:00:01.500Z' }
  const report = await analyzed([
    { ...SPAN, ...times },
    { name: 'chat gpt-4o', attributes: SPAN, ...times },
    {
      attributes: {
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.prompt_tokens': 100,
      },
      startTimeUnixNano: '1772359200000000000',
      endTimeUnixNano: '1772359201500000000',
    },
    { gen_ai: { request: { model: 'gpt-4o' }, usage: { input_tokens: 100 } }, duration_ms: 1500 },
    { attributes: { ...SPAN, 'error.type': 'timeout' }, status: { code: 2 } },
  ])
  assert.equal(report.totals.calls, 5)
  assert.equal(report.totals.errors, 1)
  assert.deepEqual(report.errors_by_type, [{ type: 'timeout', count: 1 }])
  assert.equal(report.totals.input_tokens, 500)
  assert.equal(report.latency_ms.count, 4)
  assert.equal(report.latency_ms.min, 1500)
  assert.equal(report.latency_ms.max, 1500)
  assert.equal(report.ttft_ms.p50, 250)
  assert.equal(report.by_model[0]?.model, 'gpt-4o')
  assert.equal(report.window.from, '2026-03-01T10:00:00.000Z')
})

test('spans of agents and tools, and events, are no model calls', async () => {
  const report = await analyzed([
    { attributes: { ...SPAN, 'gen_ai.operation.name': 'invoke_agent' } },
    { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.request.model': 'm' } },
    { attributes: { ...SPAN, 'event.name': 'gen_ai.client.inference.operation.details' } },
  ])
  assert.equal(report.totals.calls, 0)
  assert.equal(report.input.not_a_call.unknown_shape, 3)
})

test('map reads lines of any shape: dotted paths, dotted keys, units, failure by a field', async () => {
  const records = [
    { 'a.b': 1.5, req: { 'x.y': { m: 'big' } }, at: 1_772_359_200, err: null, n: '12' },
    { 'a.b': 0.5, req: { 'x.y': { m: 'big' } }, at: 1_772_359_260, err: 0, n: 8 },
    { 'a.b': 9, req: {}, err: 'boom' },
    { unrelated: true },
  ]
  const map = ['latency=a.b:s', 'model=req.x.y.m', 'time=at:s', 'error=err', 'output_tokens=n']
  const report = await analyzed(records, { map, explainInput: true })
  assert.equal(report.totals.calls, 3)
  assert.equal(report.totals.errors, 1)
  assert.deepEqual(report.errors_by_type, [{ type: 'boom', count: 1 }])
  assert.equal(report.totals.output_tokens, 20)
  assert.equal(report.latency_ms.p50, 1000)
  assert.equal(report.by_model[0]?.model, 'big')
  assert.equal(report.window.to, '2026-03-01T10:01:00.000Z')
  assert.equal(report.input.not_a_call.unknown_shape, 1)
  assert.deepEqual(report.explain?.[0]?.shapes[0]?.fields.model, { 'req.x.y.m': 2 })
})

test('error=FIELD: neither null, empty, 0 nor false', async () => {
  for (const value of [null, '', 0, false, [], {}]) {
    const report = await analyzed([{ e: value }], { map: 'error=e' })
    assert.equal(report.totals.errors, 0, JSON.stringify(value))
    assert.equal(report.totals.calls, 1)
  }
  for (const value of ['x', 429, true, ['x'], { code: 1 }]) {
    assert.equal((await analyzed([{ e: value }], { map: 'error=e' })).totals.errors, 1)
  }
})

test('units of money are usd, cents and micros', async () => {
  for (const [unit, value] of Object.entries({ usd: 2, cents: 200, micros: 2e6 })) {
    const report = await analyzed([{ t: value, model: 'm' }], { map: `cost=t:${unit}` })
    assert.equal(report.totals.cost_usd, 2, unit)
  }
})

test('units are s, ms, us and ns', async () => {
  for (const [unit, value] of Object.entries({ s: 2, ms: 2000, us: 2e6, ns: 2e9 })) {
    const report = await analyzed([{ t: value }], { map: `duration_ms=t:${unit}` })
    assert.equal(Math.round(report.latency_ms.p50 ?? 0), 2000, unit)
  }
})

test('map overrides what a shape or our own lines say', async () => {
  const report = await analyzed(
    [
      call({ cost_usd: null, metadata: { cost: 0.5 } }),
      { model: 'm', latency_ms: 1, metadata: { cost: 1 } },
    ],
    { map: 'cost_usd=metadata.cost' },
  )
  assert.equal(report.totals.cost_usd, 1.5)
})

test('the explanation names the shape of each file, by what, and where each key was found', async () => {
  const own = file(lines(call()))
  const foreign = file(`[\n${JSON.stringify({ model: 'm', prompt_tokens: 1, latency_ms: 2 })}\n]\n`)
  const empty = file('')
  const report = await analyze([own, foreign, empty], { explainInput: true })
  assert.deepEqual(
    report.explain?.map(({ form, shapes }) => [form, shapes.map(({ shape, why }) => [shape, why])]),
    [
      ['lines', [['recount', '`recount` is 1 and `event` is llm_call']]],
      ['array', [['llm-request', '`prompt_tokens` is a number']]],
      [null, []],
    ],
  )
  assert.deepEqual(report.explain?.[1]?.shapes[0]?.fields.duration_ms, { latency_ms: 1 })
  assert.equal((await analyze(own)).explain, undefined)
})

test('groups are by any key, compound too, and by each tag', async () => {
  const report = await analyzed(
    [
      call({ user_id: 'u1', prompt: { name: 'triage', version: 2 }, metadata: { plan: 'pro' } }),
      call({ user_id: 'u1', prompt: { name: 'triage', version: 2 }, tags: ['a', 'b', 'a'] }),
      call({ tenant_id: 't', prompt: { name: 'answer' }, tags: ['a'] }),
    ],
    { by: 'user,prompt' },
  )
  assert.deepEqual(
    report.groups.map(({ key, calls }) => [key, calls]),
    [
      [{ user: 'u1', prompt: 'triage@2' }, 2],
      [{ user: null, prompt: 'answer' }, 1],
    ],
  )
  const tags = await analyzed([call({ tags: ['a', 'b', 'a'] }), call({ tags: ['a'] }), call()], {
    by: ['tag'],
  })
  assert.deepEqual(
    tags.groups.map(({ key, calls }) => [key.tag, calls]),
    [
      ['a', 2],
      ['b', 1],
      [null, 1],
    ],
  )
  const plans = await analyzed([call({ metadata: { plan: 'pro' } })], { by: 'metadata.plan' })
  assert.deepEqual(plans.groups[0]?.key, { 'metadata.plan': 'pro' })
})

test('groups are by who called: provider, session, agent, service, release and environment, of foreign logs too', async () => {
  const by = ['provider', 'session', 'agent', 'service', 'release', 'environment']
  const ours = { session_id: 's', agent: 'a', service: 'w', release: '1.2', environment: 'live' }
  const rows = [
    call({ provider: 'acme', ...ours }),
    { model: 'm', latency_ms: 1, provider: 'acme', ...ours },
    {
      ...{ 'gen_ai.request.model': 'm', 'gen_ai.provider.name': 'acme' },
      ...{ 'gen_ai.conversation.id': 's', 'gen_ai.agent.name': 'a' },
      resource: {
        attributes: {
          ...{ 'service.name': 'w', 'service.version': '1.2' },
          'deployment.environment.name': 'live',
        },
      },
    },
  ]
  const report = await analyzed(rows, { by })
  const key = {
    ...{ provider: 'acme', session: 's', agent: 'a', service: 'w' },
    ...{ release: '1.2', environment: 'live' },
  }
  assert.deepEqual(
    report.groups.map((group) => [group.key, group.calls]),
    [[key, 3]],
  )
})

test('a count that Codex repeats is no further call, and a job of many requests is none', async () => {
  const usage = (input: number) => ({ input_tokens: input, output_tokens: 5 })
  const count = (last: number, total: number, limits = {}) => ({
    ...{ timestamp: '2026-11-28T10:00:00Z', type: 'event_msg' },
    payload: {
      ...{ type: 'token_count', rate_limits: limits },
      info: { last_token_usage: usage(last), total_token_usage: usage(total) },
    },
  })
  const report = await analyzed([count(100, 100), count(100, 200), count(100, 200, { used: 1 })])
  assert.deepEqual([report.totals.calls, report.totals.input_tokens], [2, 200])
  const job = { object: 'batch', status: 'completed', model: 'm', usage: usage(9000) }
  assert.equal((await analyzed([job])).totals.calls, 0)
})
