import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTraceparent } from '../src/index.ts'
import { validRecorder } from './helpers.ts'

const CALL = { provider: 'acme', model: 'large' }

test('an ordinary line says where it was written, with what the spans around it hand down', (t) => {
  const { logger, lines, records } = validRecorder(t, { content: 'off' })
  logger.info('outside')
  logger.trace('t', { user_id: 'u', tenant_id: 'acme', tags: ['beta'] }, () => {
    logger.step('draft', { attempt: 2, agent: 'writer' }, () => logger.info({ mine: 1 }, 'inside'))
  })
  const [outside, inside] = lines.filter(({ msg }) => String(msg).endsWith('side'))
  const step = records('step')[0]
  assert.equal(outside?.trace_id, undefined)
  const { mine, trace_id, span_id, user_id, tenant_id, tags, workflow, step: name } = inside ?? {}
  const { step_attempt, agent, span_name, recount } = inside ?? {}
  assert.deepEqual([trace_id, span_id], [step?.trace_id, step?.span_id])
  assert.deepEqual(
    { mine, user_id, tenant_id, tags, workflow, name, step_attempt, agent, span_name, recount },
    {
      mine: 1,
      user_id: 'u',
      tenant_id: 'acme',
      tags: ['beta'],
      workflow: 't',
      name: 'draft',
      step_attempt: 2,
      agent: 'writer',
      span_name: 'draft',
      recount: undefined,
    },
  )
})

test('what an ordinary line says itself wins over its context', (t) => {
  const { logger, lines } = validRecorder(t, {
    content: 'off',
    mixin: () => ({ user_id: 'mixin' }),
  })
  logger.trace('t', { user_id: 'context', tenant_id: 'context' }, () => {
    logger.info({ tenant_id: 'line' }, 'said')
  })
  const said = lines.find(({ msg }) => msg === 'said')
  assert.deepEqual([said?.user_id, said?.tenant_id], ['mixin', 'line'])
})

test('what spans hand down: nearest wins, metadata is merged key by key, siblings see nothing', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  logger.trace('t', { user_id: 'outer', agent: 'a', metadata: { plan: 'pro', seats: 3 } }, () => {
    logger.step('one', { user_id: 'inner', metadata: { seats: 4, own: true } }, () => {
      logger.llm({ ...CALL, model: 'inside', metadata: { seats: 5 } }, () => {})
    })
    logger.llm({ ...CALL, model: 'beside' }, () => {})
  })
  const [inside, beside] = records('llm_call')
  assert.deepEqual(
    [inside?.user_id, inside?.agent, inside?.step, inside?.metadata],
    ['inner', 'a', 'one', { plan: 'pro', seats: 5, own: true }],
  )
  assert.deepEqual(
    [beside?.user_id, beside?.agent, beside?.step, beside?.metadata],
    ['outer', 'a', undefined, { plan: 'pro', seats: 3 }],
  )
})

test("what a caller's bindings become later does not change lines", (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  const metadata = { plan: 'pro' }
  const tags = ['one']
  logger.trace('t', { metadata, tags }, () => {
    metadata.plan = 'changed'
    tags.push('two')
    logger.llm(CALL, () => {})
  })
  for (const record of records())
    assert.deepEqual([record.metadata, record.tags], [{ plan: 'pro' }, ['one']])
})

test("a child logger's bindings are on the records it writes, not on others", (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  const child = logger.child({ component: 'search' }).child({ shard: 7 })
  logger.trace('t', () => child.llm(CALL, () => logger.tool({ tool: 'x' }, () => {})))
  const [call] = records('llm_call') as unknown as Record<string, unknown>[]
  const [tool] = records('tool_call') as unknown as Record<string, unknown>[]
  assert.deepEqual([call?.component, call?.shard], ['search', 7])
  assert.deepEqual([tool?.component, tool?.shard], [undefined, undefined])
  assert.equal(tool?.trace_id, call?.trace_id)
})

test('a tool has the call that asked for it as parent, though another call ended later', async (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  const asking = (id: string): object => ({
    choices: [
      {
        finish_reason: 'tool_calls',
        message: {
          tool_calls: [{ id, type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
      },
    ],
  })
  await logger.trace('t', async () => {
    await Promise.all(
      ['a', 'b'].map((model) =>
        logger.llm({ ...CALL, model }, async () => asking(`call-${model}`)),
      ),
    )
    for (const tool_call_id of ['call-a', 'call-b', 'call-unknown'])
      logger.tool({ tool: 'look', tool_call_id }, () => {})
    logger.tool({ tool: 'look' }, () => {})
  })
  const spans = new Map(records('llm_call').map(({ model, span_id }) => [model, span_id]))
  // The two calls overlapped, so without a known id nobody can tell whose tool it is.
  const trace = records('step').at(-1)?.span_id
  assert.deepEqual(
    records('tool_call').map(({ parent_span_id }) => parent_span_id),
    [spans.get('a'), spans.get('b'), trace, trace],
  )
  assert.equal(records('llm_call')[0]?.finish_reason, 'tool_calls')
})

test('a tool inside a model call belongs to that call', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  logger.llm(CALL, () => logger.tool({ tool: 'x' }, () => {}))
  assert.equal(records('tool_call')[0]?.parent_span_id, records('llm_call')[0]?.span_id)
})

test('a verdict has the last call of its span as parent, or the one that is named', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  logger.trace('t', () => {
    logger.llm({ ...CALL, model: 'first' }, () => '1')
    logger.llm({ ...CALL, model: 'second' }, () => '2')
    logger.validate('2')
    logger.validate('1', { span_id: records('llm_call')[0]?.span_id ?? '' })
  })
  const [first, second] = records('llm_call')
  assert.deepEqual(
    records('validation').map(({ parent_span_id }) => parent_span_id),
    [second?.span_id, first?.span_id],
  )
})

test('a final response splits the latency of its trace', (t) => {
  const time = { now: 1000 }
  const clock = { wall: () => 1_795_000_000_000 + time.now, monotonic: () => time.now }
  const { logger, records } = validRecorder(t, { content: 'off', clock })
  const spend = (ms: number): void => {
    time.now += ms
  }
  logger.trace('t', () => {
    spend(1)
    logger.retrieval({ source: 'docs' }, () => spend(10))
    const call = logger.start({ event: 'llm_call', ...CALL })
    spend(20)
    call.firstToken()
    spend(30)
    call.end()
    logger.step('inner', () => logger.tool({ tool: 'x' }, () => spend(4.0004)))
    logger.llm(CALL, () => spend(5))
    logger.finalResponse()
  })
  assert.deepEqual(records('final_response')[0]?.latency_ms, {
    total: 70,
    retrieval: 10,
    llm: 55,
    tools: 4,
    ttft: 20,
  })
  const [end] = records('step').filter(({ step }) => step === undefined)
  assert.deepEqual([end?.start_time, end?.duration_ms], [1_795_000_001_000, 70])
})

test('the traceparent of the running code names its span', (t) => {
  const { logger, records } = validRecorder(t, { content: 'off' })
  assert.equal(logger.traceparent(), undefined)
  const header = logger.trace('t', () => logger.llm(CALL, () => logger.traceparent()))
  const [call] = records('llm_call')
  assert.deepEqual(parseTraceparent(header), {
    trace_id: call?.trace_id,
    parent_span_id: call?.span_id,
    sampled: true,
  })
})
