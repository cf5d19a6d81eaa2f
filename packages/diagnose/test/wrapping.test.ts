import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { diagnose } from '../src/index.ts'
import { heldOutErrors } from './held-out.ts'

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

const WRAPPED: readonly (readonly [category: string, text: string])[] = [
  [WANTED, `openai.BadRequestError: Error code: 400 - ${json}`],
  [
    'tool_call_pairing',
    'API Error: 400 {"type":"error","error":{"type":"invalid_request_error","message":"messages.6: tool_use ids were found without tool_result blocks immediately after: toolu_01. Each tool_use block must have a corresponding tool_result block in the next message."}}',
  ],
  [
    'insufficient_credits',
    'litellm.RateLimitError: You exceeded your current quota, please check your plan and billing details. insufficient_quota',
  ],
  [
    'not_llm_error',
    'Request failed with status code 429 while calling GET https://api.inventory.example.org/v1/items?page=12 after 3 attempts of the warehouse job',
  ],
]
const broken = (text: string, width: number): string[] =>
  Array.from({ length: Math.ceil(text.length / width) }, (_, place) =>
    text.slice(place * width, (place + 1) * width),
  )
const TERMINALS: Readonly<Record<string, (lines: string[], width: number) => string>> = {
  'at a column': (lines) => lines.join('\n'),
  'at a column, spaces taken off': (lines) => lines.map((line) => line.trimEnd()).join('\n'),
  'at a column, indented': (lines) => lines.join('\n     '),
  'at a column, as Windows ends lines': (lines) => lines.join('\r\n'),
  'in a box': (lines, width) => lines.map((line) => `│ ${line.padEnd(width)} │`).join('\n'),
}

for (const [how, put] of Object.entries(TERMINALS))
  test(`a text that was wrapped ${how} says what it said before, at any width`, () => {
    for (const [category, text] of WRAPPED)
      for (let width = 40; width <= 120; width++)
        assert.equal(
          diagnose(put(broken(text, width), width)).category,
          category,
          `${width}: ${text.slice(0, 60)}`,
        )
  })

test('of 1,000 wrappings of errors of public sources at most 10 change what the error is', () => {
  let wrapped = 0
  let changed = 0
  for (const { error, provider } of heldOutErrors()) {
    const text = typeof error === 'string' ? error : JSON.stringify(error)
    const context = provider === undefined ? {} : { provider }
    const { category } = diagnose(text, context)
    for (const width of [60, 80, 100]) {
      if (text.length <= width || text.includes('\n')) continue
      wrapped += 1
      if (diagnose(broken(text, width).join('\n'), context).category !== category) changed += 1
    }
  }
  assert.ok(changed <= wrapped / 100, `${changed} of ${wrapped}`)
})

test('causes are read ten levels deep; what lies deeper is not', () => {
  const within = (levels: number): Error => {
    let error: Error = Object.assign(new Error('no money'), { code: 'insufficient_quota' })
    for (let level = 0; level < levels; level++) error = new Error('outer', { cause: error })
    return error
  }
  assert.equal(diagnose(within(10)).category, 'insufficient_credits')
  assert.equal(diagnose(within(11)).category, 'not_llm_error')
})

test('what an error says is found among thousands of other keys', () => {
  const many: Record<string, unknown> = {}
  for (let key = 0; key < 2000; key++) many[`key${key}`] = key
  many.message = 'Rate limit reached for model x'
  many.status = 429
  assert.equal(diagnose(many).category, 'rate_limit')
  assert.equal(diagnose({ error: many }).category, 'rate_limit')
  assert.equal(diagnose({ headers: many, status: 429, message: 'x' }).category, 'rate_limit')
})
