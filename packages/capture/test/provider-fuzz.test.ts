import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamReader } from '../src/provider.ts'
import { MESSAGES } from '../src/providers/anthropic.ts'
import { BEDROCK_FORMATS } from '../src/providers/bedrock.ts'
import { CHAT, COMPLETIONS } from '../src/providers/chat.ts'
import { COHERE_FORMATS } from '../src/providers/cohere.ts'
import { failureOf } from '../src/providers/failure.ts'
import type { Format } from '../src/providers/format.ts'
import { GEMINI_FORMATS } from '../src/providers/gemini.ts'
import { parseJson, textAt } from '../src/providers/json-values.ts'
import { PROVIDERS } from '../src/providers/known.ts'
import { CONVERSATIONS } from '../src/providers/mistral-conversations.ts'
import { OLLAMA_NATIVE } from '../src/providers/ollama.ts'
import { MEDIA } from '../src/providers/openai-media.ts'
import { RESPONSES } from '../src/providers/responses.ts'
import { needsData } from './data-set.ts'
import { mutated, mutatedEvents, seeded } from './mutations.ts'
import { type RecordedAnswer, recordedAnswers } from './recorded-answers.ts'
import { SAMPLE_REQUESTS } from './sample-requests.ts'
import { partsOf } from './told.ts'
import { assertWellFormed } from './well-formed.ts'

const FORMATS: readonly Format[] = [
  CHAT,
  RESPONSES,
  COMPLETIONS,
  MEDIA,
  MESSAGES,
  ...GEMINI_FORMATS,
  ...COHERE_FORMATS,
  OLLAMA_NATIVE,
  CONVERSATIONS,
  ...BEDROCK_FORMATS,
]
/** Recordings whose pieces are not the beginning of the whole. */
const NOT_IN_ORDER = ['spliced-message-start', 'openai-shell-', 'openai-phase']
/** Longer streams are many of the same events. */
const MAX_EVENTS = 120
const answers = [
  'vercel-ai',
  'anthropic-sdk-typescript/tests',
  'langchainjs/libs/providers',
].flatMap((folder) => recordedAnswers(folder))
const streams = answers.filter(({ isStream }) => isStream)
const ends = streams.map((answer) => ({ ...answer, events: answer.events.slice(-MAX_EVENTS) }))

// Not through a provider, which would hide what throws.
for (const format of FORMATS) {
  test(
    `${format.api}: changed streams never throw, and give a well-formed answer`,
    needsData,
    () => {
      const random = seeded(1)
      for (const stream of streams) {
        for (let time = 0; time < times(stream, format); time++) {
          const reader = format.stream()
          for (const data of mutatedEvents(stream.events, random)) reader.take({ data })
          assertWellFormed(reader.result())
        }
      }
    },
  )

  test(
    `${format.api}: changed answers never throw, and give a well-formed answer`,
    needsData,
    () => {
      const random = seeded(2)
      for (const answer of answers.filter(({ isStream }) => !isStream)) {
        assertWellFormed(format.answer(answer.body))
        for (let time = 0; time < 20; time++) {
          const body = mutated(mutated(answer.body, random), random)
          format.recognises(body)
          assertWellFormed(format.answer(body))
          const failure = failureOf(body)
          assert.equal(typeof (failure?.message ?? ''), 'string')
        }
      }
    },
  )

  test(`${format.api}: changed requests never throw`, () => {
    const random = seeded(3)
    for (const [address, body] of SAMPLE_REQUESTS) {
      for (let time = 0; time < 200; time++) {
        const facts = format.request(new URL(address), mutated(mutated(body, random), random))
        assert.equal(typeof facts.model, 'string')
        assert.equal(typeof facts.stream, 'boolean')
        assert.doesNotThrow(() => JSON.stringify(facts))
      }
    }
  })
}

test('a stream that is cut anywhere gives the beginning of what it gives whole', needsData, () => {
  for (const stream of streams) {
    const format = formatOf(stream)
    if (format === undefined) continue
    const whole = textOf(readAll(format.stream(), stream.events))
    const reader = format.stream()
    const step = Math.ceil(stream.events.length / MAX_EVENTS)
    for (const [index, data] of stream.events.entries()) {
      reader.take({ data })
      if (index % step !== 0) continue
      const facts = reader.result()
      assertWellFormed(facts)
      const text = textOf(reader)
      if (!isSeveral(stream)) assert.ok(whole.startsWith(text), stream.file)
    }
  }
})

test('a piece of text is the first sign of the answer', needsData, () => {
  for (const stream of ends) {
    const format = formatOf(stream)
    if (format === undefined) continue
    const reader = format.stream()
    for (const data of stream.events) {
      const before = textOf(reader)
      const isSign = reader.take({ data })
      const grew = textOf(reader).length > before.length
      assert.ok(!grew || isSign || /completed|message_start/.test(data), `${stream.file}: ${data}`)
    }
  }
})

test('a provider reads nothing, rather than throw, of what is no answer at all', () => {
  const odd = [undefined, null, 7, '', 'text', [], {}, [[[]]], new Map(), Symbol.iterator, () => 1]
  for (const provider of PROVIDERS) {
    for (const body of odd) {
      assertWellFormed(provider.answer(body))
      provider.failure(body)
      provider.request(new URL('https://provider.invalid/v1/chat/completions'), body)
      const reader = provider.stream({
        api: String(body?.toString?.()),
        operation: 'chat',
        model: 'any',
        stream: true,
        params: {},
      })
      reader.take({ data: String(body?.toString?.()) })
      assertWellFormed(reader.result())
    }
  }
})

test('one stream cannot take all memory', () => {
  const reader = CHAT.stream()
  const content = 'x'.repeat(100_000)
  for (let chunk = 0; chunk < 200; chunk++) {
    const choices = [{ index: 0, delta: { content, tool_calls: calls(chunk) } }]
    reader.take({ data: JSON.stringify({ choices }) })
  }
  const parts = partsOf(reader.result())
  assert.ok(textOf(reader).length <= 8_000_000)
  assert.ok(parts.length <= 10_000)
})

function calls(chunk: number): unknown[] {
  return Array.from({ length: 100 }, (_, nth) => ({
    index: chunk * 100 + nth,
    id: `call_${chunk}_${nth}`,
    function: { name: 'look_up', arguments: '{}' },
  }))
}

/** Its own streams are changed more often than those of others, which it reads as noise. */
function times(stream: RecordedAnswer, format: Format): number {
  return formatOf(stream) === format ? 25 : 1
}

function formatOf({ file, events }: RecordedAnswer): Format | undefined {
  const first = parseJson(events[0] ?? '')
  if (file.includes('amazon-bedrock')) return BEDROCK_FORMATS[0]
  if (file.includes('cohere')) return COHERE_FORMATS[0]
  if (/anthropic-sdk|vercel-ai\/anthropic|claude-/.test(file)) return MESSAGES
  if (file.includes('google'))
    return textAt(first, 'event_type') === undefined ? GEMINI_FORMATS[0] : GEMINI_FORMATS[2]
  if (textAt(first, 'type')?.startsWith('response.')) return RESPONSES
  return textAt(first, 'object') === 'text_completion' ? COMPLETIONS : CHAT
}

/** A later message of a stream may make an earlier one void; of some recordings pieces were cut out. */
function isSeveral({ file }: RecordedAnswer): boolean {
  return NOT_IN_ORDER.some((name) => file.includes(name))
}

function readAll(reader: StreamReader, events: readonly string[]): StreamReader {
  for (const data of events) reader.take({ data })
  return reader
}

function textOf(reader: StreamReader): string {
  return partsOf(reader.result())
    .flatMap((part) => (part.type === 'text' ? [textAt(part, 'content') ?? ''] : []))
    .join('')
}
