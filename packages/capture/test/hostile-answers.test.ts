import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnswerReader } from '../src/fetch/answer-reader.ts'
import type { AnswerFacts, RequestFacts } from '../src/provider.ts'
import { providerNamed } from '../src/providers/known.ts'

/** One answer takes a linear reader as long as 16 answers that are as long together, and a quadratic one 16 times that. */
const FACTOR = 16
const MOST = 5
const LEAST_MICROSECONDS = 10_000
const ROUNDS = 3

interface Hostile {
  readonly provider: string
  readonly url: string
  readonly type: string
  /** A stream of this size, in the pieces in which it comes. */
  readonly pieces: (size: number) => string[]
  readonly size: number
}

const SSE = 'text/event-stream'
const CHAT = { provider: 'openai', url: 'https://api.openai.com/v1/chat/completions', type: SSE }
const MESSAGES = { provider: 'anthropic', url: 'https://api.anthropic.com/v1/messages', type: SSE }
const RESPONSES = { provider: 'openai', url: 'https://api.openai.com/v1/responses', type: SSE }
const CONVERSATIONS = {
  ...{ provider: 'mistral_ai', url: 'https://api.mistral.ai/v1/conversations', type: SSE },
}
const GEMINI = {
  ...{ provider: 'gcp.gemini', type: SSE },
  url: 'https://generativelanguage.googleapis.com/v1beta/models/x:streamGenerateContent',
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

function sse(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

function chat(choice: object): string {
  return sse({ choices: [{ index: 0, ...choice }] })
}

function call(index: number | undefined, id: string): string {
  const piece = { id, type: 'function', function: { name: 'look', arguments: '{}' }, index }
  return chat({ delta: { tool_calls: [piece] } })
}

const HOSTILE: Readonly<Record<string, Hostile>> = {
  'one line of JSON in small pieces': {
    ...CHAT,
    ...{ type: 'application/x-ndjson', size: 64_000 },
    pieces: (size) => times(size, (index) => (index === 0 ? '{"a":"' : 'x'.repeat(16))),
  },
  'one event in small pieces': {
    ...{ ...CHAT, size: 64_000 },
    pieces: (size) => times(size, (index) => (index === 0 ? 'data: ' : 'x'.repeat(16))),
  },
  'white space without end': {
    ...{ ...CHAT, type: 'text/plain', size: 64_000 },
    pieces: (size) => times(size, () => ' '.repeat(16)),
  },
  'line ends of two kinds': {
    ...{ ...CHAT, size: 9600 },
    pieces: (size) => [`: \r\n${'data: x\n'.repeat(size)}\n`],
  },
  'an event of many lines': {
    ...{ ...CHAT, size: 64_000 },
    pieces: (size) => [`${'data: 1\n'.repeat(size)}\n`],
  },
  'tool calls with an index': {
    ...{ ...CHAT, size: 9600 },
    pieces: (size) => times(size, (index) => call(index, `call_${index}`)),
  },
  'tool calls without an index': {
    ...{ ...CHAT, size: 9600 },
    pieces: (size) => times(size, (index) => call(undefined, `call_${index}`)),
  },
  'choices in lines': {
    ...{ ...CHAT, type: 'application/x-ndjson', size: 9600 },
    pieces: (size) =>
      times(size, (index) => `{"choices":[{"index":${index},"delta":{"content":"x"}}]}\n`),
  },
  'candidates in lines': {
    ...{ ...GEMINI, type: 'application/x-ndjson', size: 9600 },
    pieces: (size) => times(size, (index) => `{"candidates":[{"index":${index}}]}\n`),
  },
  'content blocks': {
    ...{ ...MESSAGES, size: 9600 },
    pieces: (size) =>
      times(size, (index) =>
        sse({ type: 'content_block_start', index, content_block: { type: 'text', text: 'x' } }),
      ),
  },
  citations: {
    ...{ ...MESSAGES, size: 9600 },
    pieces: (size) =>
      times(size, () => {
        const delta = { type: 'citations_delta', citation: { type: 'x' } }
        return sse({ type: 'content_block_delta', index: 0, delta })
      }),
  },
  'endings of a message, each with a new key': {
    ...{ ...MESSAGES, size: 9600 },
    pieces: (size) =>
      times(size, (index) => sse({ type: 'message_delta', delta: { [`k${index}`]: 1 } })),
  },
  'parts of an item': {
    ...{ ...RESPONSES, size: 9600 },
    pieces: (size) =>
      times(size, (content_index) =>
        sse({ type: 'response.output_text.delta', output_index: 0, content_index, delta: 'x' }),
      ),
  },
  'parts of an entry': {
    ...{ ...CONVERSATIONS, size: 9600 },
    pieces: (size) =>
      times(size, (index) => {
        const content = { type: 'image_url', image_url: String(index) }
        return sse({ type: 'message.output.delta', output_index: 0, content })
      }),
  },
  'counts with new keys': {
    ...{ ...GEMINI, size: 9600 },
    pieces: (size) => times(size, (index) => sse({ usageMetadata: { [`k${index}`]: 1 } })),
  },
}

for (const [name, hostile] of Object.entries(HOSTILE))
  test(`${name}: work grows with the size of the answer, not with its square`, () => {
    const part = encoded(hostile, hostile.size / FACTOR)
    const whole = encoded(hostile, hostile.size)
    const rounds = times(ROUNDS, () => [
      work(() => times(FACTOR, () => feed(hostile, part))),
      work(() => feed(hostile, whole)),
    ])
    const [parts, one] = [0, 1].map((kind) => Math.min(...rounds.map((round) => round[kind] ?? 0)))
    // Below that, what is measured is the collector of garbage.
    const least = Math.max(parts ?? 0, LEAST_MICROSECONDS)
    assert.ok((one ?? 0) < MOST * least, `${one} µs, in ${FACTOR} parts ${parts} µs`)
  })

/** Microseconds of CPU time. */
function work(fn: () => unknown): number {
  const before = process.cpuUsage()
  fn()
  return process.cpuUsage(before).user
}

function encoded(hostile: Hostile, size: number): Uint8Array[] {
  return hostile.pieces(size).map((piece) => new TextEncoder().encode(piece))
}

function readAll(hostile: Hostile, size: number): AnswerFacts {
  return feed(hostile, encoded(hostile, size))
}

/** Reads an answer as a call does, which asks after each piece whether it is over. */
function feed({ provider, url, type }: Hostile, pieces: readonly Uint8Array[]): AnswerFacts {
  const named = providerNamed(provider)
  const body = { model: 'x', stream: true, messages: [], inputs: [] }
  const request = named.request(new URL(url), body) as RequestFacts
  const reader = new AnswerReader({
    ...{ provider: named, request: { ...request, stream: true }, contentType: type },
    ...{ budget: 4_194_304, keepsText: true },
  })
  let over = 0
  for (const piece of pieces) {
    reader.take(reader.decode(piece))
    if (reader.isOver) over += 1
  }
  assert.ok(over <= pieces.length)
  return reader.result(true).facts
}

test('events of megabytes, each held by the reader, are read no further than the budget', () => {
  const text = 'x'.repeat(1_000_000)
  const pieces = (size: number): string[] =>
    times(size, (index) =>
      sse({ type: 'content_block_start', index, content_block: { type: 'text', text } }),
    )
  const { output } = readAll({ ...MESSAGES, pieces, size: 40 }, 40)
  const held = JSON.stringify(output).length
  assert.ok(held > 4_000_000 && held < 20_000_000, String(held))
})

test('an answer that is nested without end leaves the rest of it readable', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const event = `data: {"model":"m","extra":${deep},"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n`
  const facts = readAll({ ...CHAT, pieces: () => [event], size: 1 }, 1)
  assert.deepEqual([facts.response_model, facts.finish_reason], ['m', 'stop'])
})
