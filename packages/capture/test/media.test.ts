import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listAt, textAt } from '../src/providers/json-values.ts'
import { providerNamed } from '../src/providers/known.ts'
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
