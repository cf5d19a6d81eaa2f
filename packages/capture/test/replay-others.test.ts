import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Mistral } from '@mistralai/mistralai'
import { HTTPClient } from '@mistralai/mistralai/lib/http'
import type { CompletionEvent, ContentChunk } from '@mistralai/mistralai/models/components'
import { CohereClientV2 } from 'cohere-ai'
import { bedrockAnswer, bedrockReader } from '../src/providers/bedrock.ts'
import { at, countAt, listAt, objectAt, parseJson, textAt } from '../src/providers/json-values.ts'
import { needsData } from './data-set.ts'
import { eventBytes, type RecordedAnswer, recordedAnswers } from './recorded-answers.ts'
import { meant, partsOf, read, requestOf, told } from './told.ts'

const cohere = recordedAnswers('vercel-ai/cohere')
const mistral = recordedAnswers('vercel-ai/mistral')
const bedrock = recordedAnswers('vercel-ai/amazon-bedrock')

for (const answer of cohere.filter(({ isStream, body }) => isStream || at(body, 'message'))) {
  test(`${answer.file}: read as Cohere's SDK reads it`, needsData, async () => {
    const facts = read(answer, 'cohere.chat')
    const ours = told(facts)
    const theirs = await cohereBySdk(answer)
    assert.equal(ours.text, theirs.text)
    assert.deepEqual(ours.calls, theirs.calls)
    assert.equal(ours.finish, theirs.finish)
    assert.deepEqual(ours.usage, theirs.usage)
    const thoughts = partsOf(facts).filter(({ type }) => type === 'reasoning')
    assert.equal(thoughts.map(({ content }) => content).join(''), theirs.thoughts)
  })
}

for (const answer of mistral.filter(({ body, isStream }) => isStream || at(body, 'choices'))) {
  test(`${answer.file}: read as Mistral's SDK reads it`, needsData, async () => {
    const facts = read(answer, 'openai.chat')
    const ours = told(facts)
    const theirs = await mistralBySdk(answer)
    assert.equal(ours.text, theirs.text)
    assert.deepEqual(
      ours.calls.map(({ name, arguments: args }) => [name, args]),
      theirs.calls,
    )
    assert.equal(ours.finish, theirs.finish)
    assert.deepEqual([ours.usage.input, ours.usage.output], theirs.usage)
    const thoughts = partsOf(facts).filter(({ type }) => type === 'reasoning')
    assert.equal(thoughts.map(({ content }) => content).join(''), theirs.thoughts)
  })
}

for (const answer of bedrock.filter(({ file }) => !file.includes('rerank'))) {
  test(`${answer.file}: a conversation of Bedrock is put together`, needsData, () => {
    const request = requestOf('bedrock.converse')
    const reader = bedrockReader(request)
    const events = answer.events.map(parseJson)
    for (const event of events) reader.add(event)
    const facts = answer.isStream ? reader.result() : bedrockAnswer(request, answer.body)
    const blocks = listAt(answer.body, 'output', 'message', 'content')
    const texts = answer.isStream
      ? events.map((event) => textAt(event, 'contentBlockDelta', 'delta', 'text') ?? '')
      : blocks.map((block) => textAt(block, 'text') ?? '')
    const ours = told(facts)
    assert.equal(ours.text, texts.join(''))
    assert.deepEqual(ours.calls, answer.isStream ? streamedTools(events) : tools(blocks))
    const stop = events.map((event) => textAt(event, 'messageStop', 'stopReason')).find(Boolean)
    assert.equal(ours.finish, stop ?? textAt(answer.body, 'stopReason'))
    const usage =
      objectAt(answer.body, 'usage') ??
      events.map((event) => objectAt(event, 'metadata', 'usage')).find(Boolean)
    assert.equal(
      (facts.input_tokens ?? 0) + (facts.output_tokens ?? 0),
      countAt(usage, 'totalTokens') ?? 0,
    )
  })
}

test('of ranks and embeddings the counts are read', needsData, () => {
  const embedding = cohere.find(({ file }) => file.includes('embedding'))
  const facts = read(embedding as RecordedAnswer, 'cohere.data')
  assert.deepEqual(facts.output, [{ role: 'assistant', parts: [{ type: 'embeddings', count: 2 }] }])
  assert.equal(facts.input_tokens, 10)
})

interface Theirs {
  text: string
  thoughts: string
  calls: unknown[]
  finish: string | undefined
  usage: unknown
}

/** What Cohere's SDK says of an answer: its events put together, or the whole. */
async function cohereBySdk(answer: RecordedAnswer): Promise<Theirs> {
  const client = new CohereClientV2({
    token: 'none',
    environment: 'http://provider.invalid',
    maxRetries: 0,
    fetch: async () =>
      answer.isStream
        ? new Response(eventBytes(answer, true), {
            headers: { 'content-type': 'text/event-stream' },
          })
        : Response.json(answer.body),
  })
  const asked = { model: 'any', messages: [{ role: 'user' as const, content: 'Hello' }] }
  const events: unknown[] = []
  if (answer.isStream) for await (const event of await client.chatStream(asked)) events.push(event)
  const whole: unknown = answer.isStream ? events.at(-1) : await client.chat(asked)
  const ending = objectAt(whole, 'delta') ?? whole
  const message = at(whole, 'message')
  const deltas = events.map((event) => at(event, 'delta', 'message'))
  const contents = [...listAt(message, 'content'), ...deltas.map((delta) => at(delta, 'content'))]
  const plans = [message, ...deltas].map((it) => textAt(it, 'toolPlan') ?? '')
  return {
    text: contents.map((it) => textAt(it, 'text') ?? '').join(''),
    thoughts: [...plans, ...contents.map((it) => textAt(it, 'thinking') ?? '')].join(''),
    calls: answer.isStream ? joinedCalls(deltas) : listAt(message, 'toolCalls').map(cohereCall),
    finish: textAt(ending, 'finishReason'),
    usage: {
      input: at(ending, 'usage', 'tokens', 'inputTokens'),
      output: at(ending, 'usage', 'tokens', 'outputTokens'),
      cached: at(ending, 'usage', 'cachedTokens'),
    },
  }
}

function joinedCalls(deltas: readonly unknown[]): unknown[] {
  const calls: { id: string; function: { name: string; arguments: string } }[] = []
  for (const delta of deltas) {
    const call = objectAt(delta, 'toolCalls')
    const args = textAt(call, 'function', 'arguments') ?? ''
    const id = textAt(call, 'id')
    const last = calls.at(-1)
    if (id !== undefined)
      calls.push({
        id,
        function: { name: textAt(call, 'function', 'name') ?? '', arguments: args },
      })
    else if (call !== undefined && last !== undefined) last.function.arguments += args
  }
  return calls.map(cohereCall)
}

function cohereCall(call: unknown): unknown {
  return {
    id: textAt(call, 'id'),
    name: textAt(call, 'function', 'name'),
    arguments: meant(at(call, 'function', 'arguments')),
  }
}

/** What Mistral's SDK says of an answer. */
async function mistralBySdk(answer: RecordedAnswer): Promise<Theirs> {
  const client = new Mistral({
    apiKey: 'none',
    serverURL: 'http://provider.invalid',
    httpClient: new HTTPClient({
      fetcher: async () =>
        answer.isStream
          ? new Response(`${eventBytes(answer, false)}data: [DONE]\n\n`, {
              headers: { 'content-type': 'text/event-stream' },
            })
          : Response.json(answer.body),
    }),
  })
  const asked = { model: 'any', messages: [{ role: 'user' as const, content: 'Hello' }] }
  const events: CompletionEvent[] = []
  if (answer.isStream) for await (const event of await client.chat.stream(asked)) events.push(event)
  const whole = answer.isStream ? undefined : await client.chat.complete(asked)
  const messages = whole
    ? [whole.choices[0]?.message]
    : events.map(({ data }) => data.choices[0]?.delta)
  const contents = messages.flatMap((message) => partsIn(message?.content))
  const calls = messages.flatMap((message) => message?.toolCalls ?? [])
  const named = calls.filter((call) => call.function.name !== '')
  const args = calls.map((call) => call.function.arguments)
  const usage = whole?.usage ?? events.findLast(({ data }) => data.usage)?.data.usage
  return {
    text: contents.map((part) => ('text' in part ? part.text : '')).join(''),
    thoughts: contents.flatMap(thoughtsIn).join(''),
    calls: named.map((call) => [call.function.name, meant(args.join(''))]),
    finish:
      whole?.choices[0]?.finishReason ??
      events.findLast(({ data }) => data.choices[0]?.finishReason)?.data.choices[0]?.finishReason ??
      undefined,
    usage: [usage?.promptTokens, usage?.completionTokens],
  }
}

function partsIn(content: string | readonly ContentChunk[] | null | undefined): ContentChunk[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return [...(content ?? [])]
}

function thoughtsIn(part: ContentChunk): string[] {
  return part.type === 'thinking'
    ? listAt(part, 'thinking').map((it) => textAt(it, 'text') ?? '')
    : []
}

function tools(blocks: readonly unknown[]): unknown[] {
  return blocks.flatMap((block) => {
    const tool = objectAt(block, 'toolUse')
    return tool === undefined
      ? []
      : [{ id: tool.toolUseId, name: tool.name, arguments: tool.input ?? {} }]
  })
}

function streamedTools(events: readonly unknown[]): unknown[] {
  return events.flatMap((event) => {
    const tool = objectAt(event, 'contentBlockStart', 'start', 'toolUse')
    if (tool === undefined) return []
    const index = at(event, 'contentBlockStart', 'contentBlockIndex')
    const pieces = events
      .filter((other) => at(other, 'contentBlockDelta', 'contentBlockIndex') === index)
      .map((other) => textAt(other, 'contentBlockDelta', 'delta', 'toolUse', 'input') ?? '')
    return [{ id: tool.toolUseId, name: tool.name, arguments: meant(pieces.join('') || '{}') }]
  })
}
