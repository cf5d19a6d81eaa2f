import assert from 'node:assert/strict'
import { test } from 'node:test'
import { captureFetch } from '../src/index.ts'
import { listAt, textAt } from '../src/providers/json-values.ts'
import { providerNamed } from '../src/providers/known.ts'
import { onlyCall } from './calls.ts'
import { validRecorder } from './scene.ts'
import { partsOf, readerFor, requestOf, told } from './told.ts'

const provider = providerNamed('openai')
const API = 'openai.media'

function ask(path: string, body: unknown): ReturnType<typeof provider.request> {
  return provider.request(new URL(`https://api.openai.com/v1/${path}`), body)
}

test('each endpoint is an operation of its own, and its input is content, not a parameter', () => {
  const asked: [string, unknown, string, unknown[]][] = [
    ['embeddings', { model: 'm', input: ['a', 'b'], dimensions: 5 }, 'embeddings', ['a', 'b']],
    ['images/generations', { model: 'm', prompt: 'A cat', n: 2 }, 'image_generation', ['A cat']],
    ['audio/speech', { model: 'm', input: 'Hello', voice: 'alloy' }, 'speech', ['Hello']],
    ['moderations', { model: 'm', input: 'Hm' }, 'moderation', ['Hm']],
    ['rerank', { model: 'm', query: 'q', documents: ['d'] }, 'rerank', ['q', 'd']],
  ]
  for (const [path, body, operation, texts] of asked) {
    const facts = ask(path, body)
    assert.equal(facts?.operation, operation)
    assert.deepEqual(
      listAt(facts, 'input', 0, 'parts').map((part) => textAt(part, 'content')),
      texts,
    )
    const { params = {} } = facts ?? {}
    for (const key of ['input', 'prompt', 'query', 'documents', 'model'])
      assert.equal(key in params, false)
  }
})

test('the length of a vector is known in base64, too, which OpenAI’s clients ask for', () => {
  const vector = Float32Array.from({ length: 1536 }, (_, index) => index / 7)
  const embedding = Buffer.from(vector.buffer).toString('base64')
  const request = ask('embeddings', { model: 'm', input: 'a', encoding_format: 'base64' })
  const { output } = providerNamed('openai').answer(
    { data: [{ embedding }, { embedding }] },
    request,
  )
  const parts = JSON.stringify(output)
  assert.match(parts, /"type":"embeddings","count":2,"dimensions":1536/)
})

test('embeddings of tokens stay numbers', () => {
  const facts = ask('embeddings', { model: 'm', input: [[1, 2], [3]] })
  assert.deepEqual(listAt(facts, 'input', 0, 'parts'), [
    { type: 'tokens', tokens: [1, 2] },
    { type: 'tokens', tokens: [3] },
  ])
})

test('a transcript that is streamed is put together, with its counts', () => {
  const reader = readerFor(API)
  const signs = [
    { type: 'transcript.text.delta', delta: 'Good ' },
    { type: 'transcript.text.delta', delta: 'day' },
    {
      type: 'transcript.text.done',
      text: 'Good day',
      usage: { type: 'tokens', input_tokens: 14, output_tokens: 3, total_tokens: 17 },
    },
  ].map((event) => reader.take({ data: JSON.stringify(event) }))
  assert.deepEqual(signs, [true, true, false])
  const { text, usage } = told(reader.result())
  assert.deepEqual([text, usage.input, usage.output], ['Good day', 14, 3])
  assert.equal(reader.complete, true)
})

test('speech and pictures in the making are one blob, the last one', () => {
  const speech = readerFor(API)
  for (const audio of ['AA', 'BB'])
    speech.take({ data: JSON.stringify({ type: 'speech.audio.delta', audio }) })
  assert.deepEqual(partsOf(speech.result()), [{ type: 'blob', modality: 'audio', content: 'AABB' }])
  const picture = readerFor(API)
  picture.take({ data: '{"type":"image_generation.partial_image","b64_json":"AA"}' })
  picture.take({
    data: '{"type":"image_generation.completed","b64_json":"BB","usage":{"input_tokens":10,"output_tokens":100,"total_tokens":110,"input_tokens_details":{"text_tokens":10,"image_tokens":0}}}',
  })
  const facts = picture.result()
  assert.deepEqual(partsOf(facts), [{ type: 'blob', modality: 'image', content: 'BB' }])
  assert.deepEqual([facts.input_tokens, facts.output_tokens], [10, 100])
})

test('an answer that is a text alone is read as one', () => {
  const facts = provider.answer('Good day.\n', requestOf(API))
  assert.equal(told(facts).text, 'Good day.')
})

const sound = new Blob([new Uint8Array(1000)], { type: 'audio/mpeg' })
function form(model: string): FormData {
  const body = new FormData()
  body.set('model', model)
  body.set('file', sound, 'speech.mp3')
  return body
}
const asJson = (body: unknown): string => JSON.stringify(body)
type Answered = readonly [string, string | FormData, unknown, number | null, RegExp | undefined]
const NO_COUNTS = /gave no token counts/
const COSTS: readonly (readonly [name: string, ...Answered])[] = [
  [
    'sound by its billed length',
    'audio/transcriptions',
    form('whisper-1'),
    { text: 'Good day', usage: { type: 'duration', seconds: 60 } },
    0.006,
    undefined,
  ],
  [
    'sound by its length beside the transcript',
    'audio/translations',
    form('whisper-1'),
    { text: 'Good day', duration: 30.5 },
    0.00305,
    undefined,
  ],
  [
    'sound whose length nobody says',
    'audio/transcriptions',
    form('whisper-1'),
    { text: 'Good day' },
    null,
    NO_COUNTS,
  ],
  [
    'sound by tokens',
    'audio/transcriptions',
    form('gpt-4o-transcribe'),
    {
      text: 'Good day',
      usage: {
        type: 'tokens',
        input_tokens: 1000,
        output_tokens: 100,
        total_tokens: 1100,
        input_token_details: { audio_tokens: 1000, text_tokens: 0 },
      },
    },
    0.007,
    undefined,
  ],
  [
    'a transcript as a text alone',
    'audio/transcriptions',
    form('gpt-4o-transcribe'),
    'Good day',
    null,
    NO_COUNTS,
  ],
  [
    'speech',
    'audio/speech',
    asJson({ model: 'gpt-4o-mini-tts', input: 'Hello' }),
    new Uint8Array(100),
    null,
    NO_COUNTS,
  ],
  [
    'pictures without counts',
    'images/generations',
    asJson({ model: 'gpt-image-1', prompt: 'A cat' }),
    { data: [{ b64_json: 'AA' }] },
    null,
    NO_COUNTS,
  ],
  [
    'pictures with counts',
    'images/generations',
    asJson({ model: 'gpt-image-1', prompt: 'A cat' }),
    {
      data: [{ b64_json: 'AA' }],
      usage: { input_tokens: 10, output_tokens: 100, total_tokens: 110 },
    },
    0.00405,
    undefined,
  ],
  [
    'moderation, which is free',
    'moderations',
    asJson({ model: 'omni-moderation-latest', input: 'Hm' }),
    { id: 'm', model: 'omni-moderation-latest', results: [{ flagged: false }] },
    0,
    undefined,
  ],
  [
    'embeddings',
    'embeddings',
    asJson({ model: 'text-embedding-3-small', input: 'Hm' }),
    { data: [{ embedding: [1] }], usage: { prompt_tokens: 1000, total_tokens: 1000 } },
    0.00002,
    undefined,
  ],
  [
    'ranking',
    'rerank',
    asJson({ model: 'rerank-2', query: 'q', documents: ['d'] }),
    { results: [{ index: 0, relevance_score: 1 }] },
    null,
    NO_COUNTS,
  ],
]
for (const [name, path, body, answer, cost, reason] of COSTS)
  test(`what is not paid for by text costs what it costs, or nobody knows: ${name}`, async (t) => {
    const recorded = validRecorder(t)
    const reply = (): Response => {
      if (answer instanceof Uint8Array)
        return new Response(answer, { headers: { 'content-type': 'audio/mpeg' } })
      return typeof answer === 'string' ? new Response(answer) : Response.json(answer)
    }
    const fetch = captureFetch({ logger: recorded.logger, fetch: async () => reply() })
    await (await fetch(`https://api.openai.com/v1/${path}`, { method: 'POST', body })).arrayBuffer()
    const { cost_usd, cost_reason, usage_source, status } = onlyCall(recorded)
    assert.equal(status, 'ok')
    assert.equal(cost_usd, cost)
    if (reason === undefined) assert.equal(cost_reason, undefined)
    else assert.match(cost_reason ?? '', reason)
    assert.notEqual(usage_source, 'estimated')
  })
