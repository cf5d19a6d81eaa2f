import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { overloaded } from '../src/demo/anthropic-wire.ts'
import { rateLimited } from '../src/demo/openai-wire.ts'
import { type Provider, REPLY_HEADER, startProvider } from '../src/demo/provider.ts'
import type { ScriptedFailure, ScriptedReply } from '../src/demo/scripted-reply.ts'

const TEXT = 'one two three four five six seven'
const USAGE = { input: 100, output: 7, cached: 40 }
const replies = new Map<string, ScriptedReply>([
  ['text', { delayMs: 0, text: TEXT, usage: USAGE }],
  [
    'tool',
    { delayMs: 0, toolCalls: [{ id: 'c1', name: 'look', arguments: { at: 'x' } }], usage: USAGE },
  ],
  ['limited', { delayMs: 0, failure: rateLimited('gpt', 180) as ScriptedFailure }],
  ['overloaded', { delayMs: 0, failure: overloaded() as ScriptedFailure }],
  ['open', { delayMs: 0, text: TEXT, usage: USAGE, staysOpen: true }],
])
let provider: Provider

before(async () => {
  provider = await startProvider(replies)
})
after(() => provider.close())

const messages = [{ role: 'user' as const, content: 'hello' }]

function openai(reply: string): OpenAI {
  const headers = { [REPLY_HEADER]: reply }
  return new OpenAI({
    apiKey: 'x',
    maxRetries: 0,
    baseURL: `${provider.url}/v1`,
    defaultHeaders: headers,
  })
}

function anthropic(reply: string): Anthropic {
  const headers = { [REPLY_HEADER]: reply }
  return new Anthropic({
    apiKey: 'x',
    maxRetries: 0,
    baseURL: provider.url,
    defaultHeaders: headers,
  })
}

test('it listens on 127.0.0.1', () => {
  assert.match(provider.url, /^http:\/\/127\.0\.0\.1:\d+$/)
})

test('the openai client reads a whole answer, tool calls and usage', async () => {
  const text = await openai('text').chat.completions.create({ model: 'gpt', messages })
  assert.equal(text.choices[0]?.message.content, TEXT)
  assert.equal(text.usage?.prompt_tokens, 100)
  assert.equal(text.usage?.prompt_tokens_details?.cached_tokens, 40)
  assert.match(text._request_id ?? '', /^req_demo_/)
  const tool = await openai('tool').chat.completions.create({ model: 'gpt', messages })
  const [call] = tool.choices[0]?.message.tool_calls ?? []
  assert.equal(tool.choices[0]?.finish_reason, 'tool_calls')
  assert.deepEqual(call?.type === 'function' && JSON.parse(call.function.arguments), { at: 'x' })
})

test('the openai client reads a stream; usage comes only where it is asked for', async () => {
  for (const include_usage of [true, false]) {
    const body = {
      model: 'gpt',
      messages,
      stream: true as const,
      stream_options: { include_usage },
    }
    let text = ''
    const usages: number[] = []
    for await (const chunk of await openai('text').chat.completions.create(body)) {
      text += chunk.choices[0]?.delta.content ?? ''
      if (chunk.usage) usages.push(chunk.usage.total_tokens)
    }
    assert.equal(text, TEXT)
    assert.deepEqual(usages, include_usage ? [107] : [])
  }
})

test('the anthropic client reads a whole answer; cached input is counted apart', async () => {
  const message = await anthropic('text').messages.create({
    model: 'claude',
    max_tokens: 9,
    messages,
  })
  assert.deepEqual(message.content, [{ type: 'text', text: TEXT }])
  assert.equal(message.stop_reason, 'end_turn')
  assert.equal(message.usage.input_tokens, 60)
  assert.equal(message.usage.cache_read_input_tokens, 40)
})

test("the anthropic client's stream helper puts the events together again", async () => {
  const stream = anthropic('text').messages.stream({ model: 'claude', max_tokens: 9, messages })
  const message = await stream.finalMessage()
  assert.equal(message.content[0]?.type === 'text' && message.content[0].text, TEXT)
  assert.equal(message.usage.output_tokens, 7)
})

test('errors arrive as the errors of each client', async () => {
  const limited = openai('limited').chat.completions.create({ model: 'gpt', messages })
  await assert.rejects(limited, (error: InstanceType<typeof OpenAI.RateLimitError>) => {
    assert.ok(error instanceof OpenAI.RateLimitError)
    assert.equal(error.code, 'rate_limit_exceeded')
    assert.equal(error.headers.get('retry-after'), '1')
    return true
  })
  const overload = anthropic('overloaded').messages.create({
    model: 'claude',
    max_tokens: 9,
    messages,
  })
  await assert.rejects(overload, { status: 529 })
  const unscripted = openai('nothing').chat.completions.create({ model: 'gpt', messages })
  await assert.rejects(unscripted, OpenAI.BadRequestError)
  await assert.rejects(openai('text').models.list(), OpenAI.NotFoundError)
})

test('a stream that stays open ends when the client leaves, and does not keep the provider from closing', async () => {
  const own = await startProvider(replies)
  const client = new Anthropic({
    apiKey: 'x',
    baseURL: own.url,
    defaultHeaders: { [REPLY_HEADER]: 'open' },
  })
  const stream = await client.messages.create({
    model: 'claude',
    max_tokens: 9,
    messages,
    stream: true,
  })
  let events = 0
  for await (const _ of stream) {
    events += 1
    if (events === 4) break
  }
  await own.close()
  assert.equal(events, 4)
})
