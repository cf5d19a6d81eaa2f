import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { diagnose } from '../src/index.ts'

const BODY = {
  error: {
    message:
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 8227 tokens.",
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  },
}
const WANTED = 'context_length_exceeded'
const json = JSON.stringify(BODY)

test('an error is found in any wrapping that a program puts around it', () => {
  const wrappings: Record<string, unknown> = {
    'the body': BODY,
    'its text': json,
    'an error that has it as its message': new Error(`400 ${json}`),
    'a cause of a cause': new Error('outer', {
      cause: new Error('inner', { cause: new Error(json) }),
    }),
    'an AggregateError': new AggregateError(
      [new Error('timed out'), new Error(json)],
      'all failed',
    ),
    'the last attempt': {
      name: 'AI_RetryError',
      message: 'Failed after 2 attempts.',
      errors: [
        { statusCode: 503, message: 'overloaded' },
        { statusCode: 400, responseBody: json },
      ],
    },
    'axios’ response.data': {
      message: 'Request failed with status code 400',
      response: { status: 400, data: BODY },
    },
    'a response body': {
      name: 'AI_APICallError',
      message: 'Bad Request',
      statusCode: 400,
      responseBody: json,
    },
    'OpenRouter’s metadata.raw': {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: { raw: json, provider_name: 'OpenAI' },
      },
    },
    'JSON in JSON in JSON': JSON.stringify({
      error: { message: JSON.stringify({ error: { message: json } }) },
    }),
    'a Python repr': `openai.BadRequestError: Error code: 400 - {'error': {'message': "This model's maximum context length is 8192 tokens.", 'type': 'invalid_request_error', 'param': None, 'code': 'context_length_exceeded'}}`,
    'util.inspect': inspect(
      Object.assign(new Error('400 Bad Request'), { status: 400, error: BODY.error }),
      { depth: 9 },
    ),
    'a cut text': `upstream said: ${json.slice(0, 160)}`,
    'a wrapped paste': json
      .replace('maximum context', 'maxi\n    mum context')
      .replace('context_length', 'context_\n    length'),
    journald: json.replace('{"error":', 'Nov 30 02:07:12 web-1 api[4291]: {"error":'),
    pm2: JSON.stringify(BODY, null, 2)
      .split('\n')
      .map((line) => `0|api      | ${line}`)
      .join('\n'),
    'docker compose': `api-1  | Error: ${json}`,
  }
  for (const [name, error] of Object.entries(wrappings))
    assert.equal(diagnose(error).category, WANTED, name)
})

test('the innermost error decides, not the words around it', () => {
  const error = new Error('Invalid Gemini API key: check your credentials', {
    cause: { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } },
  })
  assert.equal(diagnose(error).category, 'overloaded')
})

test('a cause that says what broke the network comes before “Connection error.”', () => {
  const dns = Object.assign(new Error('getaddrinfo ENOTFOUND api.example'), { code: 'ENOTFOUND' })
  const error = Object.assign(
    new Error('Connection error.', { cause: new TypeError('fetch failed', { cause: dns }) }),
    { name: 'APIConnectionError' },
  )
  const { category, evidence } = diagnose(error)
  assert.equal(category, 'dns_failure')
  assert.match(evidence[0] ?? '', /cause\.cause\.code is “ENOTFOUND”/)
})

test('the requests that an error quotes are not read', () => {
  const error = {
    message: 'Bad Gateway',
    statusCode: 502,
    requestBodyValues: {
      messages: [{ role: 'user', content: 'what does insufficient_quota mean?' }],
    },
  }
  assert.equal(diagnose(error).category, 'gateway_error')
})

test('one number in a text is no status', () => {
  assert.notEqual(diagnose('The model answered with 429 tokens in 14290 ms').category, 'rate_limit')
})
