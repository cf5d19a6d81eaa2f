import assert from 'node:assert/strict'
import { test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import type { BetaMessage } from '@anthropic-ai/sdk/resources/beta/messages/messages'
import { at, listAt, parseJson, textAt } from '../src/providers/json-values.ts'
import { needsData } from './data-set.ts'
import { eventBytes, type RecordedAnswer, recordedAnswers } from './recorded-answers.ts'
import { partsOf, read, type Told, told } from './told.ts'

const API = 'anthropic.messages'
/** What the SDK throws for: a second beginning, and arguments that are cut. */
const BEYOND_THE_SDK = ['duplicate-message-start', 'spliced-message-start', 'incomplete_partial']
const answers = [
  ...recordedAnswers('vercel-ai/anthropic'),
  ...recordedAnswers('anthropic-sdk-typescript/tests'),
  ...recordedAnswers('langchainjs/libs/providers/langchain-google-common', isClaude),
]
const messages = answers.filter(isMessage)

for (const answer of messages.filter(({ file }) => !isBeyond(file)).flatMap(eachMessage)) {
  test(`${answer.file}: read as Anthropic's SDK reads it`, needsData, async () => {
    const facts = read(answer, API)
    const message = await bySdk(answer)
    assert.deepEqual(told(facts), toldBy(message))
    assert.equal(facts.cache_write_tokens ?? 0, message.usage.cache_creation_input_tokens ?? 0)
    assert.equal(facts.response_id, message.id)
    const thoughts = message.content.flatMap((it) => (it.type === 'thinking' ? it.thinking : []))
    assert.deepEqual(texts(facts, 'reasoning'), thoughts)
    const citations = message.content.flatMap((it) =>
      it.type === 'text' ? (it.citations ?? []) : [],
    )
    assert.deepEqual(
      partsOf(facts).flatMap((part) => listAt(part, 'citations')),
      citations,
    )
    const servers = message.content.filter(({ type }) => /^(?:server|mcp)_tool_use$/.test(type))
    const calls = partsOf(facts).filter(({ type }) => type === 'server_tool_call')
    assert.deepEqual(
      calls.map((call) => [call.id, at(call, 'server_tool_call', 'arguments')]),
      servers.map((block) => [textAt(block, 'id'), at(block, 'input')]),
    )
  })
}

for (const answer of messages.filter((it) => !isBeyond(it.file) && eachMessage(it).length > 1)) {
  test(`${answer.file}: several messages in one stream are one answer`, needsData, () => {
    const whole = told(read(answer, API))
    const each = eachMessage(answer).map((one) => told(read(one, API)))
    assert.equal(whole.text, each.map(({ text }) => text).join(''))
    assert.deepEqual(
      whole.calls,
      each.flatMap(({ calls }) => calls),
    )
    assert.equal(whole.finish, each.at(-1)?.finish)
    const input = each.reduce((sum, { usage }) => sum + (usage.input ?? 0), 0)
    assert.equal(whole.usage.input, input)
  })
}

test('a message that begins twice is one message', needsData, () => {
  const facts = told(read(find('duplicate-message-start'), API))
  assert.equal(facts.text, 'Hello, World!')
  assert.deepEqual([facts.usage.input, facts.usage.output], [17, 227])
})

test('a message that another one takes the place of is void', needsData, () => {
  const facts = read(find('spliced-message-start'), API)
  assert.deepEqual(told(facts).calls, [
    { id: 'toolu_second', name: 'test-tool', arguments: { value: 'Sparkle Day' } },
  ])
  assert.deepEqual(texts(facts, 'reasoning'), ['Let me call the tool.'])
})

test('arguments that are cut are kept as they came', needsData, () => {
  const answer = find('incomplete_partial')
  const pieces = answer.events.map((data) => textAt(parseJson(data), 'delta', 'partial_json') ?? '')
  const [call] = told(read(answer, API)).calls
  assert.equal(call?.arguments, pieces.join(''))
})

test('a refusal is one in our words, with the reason that the provider gives', needsData, () => {
  for (const name of ['anthropic-refusal.json', 'anthropic-refusal.chunks']) {
    const facts = read(find(name), API)
    assert.equal(facts.finish_reason, 'refusal')
    assert.match(texts(facts, 'refusal').join(''), /violative cyber content/)
  }
})

test('every recorded answer of Anthropic but errors and skills is a message', needsData, () => {
  const others = answers.filter((answer) => !isMessage(answer)).map(({ file }) => file)
  assert.deepEqual(
    others.map((file) => file.split('/').at(-1)),
    ['anthropic-skill-create.json', 'anthropic-skill-version-create.json'],
  )
  assert.ok(messages.length > 50)
})

/** What Anthropic's SDK makes of an answer, streamed or not. */
async function bySdk(answer: RecordedAnswer): Promise<BetaMessage> {
  const client = new Anthropic({
    apiKey: 'none',
    baseURL: 'http://provider.invalid',
    maxRetries: 0,
    fetch: async () =>
      answer.isStream
        ? new Response(eventBytes(answer, true), {
            headers: { 'content-type': 'text/event-stream' },
          })
        : Response.json(answer.body),
  })
  const asked = {
    model: 'any',
    max_tokens: 10,
    messages: [{ role: 'user' as const, content: 'Hello' }],
  }
  if (!answer.isStream) return client.beta.messages.create(asked)
  return client.beta.messages.stream(asked).finalMessage()
}

function toldBy({ content, stop_reason, usage, model }: BetaMessage): Told {
  const cached = usage.cache_read_input_tokens ?? undefined
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    ),
    finish: stop_reason ?? undefined,
    // Anthropic counts what is cached apart.
    usage: {
      input: usage.input_tokens + (cached ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      output: usage.output_tokens,
      cached,
    },
    model,
  }
}

function texts(facts: Parameters<typeof partsOf>[0], type: string): string[] {
  return partsOf(facts).flatMap((part) =>
    part.type === type ? [textAt(part, 'content') ?? ''] : [],
  )
}

function isMessage({ isStream, body }: RecordedAnswer): boolean {
  return (
    isStream || textAt(body, 'type') === 'message' || textAt(body, 'error', 'type') !== undefined
  )
}

/** Some recorded streams hold one message behind the other; the SDK reads one. */
function eachMessage(answer: RecordedAnswer): RecordedAnswer[] {
  if (!answer.isStream) return [answer]
  const starts = answer.events.flatMap((data, index) =>
    textAt(parseJson(data), 'type') === 'message_start' ? [index] : [],
  )
  return starts.map((start, nth) => ({
    ...answer,
    file: starts.length === 1 ? answer.file : `${answer.file}, message ${nth + 1}`,
    events: answer.events.slice(start, starts[nth + 1]),
  }))
}

function isClaude({ file }: RecordedAnswer): boolean {
  return file.includes('claude-')
}

function isBeyond(file: string): boolean {
  return BEYOND_THE_SDK.some((name) => file.includes(name))
}

function find(name: string): RecordedAnswer {
  const found = answers.find(({ file }) => file.includes(name))
  assert.ok(found)
  return found
}
