import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import { trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { addSink, captureFetch, instrument, otel } from '@recount/capture'
import { createLogger } from '@recount/logger'
import { type Recorder, recorder } from '@recount/logger/testing'
import type { LlmCall } from '@recount/record'
import { anthropicServer } from './anthropic-server.ts'
import { registerOtel } from './otel-setup.ts'

const app = registerOtel()
beforeEach(() => app.clear())

const CALL = { provider: 'acme', model: 'acme-large' }
const ANSWER = { text: 'Milk.', usage: { input_tokens: 40, output_tokens: 3 } }

function exporting(options: Parameters<typeof otel>[0] = {}): ReturnType<typeof recorder> {
  const recorded = recorder()
  addSink(recorded.logger, otel(options))
  return recorded
}

/** Epoch microseconds. */
function micros([seconds, nanos]: readonly [number, number]): number {
  return Math.round(seconds * 1e6 + nanos / 1e3)
}

function parentOf(span: ReadableSpan): string | undefined {
  return span.parentSpanContext?.spanId
}

test('a model call is a span with the attributes, the start and the end of its record', () => {
  const { logger, records } = exporting()
  logger.llm(
    { ...CALL, session_id: 's-1', params: { temperature: 0, max_tokens: 9 } },
    () => ANSWER,
  )
  const [call] = records('llm_call') as [LlmCall]
  const span = app.span('chat acme-large')
  assert.equal(micros(span.startTime), Math.round(call.start_time * 1000))
  assert.equal(micros(span.endTime), Math.round((call.start_time + call.duration_ms) * 1000))
  assert.equal(span.kind, 2)
  const expected = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'acme',
    'gen_ai.request.model': 'acme-large',
    'gen_ai.request.temperature': 0,
    'gen_ai.request.max_tokens': 9,
    'gen_ai.usage.input_tokens': 40,
    'gen_ai.usage.output_tokens': 3,
    'gen_ai.conversation.id': 's-1',
    'recount.trace_id': call.trace_id,
    'recount.span_id': call.span_id,
    'recount.status': 'ok',
  }
  for (const [name, value] of Object.entries(expected))
    assert.equal(span.attributes[name], value, name)
})

test('spans stand below each other as the records do, also below parents that are still under way', async () => {
  const { logger } = exporting()
  await logger.trace('answer', async () => {
    logger.retrieval({ source: 'handbook' }, () => [{ id: 'a', text: 'Milk is in the fridge.' }])
    const reply = { ...ANSWER, content: [{ type: 'tool_use', id: 't1', name: 'look', input: {} }] }
    logger.llm(CALL, () => reply)
    logger.tool({ tool: 'look', tool_call_id: 't1' }, () => 'milk')
  })
  const root = app.span('answer')
  const ids = new Set(app.spans().map((span) => span.spanContext().traceId))
  assert.equal(parentOf(root), undefined)
  assert.equal(ids.size, 1)
  assert.equal(parentOf(app.span('chat acme-large')), root.spanContext().spanId)
  assert.equal(parentOf(app.span('retrieval handbook')), root.spanContext().spanId)
  assert.equal(
    parentOf(app.span('execute_tool look')),
    app.span('chat acme-large').spanContext().spanId,
  )
})

test('the application’s active span is the parent, and its trace ours', async () => {
  const { logger, records } = exporting()
  await trace.getTracer('app').startActiveSpan('GET /answer', async (request) => {
    await logger.trace('answer', async () => logger.llm(CALL, () => ANSWER))
    request.end()
  })
  const request = app.span('GET /answer').spanContext()
  assert.equal(parentOf(app.span('answer')), request.spanId)
  assert.equal(app.span('chat acme-large').spanContext().traceId, request.traceId)
  assert.equal(records('llm_call')[0]?.trace_id, request.traceId)
})

for (const [way, client] of [
  ['instrument', (baseURL, logger) => instrument(anthropic(baseURL), { logger })],
  [
    'captureFetch',
    (baseURL, logger) => anthropic(baseURL, captureFetch({ logger, provider: 'anthropic' })),
  ],
] as [string, (url: string, logger: Recorder['logger']) => Anthropic][])
  test(`an SDK with spans of its own takes no call out of its trace: ${way}`, async (t) => {
    const server = await anthropicServer(t)
    const { logger, records } = exporting()
    const ask = {
      model: 'says',
      max_tokens: 9,
      messages: [{ role: 'user' as const, content: 'Hi' }],
    }
    await logger.trace('answer', () => client(server.url, logger).messages.create(ask))
    const [step, call] = [records('step')[0], records('llm_call')[0]]
    assert.ok(app.spans().some(({ name }) => name === 'anthropic.messages.create'))
    assert.deepEqual([call?.trace_id, call?.parent_span_id], [step?.trace_id, step?.span_id])
    assert.equal(parentOf(app.span('chat says')), app.span('answer').spanContext().spanId)
  })

function anthropic(baseURL: string, fetch?: typeof globalThis.fetch): Anthropic {
  return new Anthropic({ apiKey: 'none', baseURL, maxRetries: 0, ...(fetch && { fetch }) })
}

test('a retry links to the attempt that failed, whose span is an error', () => {
  const { logger } = exporting()
  let failed = ''
  assert.throws(() =>
    logger.llm({ ...CALL, attempt: 1 }, (call) => {
      failed = call.span_id
      throw Object.assign(new Error('slow down'), { code: 'rate_limit', status: 429 })
    }),
  )
  logger.llm({ ...CALL, attempt: 2, retry_of: failed }, () => ANSWER)
  const [first, second] = app.spans() as [ReadableSpan, ReadableSpan]
  assert.equal(first.attributes['error.type'], 'rate_limit')
  assert.equal(first.status.code, 2)
  assert.equal(first.events[0]?.name, 'exception')
  assert.equal(second.links[0]?.context.spanId, first.spanContext().spanId)
})

test('as a destination it takes lines, and leaves those that are no records', () => {
  const log = createLogger({ destination: otel(), env: {} })
  log.info('not a record')
  log.llm(CALL, () => ANSWER)
  assert.deepEqual(
    app.spans().map(({ name }) => name),
    ['chat acme-large'],
  )
})

test('an abort is no error', () => {
  const { logger } = exporting()
  logger.start({ event: 'llm_call', ...CALL }).end({ status: 'aborted' })
  const [span] = app.spans() as [ReadableSpan]
  assert.equal(span.status.code, 0)
  assert.equal(span.attributes['recount.status'], 'aborted')
})

test('content is on spans only where the logger keeps it, and never where the sink must not', () => {
  const secret = 'What is in the fridge?'
  const kept = exporting().logger
  kept.llm({ ...CALL, input: secret }, () => ANSWER)
  const messages = JSON.parse(
    String(app.span('chat acme-large').attributes['gen_ai.input.messages']),
  )
  assert.equal(messages[0].role, 'user')
  app.clear()
  exporting().logger.llm({ ...CALL, input: secret, content: false }, () => ANSWER)
  exporting({ content: false }).logger.llm({ ...CALL, input: secret }, () => ANSWER)
  assert.equal(app.spans().length, 2)
  assert.doesNotMatch(
    JSON.stringify(app.spans().map(({ attributes }) => attributes)),
    /fridge|Milk/,
  )
})

test('a validation and a final answer are spans of their moment', () => {
  const { logger } = exporting()
  logger.trace('answer', () => {
    logger.validate('{', { parse: JSON.parse })
    logger.finalResponse({ output: 'none', disposition: 'dropped' })
  })
  assert.equal(app.span('validation').attributes['recount.validation.rule'], 'parse')
  assert.equal(app.span('validation').status.code, 2)
  assert.equal(app.span('final_response').attributes['recount.disposition'], 'dropped')
})

test('durations, first chunks and tokens are measured', async () => {
  const { logger, records } = exporting()
  const call = logger.start({ event: 'llm_call', provider: 'measured', model: 'm', stream: true })
  call.firstToken()
  call.end({ input_tokens: 40, output_tokens: 3, response_model: 'm-1' })
  const [record] = records('llm_call') as [LlmCall]
  const key = JSON.stringify({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'measured',
    'gen_ai.request.model': 'm',
    'gen_ai.response.model': 'm-1',
  })
  const durations = await app.histogram('gen_ai.client.operation.duration')
  assert.deepEqual(durations[key], { sum: record.duration_ms / 1000, count: 1 })
  const chunks = await app.histogram('gen_ai.client.operation.time_to_first_chunk')
  assert.deepEqual(chunks[key], { sum: Number(record.ttft_ms) / 1000, count: 1 })
  const tokens = await app.histogram('gen_ai.client.token.usage')
  const measured = Object.entries(tokens).filter(([name]) => name.includes('measured'))
  assert.deepEqual(
    measured.map(([, { sum }]) => sum),
    [40, 3],
  )
})
