import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { at, countAt, listAt, objectAt, parseJson, textAt } from '../src/providers/json-values.ts'
import { needsData } from './data-set.ts'
import { eventBytes, type RecordedAnswer, recordedAnswers } from './recorded-answers.ts'
import { partsOf, read, told } from './told.ts'

const answers = [
  ...recordedAnswers('vercel-ai/google'),
  ...recordedAnswers('langchainjs/libs/providers', ({ file }) => !file.includes('claude-')),
]

for (const answer of answers.filter(isOf('gemini.generate_content'))) {
  test(`${answer.file}: read as Google's SDK reads it`, needsData, async () => {
    const facts = read(answer, 'gemini.generate_content')
    const { text, calls, finish, usage, model } = told(facts)
    const chunks = await bySdk(answer)
    assert.equal(text, chunks.map(saidIn).join(''))
    assert.deepEqual(
      calls.map(({ id, name }) => [id, name]),
      callsIn(chunks),
    )
    assert.equal(
      finish,
      lastOf(chunks, (it) => it.candidates?.[0]?.finishReason ?? blockedIn(it)),
    )
    assert.equal(
      model,
      lastOf(chunks, ({ modelVersion }) => modelVersion),
    )
    const counted = lastOf(chunks, ({ usageMetadata }) =>
      usageMetadata?.promptTokenCount === undefined ? undefined : usageMetadata,
    )
    const thoughts = counted?.thoughtsTokenCount ?? 0
    if (counted?.candidatesTokenCount !== undefined)
      assert.equal(usage.output, counted.candidatesTokenCount + thoughts)
    assert.equal(
      usage.input,
      counted && (counted.promptTokenCount ?? 0) + (counted.toolUsePromptTokenCount ?? 0),
    )
    assert.equal(usage.cached, counted?.cachedContentTokenCount)
    assert.equal(facts.reasoning_tokens ?? 0, thoughts)
  })
}

for (const answer of answers.filter(isOf('gemini.interactions'))) {
  test(`${answer.file}: an interaction is put together`, needsData, () => {
    const facts = read(answer, 'gemini.interactions')
    const { text, calls, usage, finish } = told(facts)
    const values = answer.isStream ? answer.events.map(parseJson) : [answer.body]
    const whole = values.findLast((it) => at(it, 'usage') ?? at(it, 'interaction', 'usage'))
    const interaction = objectAt(whole, 'interaction') ?? whole
    assert.equal(text, values.flatMap(interactionTexts).join(''))
    assert.equal(finish, textAt(interaction, 'status'))
    const counts = objectAt(interaction, 'usage')
    const thoughts = countAt(counts, 'total_thought_tokens') ?? 0
    const tools = countAt(counts, 'total_tool_use_tokens') ?? 0
    assert.equal(usage.input, (countAt(counts, 'total_input_tokens') ?? 0) + tools)
    assert.equal(usage.output, (countAt(counts, 'total_output_tokens') ?? 0) + thoughts)
    assert.equal((usage.input ?? 0) + (usage.output ?? 0), countAt(counts, 'total_tokens'))
    if (answer.file.includes('tool-call-step1'))
      assert.deepEqual(
        calls.map(({ name, arguments: args }) => [name, args]),
        [['getWeather', { location: 'San Francisco' }]],
      )
  })
}

test('arguments that come in pieces are put together, each call by itself', needsData, () => {
  const weather = told(read(find('stream-tool-call-arguments.chunks'), 'gemini.generate_content'))
  assert.deepEqual(
    weather.calls.map((call) => call.arguments),
    [{ location: 'Boston' }, { location: 'San Francisco' }],
  )
  const [items] = told(read(find('missing-terminal'), 'gemini.generate_content')).calls
  const operations = listAt(items?.arguments, 'operations')
  assert.equal(operations.length, 2)
  assert.deepEqual(operations[0], {
    action: 'add',
    description: 'Fresh red apple',
    itemid: 'apple_001',
    price: 0.5,
  })
  const [recipe] = told(read(find('arguments-nested'), 'gemini.generate_content')).calls
  assert.equal(listAt(recipe?.arguments, 'recipe', 'ingredients').length, 10)
  assert.equal(textAt(recipe?.arguments, 'recipe', 'name'), 'Lasagna')
})

test(
  'the annotations of an interaction stand at its text, and its searches are whole',
  needsData,
  () => {
    const parts = partsOf(read(find('google/google-search.chunks'), 'gemini.interactions'))
    const cited = parts.filter((part) => listAt(part, 'citations').length > 0)
    assert.deepEqual(
      cited.map(({ type }) => type),
      ['text'],
    )
    const search = parts.find(({ type }) => type === 'server_tool_call')
    assert.ok(listAt(search, 'server_tool_call', 'arguments', 'queries').length > 0)
  },
)

test('sources of a grounded answer stand at its text', needsData, () => {
  const facts = read(find('chat-6-mock'), 'gemini.generate_content')
  const chunks = listAt(
    find('chat-6-mock').body,
    'candidates',
    0,
    'groundingMetadata',
    'groundingChunks',
  )
  assert.ok(chunks.length > 0)
  assert.deepEqual(
    partsOf(facts).flatMap((part) => listAt(part, 'citations')),
    chunks,
  )
})

// An error, a live session, and an answer in a client's wrapping.
test('every recorded answer of Google but three is of a known format', needsData, () => {
  const unknown = answers.filter((answer) => apiOf(answer) === undefined).map(({ file }) => file)
  assert.deepEqual(
    unknown.map((file) => file.split('/').at(-1)),
    [
      'google-429-retry-info.json',
      'google-live-speech-translation.chunks.txt',
      'chat-6a-mock.json',
    ],
  )
})

/** The chunks that Google's SDK makes of an answer; of one that is not streamed there is one. */
async function bySdk(answer: RecordedAnswer): Promise<GenerateContentResponse[]> {
  const chunks = Array.isArray(answer.body) ? answer.body : undefined
  const events = chunks?.map((chunk) => JSON.stringify(chunk)) ?? answer.events
  const isStream = answer.isStream || chunks !== undefined
  const client = new GoogleGenAI({
    apiKey: 'none',
    httpOptions: {
      baseUrl: 'http://provider.invalid',
      fetch: async () =>
        isStream
          ? new Response(eventBytes({ ...answer, events }, false), {
              headers: { 'content-type': 'text/event-stream' },
            })
          : Response.json(answer.body),
    },
  })
  const asked = { model: 'any', contents: 'Hello' }
  if (!isStream) return [await client.models.generateContent(asked)]
  const found: GenerateContentResponse[] = []
  for await (const chunk of await client.models.generateContentStream(asked)) found.push(chunk)
  return found
}

function saidIn(chunk: GenerateContentResponse): string {
  const parts = chunk.candidates?.[0]?.content?.parts ?? []
  return parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join('')
}

/** A call begins with its name. */
function callsIn(chunks: readonly GenerateContentResponse[]): unknown[] {
  return chunks.flatMap((chunk) =>
    (chunk.candidates?.[0]?.content?.parts ?? []).flatMap(({ functionCall }) =>
      functionCall?.name === undefined ? [] : [[functionCall.id, functionCall.name]],
    ),
  )
}

function blockedIn(chunk: GenerateContentResponse): string | undefined {
  return chunk.candidates === undefined ? chunk.promptFeedback?.blockReason : undefined
}

function lastOf<T>(
  chunks: readonly GenerateContentResponse[],
  of: (chunk: GenerateContentResponse) => T | undefined,
): T | undefined {
  return chunks.map(of).findLast((value) => value !== undefined)
}

function interactionTexts(value: unknown): string[] {
  const delta = objectAt(value, 'delta')
  if (textAt(delta, 'type') === 'text') return [textAt(delta, 'text') ?? '']
  return listAt(value, 'steps').flatMap((step) =>
    listAt(step, 'content').flatMap((part) => textAt(part, 'text') ?? []),
  )
}

function isOf(api: string): (answer: RecordedAnswer) => boolean {
  return (answer) => apiOf(answer) === api
}

function apiOf({ isStream, events, body }: RecordedAnswer): string | undefined {
  const first = isStream ? parseJson(events[0] ?? '') : Array.isArray(body) ? body[0] : body
  if (at(first, 'interaction') || textAt(first, 'object') === 'interaction')
    return 'gemini.interactions'
  if (at(first, 'candidates') || at(first, 'promptFeedback')) return 'gemini.generate_content'
  return undefined
}

function find(name: string): RecordedAnswer {
  const found = answers.find(({ file }) => file.includes(name))
  assert.ok(found)
  return found
}
