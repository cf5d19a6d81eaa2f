import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from '../src/index.ts'

const FOREIGN: readonly unknown[] = [
  { name: 'error', code: '28P01', message: 'password authentication failed for user "app"' },
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
    code: 'ECONNREFUSED',
    port: 5432,
  }),
  `npm error 429 Too Many Requests - GET https://${['registry', 'npmjs', 'org'].join('.')}/left-pad`,
  { status: 401, message: 'GET https://api.github.com/user: 401 Bad credentials' },
  { isError: true, content: [{ type: 'text', text: 'Unauthorized' }] },
  'MCP error -32001: Request timed out',
  'An error occurred (ExpiredToken) when calling the ListObjectsV2 operation: The provided token has expired.',
  {
    message: 'Request failed with status code 429',
    config: { url: 'https://api.weather.example.org/v1' },
    response: { status: 429 },
  },
  'toomanyrequests: You have reached your pull rate limit.',
  'Refused to connect because it violates the following Content Security Policy directive',
]

test('a database’s, registry’s or tool’s own refusal is not the model’s', () => {
  for (const error of FOREIGN) {
    const { category, retryable, evidence } = diagnose(error)
    assert.equal(category, 'not_llm_error', JSON.stringify(error))
    assert.equal(retryable, 'unknown')
    assert.ok(evidence.length > 0)
  }
})

test('what a tool throws is the tool’s, unless it names a model’s API', () => {
  assert.equal(
    diagnose({ status: 401, message: 'Unauthorized' }, { tool: 'crm' }).category,
    'not_llm_error',
  )
  const inner = {
    status: 401,
    message: 'Incorrect API key provided',
    url: 'https://api.openai.com/v1/chat/completions',
  }
  assert.equal(diagnose(inner, { tool: 'summarise' }).category, 'auth_invalid_key')
})

test('the host says who answered, whatever the caller thinks', () => {
  const error = {
    status: 400,
    message:
      'OpenAI rejected the request: Incorrect API key provided. You can obtain an API key from https://console.x.ai.',
  }
  const { provider, category } = diagnose(error, { provider: 'openai' })
  assert.deepEqual([provider, category], ['xai', 'auth_invalid_key'])
})

test('the caller’s own name of a provider is kept', () => {
  assert.equal(
    diagnose({ status: 429, message: 'Too many requests' }, { provider: 'aws.bedrock' }).provider,
    'aws.bedrock',
  )
})

test('a status means what it means at that provider', () => {
  const cases: [provider: string, status: number, category: string][] = [
    ['groq', 498, 'overloaded'],
    ['cohere', 498, 'content_filter'],
    ['groq', 413, 'request_over_tpm_limit'],
    ['anthropic', 413, 'payload_too_large'],
    ['together', 403, 'context_length_exceeded'],
    ['openrouter', 403, 'content_filter'],
    ['scaleway', 403, 'auth_invalid_key'],
    ['openai', 403, 'permission_denied'],
    ['anthropic', 529, 'overloaded'],
  ]
  for (const [provider, status, category] of cases)
    assert.equal(
      diagnose({ status, message: 'no body' }, { provider }).category,
      category,
      `${provider} ${status}`,
    )
})

test('where nothing tells of a model call, it says so and is not sure', () => {
  const { category, confidence, suggestions } = diagnose(new Error('something odd'))
  assert.equal(category, 'not_llm_error')
  assert.ok(confidence < 0.5)
  assert.ok(suggestions.length > 0)
})

test('whoever says beside an error which provider was asked has asked one, known or not', () => {
  const error = { status: 429, message: 'Slow down' }
  assert.equal(diagnose(error, { provider: 'acme' }).category, 'rate_limit')
  assert.equal(diagnose({ ...error, provider: 'ticket-system' }).category, 'not_llm_error')
})

const LINKED: readonly [category: string, error: unknown][] = [
  [
    'invalid_media',
    openaiShaped(
      'Timeout while downloading https://bucket.s3.amazonaws.com/a.png.',
      'invalid_image_url',
    ),
  ],
  [
    'invalid_media',
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message:
          'Unable to download the file. Please verify the URL: https://cdn.shop.example.org/a.pdf',
      },
    },
  ],
  [
    'server_error',
    {
      error: {
        code: 500,
        message:
          'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide',
        status: 'INTERNAL',
      },
    },
  ],
  [
    'server_error',
    {
      ...openaiShaped('The server had an error. See https://status.acme.org', 'server_error'),
      status: 500,
    },
  ],
  [
    'invalid_tool_schema',
    openaiShaped("Invalid schema for function 'octokit_search': 'required' is missing", 'x'),
  ],
]

function openaiShaped(message: string, code: string): { error: object } {
  return { error: { message, type: 'invalid_request_error', param: null, code } }
}

test('an answer in the shape of a model’s API is a model’s, whatever it links to or quotes', () => {
  for (const [category, error] of LINKED)
    assert.equal(diagnose(error).category, category, JSON.stringify(error))
})

test('a link does not speak against the provider that the caller asked', () => {
  const error = new Error('Error while downloading https://bucket.s3.amazonaws.com/a.png.')
  assert.equal(diagnose(error, { provider: 'openai' }).category, 'invalid_media')
})

test('what only others say speaks against the caller and against the shape', () => {
  const database = new Error('password authentication failed for user "app"')
  assert.equal(diagnose(database, { provider: 'openai' }).category, 'not_llm_error')
  const payment = {
    error: {
      message: 'No such price',
      type: 'invalid_request_error',
      param: 'price',
      code: 'unknown_price',
      doc_url: 'https://docs.stripe.com/error-codes',
    },
  }
  assert.equal(diagnose(payment).category, 'not_llm_error')
})

test('a caller who asked a database has not asked a model', () => {
  const error = Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' })
  assert.equal(diagnose(error, { provider: 'postgres' }).category, 'not_llm_error')
})

test('a refused key of a payment service is no key of a model', () => {
  for (const kind of ['sk', 'rk', 'pk'])
    for (const mode of ['test', 'live']) {
      const error = {
        status: 401,
        message: `Invalid API Key provided: ${[kind, mode, '****'].join('_')}`,
      }
      assert.equal(diagnose(error).category, 'not_llm_error', `${kind} ${mode}`)
      assert.equal(diagnose(error, { provider: 'openai' }).category, 'auth_invalid_key')
    }
})

test('a mistake in a program’s own code is no misuse of a client', () => {
  const error = new TypeError(
    "Cannot read properties of undefined (reading 'map')\n    at show (/app/chat.js:1:2)",
  )
  assert.equal(diagnose(error).category, 'not_llm_error')
  const client = new TypeError('openai.createChatCompletion is not a function')
  assert.equal(diagnose(client).category, 'sdk_usage_error')
})
