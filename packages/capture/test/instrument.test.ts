import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { Mistral } from '@mistralai/mistralai'
import { captureFetch, instrument } from '@recount/capture'
import { type Recorder, recorder } from '@recount/logger/testing'
import { CohereClient, CohereClientV2 } from 'cohere-ai'
import Groq from 'groq-sdk'
import { Ollama } from 'ollama'
import OpenAI, { AzureOpenAI } from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import OpenAI4 from 'openai-4'
import OpenAI5 from 'openai-5'
import OpenAI7 from 'openai-7'
import { z } from 'zod'
import { modelServer } from './model-server.ts'

const server = await modelServer()
after(() => server.close())
const apiKey = 'none'
const baseURL = server.url
const MESSAGES = [{ role: 'user' as const, content: 'What is in the fridge?' }]
const ASKED = { model: 'says', messages: MESSAGES }
const AWS = {
  region: 'eu-north-1',
  endpoint: server.http2,
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
}

/** One client of each class that is copied. */
const CLIENTS: readonly object[] = [
  new OpenAI({ apiKey, baseURL }),
  new OpenAI4({ apiKey, baseURL }),
  new OpenAI5({ apiKey, baseURL }),
  new OpenAI7({ apiKey, baseURL }),
  new AzureOpenAI({ apiKey, endpoint: baseURL, apiVersion: '2024-10-21' }),
  new Anthropic({ apiKey, baseURL }),
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: baseURL } }),
  new Mistral({ apiKey, serverURL: baseURL }),
  new Ollama({ host: baseURL }),
  new Groq({ apiKey, baseURL }),
  new CohereClient({ token: apiKey, environment: baseURL }),
  new CohereClientV2({ token: apiKey, environment: baseURL }),
  new BedrockRuntimeClient(AWS),
]

function calls({ records }: Recorder): number {
  return records('llm_call').length
}

for (const client of CLIENTS) {
  const { name } = client.constructor
  test(`${name}: the copy is of the same class, and the client given is as it was`, () => {
    const before = snapshot(client)
    const copy = instrument(client, { logger: recorder().logger })
    assert.notEqual(copy, client)
    assert.ok(copy instanceof client.constructor)
    assert.deepEqual(snapshot(client), before)
  })

  test(`${name}: what records already is given back as it is`, () => {
    const copy = instrument(client, { logger: recorder().logger })
    assert.equal(instrument(copy, { logger: recorder().logger }), copy)
  })
}

/** Own properties, one level into each, by identity. */
function snapshot(client: object): unknown[] {
  return Object.entries(Object.getOwnPropertyDescriptors(client)).map(([name, { value }]) => [
    name,
    typeof value === 'object' && value !== null ? Object.entries(value) : value,
  ])
}

test('a call of the client that was given is not recorded', async () => {
  const recorded = recorder()
  const client = new OpenAI({ apiKey, baseURL })
  instrument(client, { logger: recorded.logger })
  await client.chat.completions.create(ASKED)
  assert.equal(calls(recorded), 0)
})

test('options, headers and copies of the copy are kept, and still recorded', async () => {
  const recorded = recorder()
  const given = new OpenAI({ apiKey, baseURL, timeout: 1234, defaultHeaders: { 'x-own': '1' } })
  const client = instrument(given, { logger: recorded.logger })
  assert.equal(client.timeout, 1234)
  const copy = client.withOptions({ maxRetries: 0 })
  const { response } = await copy.chat.completions.create(ASKED).withResponse()
  assert.equal(response.url, `${baseURL}/chat/completions`)
  assert.equal(calls(recorded), 1)
})

test('helpers do what they did: parse, stream, asResponse, withResponse', async () => {
  const recorded = recorder()
  const client = instrument(new OpenAI({ apiKey, baseURL }), { logger: recorded.logger })
  const raw = await client.chat.completions.create(ASKED).asResponse()
  const body = (await raw.json()) as OpenAI.ChatCompletion
  assert.equal(body.choices[0]?.message.content, 'Milk.')
  const stream = client.chat.completions.stream(ASKED)
  assert.equal(await stream.finalContent(), 'Milk.')
  const response_format = zodResponseFormat(z.object({ found: z.string() }), 'found')
  const parsed = await client.chat.completions.parse({ ...ASKED, model: 'json', response_format })
  assert.deepEqual(parsed.choices[0]?.message.parsed, { found: 'milk' })
  const anthropic = instrument(new Anthropic({ apiKey, baseURL }), { logger: recorded.logger })
  const asked = { ...ASKED, max_tokens: 9 }
  const { data, response } = await anthropic.messages.create(asked).withResponse()
  assert.equal(data.stop_reason, 'end_turn')
  assert.equal(response.headers.get('request-id'), 'req-1')
  assert.equal(calls(recorded), 4)
})

test('a stream that is broken off ends upstream and is recorded as aborted, with what was said', async () => {
  const recorded = recorder()
  const client = instrument(new BedrockRuntimeClient(AWS), { logger: recorded.logger })
  const messages = [{ role: 'user' as const, content: [{ text: 'What is in the fridge?' }] }]
  const { stream = [] } = await client.send(
    new ConverseStreamCommand({ modelId: 'says', messages }),
  )
  for await (const event of stream) if (event.contentBlockDelta) break
  const [call] = recorded.records('llm_call')
  assert.equal(call?.status, 'aborted')
  assert.match(JSON.stringify(recorded.content(call?.span_id ?? '', 'output')), /Mi/)
})

test('a client that has a fetch of its own, even a recording one, keeps it and is recorded once', async () => {
  const recorded = recorder()
  const { logger } = recorded
  let asked = 0
  const own = captureFetch({
    logger,
    provider: 'openai',
    fetch: (...args) => {
      asked += 1
      return fetch(...args)
    },
  })
  await instrument(new OpenAI({ apiKey, baseURL, fetch: own }), { logger }).chat.completions.create(
    ASKED,
  )
  assert.equal(asked, 1)
  assert.equal(calls(recorded), 1)
})

test('retries of a client are calls of their own, each naming the one before', async () => {
  const recorded = recorder()
  const given = new OpenAI({ apiKey, baseURL, maxRetries: 1 })
  const client = instrument(given, { logger: recorded.logger })
  await assert.rejects(() => client.chat.completions.create({ ...ASKED, model: 'busy' }))
  const [first, second] = recorded.records('llm_call')
  assert.equal(calls(recorded), 2)
  assert.equal(second?.retry_of, first?.span_id)
})

test('the credentials of a client are in no line', async () => {
  const recorded = recorder()
  const secret = ['s3', 'cr3t', 'k3y'].join('')
  await instrument(new Anthropic({ apiKey: secret, baseURL }), {
    logger: recorded.logger,
  }).messages.create({ ...ASKED, max_tokens: 9 })
  assert.doesNotMatch(JSON.stringify(recorded.lines), new RegExp(secret))
})

test('what cannot be copied is refused with what to do instead', () => {
  class Homemade {}
  assert.throws(() => instrument(new Homemade()), {
    code: 'CAPTURE_CLIENT_UNKNOWN',
    message: /Homemade.*captureFetch/,
  })
  assert.throws(() => instrument(new Proxy({}, { get: () => assert.fail() })), {
    code: 'CAPTURE_CLIENT_UNKNOWN',
  })
  assert.throws(() => instrument(new OpenAI({ apiKey }), { looger: 1 } as never), {
    code: 'CAPTURE_OPTION_INVALID',
  })
})
