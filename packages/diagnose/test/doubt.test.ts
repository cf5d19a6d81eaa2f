import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from '../src/index.ts'

const REFUSED = { 400: 'invalid_request', 401: 'auth_invalid_key', 403: 'permission_denied' }

test('a status that is known outweighs how a client calls its errors: a refusal is never retried', () => {
  for (const name of ['AxiosError', 'FetchError', 'GaxiosError', 'HTTPError', 'APIConnectionError'])
    for (const [status, category] of Object.entries(REFUSED)) {
      const message = `Request failed with status code ${status}`
      const object = Object.assign(new Error('failed to connect'), {
        name,
        response: { status: Number(status) },
      })
      for (const error of [`${name}: ${message}`, object]) {
        const found = diagnose(error)
        assert.deepEqual(
          [found.category, found.retryable],
          [category, 'after_change'],
          `${name} ${status}`,
        )
      }
    }
})

test('codes that all of AWS has are Bedrock’s only where something tells of it', () => {
  const expired = 'ExpiredTokenException: The security token included in the request is expired'
  assert.equal(diagnose(expired).category, 'not_llm_error')
  assert.equal(diagnose(expired, { provider: 'bedrock' }).category, 'auth_invalid_key')
  const signed = { name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } }
  assert.equal(diagnose(signed).category, 'not_llm_error')
})

test('what any parser says is not sure, and not retried, where nothing tells of a model', () => {
  const zod = Object.assign(new Error('[{"code":"invalid_type","path":["PORT"]}]'), {
    name: 'ZodError',
  })
  const json = new SyntaxError('Unexpected end of JSON input')
  for (const error of [zod, json]) {
    const own = diagnose(error)
    assert.equal(own.retryable, 'unknown')
    assert.ok(own.confidence < 0.5)
    assert.ok(own.evidence.includes('nothing tells of a model'))
    const ofModel = diagnose(error, { provider: 'openai' })
    assert.equal(ofModel.retryable, 'after_delay')
    assert.ok(ofModel.confidence > 0.5)
  }
  const settings = '1 validation error for Settings\ndatabase_url\n  Field required'
  assert.equal(diagnose(settings).category, 'not_llm_error')
})

test('a card, a cluster and a service of Google that serves no models are not a model’s', () => {
  const others = [
    'Error: Your card has insufficient funds.',
    'Failed to pull image "nginx": rpc error: code = 4 desc = context deadline exceeded',
    'Unable to connect to the server: net/http: TLS handshake timeout',
    'Error while dialing dial tcp 10.0.0.5:2379: connect: connection refused',
    'Quota exceeded for quota metric Reads per minute of service sheets.googleapis.com',
  ]
  for (const error of others) assert.equal(diagnose(error).category, 'not_llm_error', error)
})

test('rare words of providers are known', () => {
  const wanted: readonly [unknown, string][] = [
    [
      'The maximum tokens you requested exceed the model limit of 4096.',
      'max_output_tokens_invalid',
    ],
    ['The provided model doesn’t support on-demand throughput.', 'model_not_found'],
    [
      { error: { code: 'dedicated_endpoint_not_running', message: 'not running' } },
      'model_not_found',
    ],
    ['Error type: ServiceModelDeprecating', 'model_deprecated'],
    [
      { status: 429, message: 'The event daily request rate of 2000 calls has been exceeded.' },
      'quota_exhausted',
    ],
    [
      {
        status: 422,
        type: 'invalid_request_error',
        message: { detail: [{ type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }] },
      },
      'unsupported_parameter',
    ],
    [
      { error: { message: 'Upstream error: 400', type: 'invalid_request_error', code: null } },
      'invalid_request',
    ],
  ]
  for (const [error, category] of wanted)
    assert.equal(diagnose(error).category, category, JSON.stringify(error))
})

test('llama.cpp’s counts and the sum of Text Generation Inference stand in the advice', () => {
  const local = {
    error: { type: 'exceed_context_size_error', message: 'x', n_prompt_tokens: 5000, n_ctx: 4096 },
  }
  assert.match(diagnose(local).suggestions[0] ?? '', /5,000 .* 4,096: drop at least 904/)
  const summed =
    '`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 512 `max_new_tokens`'
  assert.match(diagnose(summed).suggestions[0] ?? '', /4,512 .* 4,096: drop at least 416/)
})

test('a context of the wrong type takes nothing from the diagnosis', () => {
  const error = { status: 429, message: 'Rate limit reached' }
  for (const context of [null, { provider: 42, now: 'x' }, { tool: {} }])
    assert.equal(diagnose(error, context as never).category, 'rate_limit')
})

test('colours and the prefixes of builds and clusters change nothing', () => {
  const texts = {
    context_length_exceeded: 'prompt is too long: 213462 tokens > 200000 maximum',
    not_llm_error: 'npm error code E404\nnpm error 404 Not Found - GET https://example.org/x',
  }
  const prefixes = ['2026-02-11T10:38:11.0210000Z ', '[pod/api-7d9/api] ', '> ', '\u001b[31m', '│ ']
  for (const [category, text] of Object.entries(texts))
    for (const prefix of prefixes) {
      const lines = text.split('\n').map((line) => `${prefix}${line}`)
      assert.equal(diagnose(lines.join('\n')).category, category, prefix)
    }
  const cut = '\u001b[31mprompt is too\u001b[0m long: 213462 tokens > 200000 maximum'
  assert.equal(diagnose(cut).category, 'context_length_exceeded')
})
