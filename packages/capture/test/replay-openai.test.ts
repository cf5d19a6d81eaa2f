import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Response as OpenAiResponse } from 'openai/resources/responses/responses'
import { failureOf } from '../src/providers/failure.ts'
import { at, listAt, objectAt, parseJson, textAt } from '../src/providers/json-values.ts'
import { needsData } from './data-set.ts'
import { type RecordedAnswer, recordedAnswers } from './recorded-answers.ts'
import { chatBySdk, responseBySdk, toldByChat, toldByResponse } from './sdk-openai.ts'
import { read, told } from './told.ts'

const answers = ['openai', 'deepseek', 'groq', 'openai-compatible', 'xai'].flatMap((folder) =>
  recordedAnswers(`vercel-ai/${folder}`),
)

/** What the SDK throws for: a gap in the tool calls' numbers, a response that failed, lines that are no JSON. */
const BEYOND_THE_SDK = [
  'anthropic-fallback-tool-call',
  'openai-error',
  'parallel-tool-call-wrapper',
]

/** Streams with events that the SDK does not know, or that are cut out of: their last event holds the response. */
const LAST_EVENT_KNOWS = ['apply-patch-tool.1', 'openai-phase.1', 'openai-shell-']

for (const answer of answers.filter(isOf('openai.chat')).filter(isForTheSdk)) {
  test(`${answer.file}: read as OpenAI's SDK reads it`, needsData, async () => {
    const ours = told(read(answer, 'openai.chat'))
    const completion = await chatBySdk(answer)
    const theirs = toldByChat(completion)
    // xAI counts its reasoning apart: its own total says so.
    const reasoning = completion.usage?.completion_tokens_details?.reasoning_tokens ?? 0
    const { total_tokens = 0, prompt_tokens = 0 } = completion.usage ?? {}
    const apart = total_tokens === prompt_tokens + (theirs.usage.output ?? 0) + reasoning
    if (apart) theirs.usage.output = total_tokens - prompt_tokens
    assert.deepEqual(ours, theirs)
  })
}

for (const answer of answers.filter(isOf('openai.responses')).filter(isForTheSdk)) {
  test(`${answer.file}: read as OpenAI's SDK reads it`, needsData, async () => {
    const ours = told(read(answer, 'openai.responses'))
    const isCut = answer.isStream && LAST_EVENT_KNOWS.some((name) => answer.file.includes(name))
    const last = objectAt(parseJson(answer.events.at(-1) ?? ''), 'response')
    const response = isCut ? (last as unknown as OpenAiResponse) : await responseBySdk(answer)
    const theirs = toldByResponse(response)
    // The tools of the provider's own that an application carries out are calls for us, too.
    const asked = new Set(theirs.calls.map(({ id }) => id))
    const calls = ours.calls.filter(({ id }) => asked.has(id))
    assert.deepEqual({ ...ours, calls }, theirs)
  })
}

test('a gap in the numbers of tool calls does not lose the call', needsData, () => {
  const { text, calls, finish } = told(read(find('anthropic-fallback'), 'openai.chat'))
  const call = { id: 'toolu_sanitized', name: 'read_file', arguments: { path: 'a.txt' } }
  assert.deepEqual([text, calls, finish], ['Reading it.', [call], 'tool_calls'])
})

test('a response that failed in its stream is an error in its words', needsData, () => {
  const facts = read(find('openai-error.1.chunks'), 'openai.responses')
  assert.equal(facts.failure?.type, 'insufficient_quota')
  assert.equal(facts.finish_reason, 'error')
  assert.equal(facts.response_model, 'gpt-5-nano-2025-08-07')
})

test('events that are no JSON cost only what stands in them', needsData, () => {
  const [call] = told(read(find('parallel-tool-call-wrapper.1.chunks'), 'openai.responses')).calls
  assert.deepEqual([call?.id, call?.name], ['call_parallel', 'parallel'])
  assert.equal(listAt(call?.arguments, 'tool_uses').length, 2)
})

for (const answer of answers.filter(isOf('error'))) {
  test(`${answer.file}: an error is read as one`, needsData, () => {
    const failure = failureOf(answer.body)
    assert.equal(failure?.message, textAt(answer.body, 'error', 'message'))
    assert.equal(failure?.type, textAt(answer.body, 'error', 'type'))
  })
}

test('text completions are put together, and their counts are read', needsData, () => {
  const [stream, whole] = answers.filter(isOf('openai.completions'))
  const facts = told(read(stream as RecordedAnswer, 'openai.completions'))
  const texts = stream?.events.map((data) => textAt(parseJson(data), 'choices', 0, 'text') ?? '')
  assert.equal(facts.text, texts?.join(''))
  assert.equal(facts.finish, 'length')
  assert.deepEqual([facts.usage.input, facts.usage.output], [14, 16])
  const read2 = told(read(whole as RecordedAnswer, 'openai.completions'))
  assert.equal(read2.text, textAt(whole?.body, 'choices', 0, 'text'))
})

test('of embeddings the number, the length and the counts are read', needsData, () => {
  const [answer] = recordedAnswers('vercel-ai/openai', ({ file }) => file.includes('embedding'))
  const facts = read(answer as RecordedAnswer, 'openai.media')
  assert.deepEqual(facts.output, [
    { role: 'assistant', parts: [{ type: 'embeddings', count: 2, dimensions: 5 }] },
  ])
  assert.equal(facts.input_tokens, 12)
  assert.equal(facts.output_tokens, 0)
})

test('pictures and transcripts are read', needsData, () => {
  for (const answer of answers.filter(isOf('openai.media'))) {
    const parts = listAt(read(answer, 'openai.media').output, 0, 'parts')
    const whole = listAt(answer.body, 'data')
    const text = textAt(answer.body, 'text')
    if (text !== undefined) assert.equal(at(parts, 0, 'content'), text)
    else assert.equal(parts.length, at(whole, 0, 'embedding') ? 1 : whole.length)
  }
})

test('every recorded answer of these providers is of a known format', needsData, () => {
  const unknown = answers.filter((answer) => apiOf(answer) === undefined)
  assert.deepEqual(
    unknown.map(({ file }) => file.split('/').at(-1)),
    [
      // A skill is no model's answer, a realtime session no HTTP, and one file describes a response.
      'openai-realtime-speech-translation.chunks.txt',
      'openai-skill-create.json',
      'groq-transcription-text.json',
    ],
  )
})

function isForTheSdk({ file, isStream }: RecordedAnswer): boolean {
  return !(isStream && BEYOND_THE_SDK.some((name) => file.includes(name)))
}

function find(name: string): RecordedAnswer {
  const found = answers.find(({ file }) => file.includes(name))
  assert.ok(found)
  return found
}

function isOf(api: string): (answer: RecordedAnswer) => boolean {
  return (answer) => apiOf(answer) === api
}

function apiOf(answer: RecordedAnswer): string | undefined {
  const first = answer.isStream ? parseJson(answer.events.at(1) ?? '') : answer.body
  const object = textAt(first, 'object')
  if (at(first, 'error')) return 'error'
  if (object === 'text_completion') return 'openai.completions'
  if (object?.startsWith('chat.completion')) return 'openai.chat'
  if (object === 'response' || textAt(first, 'type')?.startsWith('response.'))
    return 'openai.responses'
  if (Array.isArray(at(first, 'data')) || typeof at(first, 'text') === 'string')
    return 'openai.media'
  return undefined
}
