import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import type { Recorder } from '@recount/logger/testing'
import OpenAI from 'openai'
import OpenAI4 from 'openai-4'
import OpenAI7 from 'openai-7'
import { captureFetch } from '../src/index.ts'
import { calls } from './calls.ts'
import { ASK, chatStream, completion } from './chat-wire.ts'
import { events, json, type Loopback, loopback } from './loopback.ts'
import { validRecorder } from './scene.ts'

const LIMITED = { error: { message: 'Slow down', type: 'requests', code: 'rate_limit_exceeded' } }
const SOON = { 'retry-after-ms': '1' }

/** Refuses the first requests, and answers those after them. */
function refusing(times: number) {
  return (_: unknown, response: ServerResponse, nth: number): void => {
    if (nth <= times) json(response, LIMITED, 429, SOON)
    else json(response, completion('At last'))
  }
}

const CLIENTS = { 'openai 4': OpenAI4, 'openai 6': OpenAI, 'openai 7': OpenAI7 }

function client(Client: typeof OpenAI, { url }: Loopback, { logger }: Recorder): OpenAI {
  const fetch = captureFetch({ logger })
  return new Client({ apiKey: 'none', baseURL: `${url}/v1`, fetch, maxRetries: 2 })
}

for (const [name, Client] of Object.entries(CLIENTS)) {
  test(`each attempt of ${name} is a span, and names the one it repeats`, async (t) => {
    const server = await loopback(t, refusing(2))
    const recorded = validRecorder(t)
    const openai = client(Client as unknown as typeof OpenAI, server, recorded)
    await recorded.logger.trace('answer', () => openai.chat.completions.create(ASK))
    assertThreeAttempts(recorded)
  })
}

test('attempts outside of any span share a trace', async (t) => {
  const server = await loopback(t, refusing(2))
  const recorded = validRecorder(t)
  await client(OpenAI, server, recorded).chat.completions.create(ASK)
  assertThreeAttempts(recorded)
})

function assertThreeAttempts(recorded: Recorder): void {
  const [first, second, third] = calls(recorded)
  assert.ok(first && second && third)
  assert.deepEqual(
    calls(recorded).map(({ status, attempt, retry_of }) => [status, attempt, retry_of]),
    [
      ['error', 1, undefined],
      ['error', 2, first.span_id],
      ['ok', 3, second.span_id],
    ],
  )
  assert.deepEqual(
    calls(recorded).map(({ error }) => error?.code),
    ['rate_limit_exceeded', 'rate_limit_exceeded', undefined],
  )
  assert.equal(new Set(calls(recorded).map(({ trace_id }) => trace_id)).size, 1)
  assert.equal(new Set(calls(recorded).map(({ parent_span_id }) => parent_span_id)).size, 1)
  assert.equal(first.call_duration_ms, undefined)
  const whole = third.start_time + third.duration_ms - first.start_time
  assert.ok(
    Math.abs((third.call_duration_ms ?? 0) - whole) < 50,
    'all attempts and what is between',
  )
}

test('a timeout of the client is an error, and its retry an attempt', async (t) => {
  const server = await loopback(t, (_, response, nth) => {
    if (nth > 1) json(response, completion('At last'))
  })
  const recorded = validRecorder(t)
  const openai = client(OpenAI, server, recorded)
  await recorded.logger.trace('answer', () =>
    openai.chat.completions.create(ASK, { timeout: 1000 }),
  )
  const [first, second] = calls(recorded)
  assert.deepEqual([first?.status, first?.error?.type], ['error', 'TimeoutError'])
  assert.deepEqual([second?.status, second?.retry_of], ['ok', first?.span_id])
})

test('an application that tries again by itself shows as attempts, too', async (t) => {
  const server = await loopback(t, refusing(1))
  const recorded = validRecorder(t)
  const openai = client(OpenAI, server, recorded)
  await recorded.logger.trace('answer', async () => {
    const ask = () => openai.chat.completions.create(ASK, { maxRetries: 0 })
    await assert.rejects(ask())
    await ask()
  })
  const [first, second] = calls(recorded)
  assert.deepEqual([second?.attempt, second?.retry_of], [2, first?.span_id])
})

test('the same question asked again after an answer is no retry, nor is one from elsewhere', async (t) => {
  const server = await loopback(t, (_, response, nth) => {
    if (nth === 2) json(response, LIMITED, 429)
    else json(response, completion('Yes'))
  })
  const recorded = validRecorder(t)
  const openai = client(OpenAI, server, recorded)
  const ask = () => openai.chat.completions.create(ASK, { maxRetries: 0 })
  await recorded.logger.trace('one', async () => {
    await ask()
    await assert.rejects(ask())
  })
  await recorded.logger.trace('two', ask)
  await ask()
  for (const call of calls(recorded))
    assert.deepEqual([call.attempt, call.retry_of, call.fallback_of], [1, undefined, undefined])
})

test('a failed call that is replaced by one to another model or provider is named by it', async (t) => {
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
  const server = await loopback(t, ({ path, body }, response) => {
    if (path === '/v1/messages') json(response, overloaded, 529)
    else if (body.model === 'gpt-4o') json(response, LIMITED, 429)
    else json(response, completion('Here'))
  })
  const recorded = validRecorder(t)
  const openai = client(OpenAI, server, recorded)
  const fetch = captureFetch({ logger: recorded.logger })
  const anthropic = new Anthropic({ apiKey: 'none', baseURL: server.url, fetch, maxRetries: 0 })
  await recorded.logger.trace('answer', async () => {
    const { messages } = ASK
    const claude = { model: 'claude-sonnet-4-5', max_tokens: 100, messages }
    await assert.rejects(anthropic.messages.create(claude))
    await assert.rejects(openai.chat.completions.create(ASK, { maxRetries: 0 }))
    await openai.chat.completions.create({ ...ASK, model: 'gpt-4o-mini' })
  })
  const [first, second, third] = calls(recorded)
  assert.deepEqual([first?.provider, first?.error?.type], ['anthropic', 'overloaded_error'])
  assert.deepEqual([second?.fallback_of, third?.fallback_of], [first?.span_id, second?.span_id])
  assert.deepEqual([third?.attempt, third?.retry_of], [1, undefined])
})

test('attempts of calls that run at the same time are not mixed up', async (t) => {
  const refused = new Set<string>()
  const server = await loopback(t, ({ text }, response) => {
    if (refused.has(text)) json(response, completion('Yes'))
    else json(response, LIMITED, 429, SOON)
    refused.add(text)
  })
  const recorded = validRecorder(t)
  const openai = client(OpenAI, server, recorded)
  const ask = (n: number) =>
    openai.chat.completions.create({ ...ASK, messages: [{ role: 'user', content: `${n}?` }] })
  await recorded.logger.trace('answer', () => Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(ask)))
  const digests = new Map(
    recorded
      .records('llm_call_started')
      .map(({ span_id, input_digest }) => [span_id, input_digest]),
  )
  const repeats = calls(recorded).filter(({ retry_of }) => retry_of !== undefined)
  assert.equal(repeats.length, 8)
  for (const { span_id, retry_of = '' } of repeats)
    assert.equal(digests.get(span_id), digests.get(retry_of))
})

test('a stream that breaks and is asked for again is a retry', async (t: TestContext) => {
  const server = await loopback(t, (_, response, nth) => {
    const pieces = chatStream('All of it')
    events(response).end(nth === 1 ? pieces.slice(0, 2).join('') : pieces.join(''))
  })
  const recorded = validRecorder(t)
  const openai = client(OpenAI, server, recorded)
  await recorded.logger.trace('answer', async () => {
    for (const _ of [1, 2]) {
      const stream = await openai.chat.completions.create({ ...ASK, stream: true })
      for await (const _chunk of stream);
    }
  })
  const [first, second] = calls(recorded)
  assert.deepEqual([first?.status, second?.status], ['partial', 'ok'])
  assert.equal(second?.retry_of, first?.span_id)
})
