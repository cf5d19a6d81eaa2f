import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { generateText } from 'ai'
import OpenAI from 'openai'
import { diagnose } from '../src/index.ts'
import { BEDROCK } from './documented-bedrock.ts'
import { ANTHROPIC, type Case, GOOGLE, OPENAI, openaiError } from './documented-errors.ts'
import { type Answer, type Loopback, startLoopback, thrownBy } from './loopback.ts'

let provider: Loopback

before(async () => {
  provider = await startLoopback()
})
after(() => provider.close())

const messages = [{ role: 'user' as const, content: 'hello' }]

function check(
  name: string,
  cases: readonly Case[],
  ask: () => PromiseLike<unknown>,
  claim: string,
): void {
  for (const [category, answer] of cases) {
    test(`${name} ${answer.status}: ${category} is seen in the error that was thrown`, async () => {
      provider.answer = answer
      const error = await thrownBy(ask)
      const found = diagnose(error, { provider: claim })
      assert.equal(found.category, category, JSON.stringify(found.evidence))
      assert.equal(found.provider, claim)
    })
  }
}

check(
  'openai',
  OPENAI,
  () =>
    new OpenAI({
      apiKey: 'demo',
      baseURL: provider.url,
      maxRetries: 0,
      logLevel: 'off',
    }).chat.completions.create({ model: 'gpt-x', messages }),
  'openai',
)
check(
  '@anthropic-ai/sdk',
  ANTHROPIC,
  () =>
    new Anthropic({
      apiKey: 'demo',
      authToken: null,
      baseURL: provider.url,
      maxRetries: 0,
      logLevel: 'off',
    }).messages.create({ model: 'claude-x', max_tokens: 8, messages }),
  'anthropic',
)
check(
  '@google/genai',
  GOOGLE,
  () =>
    new GoogleGenAI({
      apiKey: 'demo',
      httpOptions: { baseUrl: provider.url },
    }).models.generateContent({ model: 'gemini-x', contents: 'hello' }),
  'gcp.gemini',
)
check(
  '@aws-sdk/client-bedrock-runtime',
  BEDROCK,
  () =>
    new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: provider.url,
      maxAttempts: 1,
      // Its default speaks HTTP/2, which the loopback server does not.
      requestHandler: new NodeHttpHandler(),
      credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
    }).send(
      new ConverseCommand({
        modelId: 'x',
        messages: [{ role: 'user', content: [{ text: 'hello' }] }],
      }),
    ),
  'aws.bedrock',
)
check(
  'ai with @ai-sdk/openai',
  OPENAI,
  () =>
    generateText({
      model: createOpenAI({ apiKey: 'demo', baseURL: provider.url }).chat('gpt-x'),
      messages,
      maxRetries: 0,
    }),
  'openai',
)

test('the AI SDK’s last attempt is the one that counts', async () => {
  provider.answer = {
    status: 503,
    headers: { 'retry-after-ms': '1' },
    body: openaiError(
      'The engine is currently overloaded, please try again later.',
      'server_error',
      null,
    ),
  }
  const error = await thrownBy(() =>
    generateText({
      model: createOpenAI({ apiKey: 'demo', baseURL: provider.url }).chat('gpt-x'),
      messages,
      maxRetries: 1,
    }),
  )
  assert.equal((error as Error).name, 'AI_RetryError')
  assert.equal(diagnose(error, { provider: 'openai' }).category, 'overloaded')
})

test('headers of the real clients say when to come back', async () => {
  provider.answer = OPENAI[3]?.[1] as Answer
  const error = await thrownBy(() =>
    new OpenAI({ apiKey: 'demo', baseURL: provider.url, maxRetries: 0 }).chat.completions.create({
      model: 'gpt-x',
      messages,
    }),
  )
  assert.equal(diagnose(error).retryAfterMs, 1200)
})

test('what clients throw before and beside an answer is told apart', async () => {
  const gone = await startLoopback()
  await gone.close()
  const client = new OpenAI({ apiKey: 'demo', baseURL: gone.url, maxRetries: 0 })
  const refused = await thrownBy(() => client.models.list())
  assert.equal(diagnose(refused).category, 'connection_refused')

  const stop = new AbortController()
  stop.abort()
  const aborted = await thrownBy(() => client.models.list({ signal: stop.signal }))
  assert.equal(diagnose(aborted).category, 'request_aborted')

  const unknown = new OpenAI({
    apiKey: 'demo',
    baseURL: 'http://no-such-host.invalid',
    maxRetries: 0,
  })
  assert.equal(diagnose(await thrownBy(() => unknown.models.list())).category, 'dns_failure')

  provider.answer = {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n',
    breaks: true,
  }
  const cut = await thrownBy(async () => {
    const stream = await new OpenAI({
      apiKey: 'demo',
      baseURL: provider.url,
      maxRetries: 0,
    }).chat.completions.create({ model: 'gpt-x', messages, stream: true })
    for await (const _ of stream);
  })
  assert.equal(diagnose(cut).category, 'stream_interrupted')
})

test('a client without a key says so before it asks', async () => {
  const known = process.env.OPENAI_API_KEY
  delete process.env.OPENAI_API_KEY
  const error = await thrownBy(async () => new OpenAI())
  if (known !== undefined) process.env.OPENAI_API_KEY = known
  assert.equal(diagnose(error).category, 'auth_missing_credentials')
})
