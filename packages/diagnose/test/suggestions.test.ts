import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, toRecord } from '../src/index.ts'

test('what to do is said with the numbers of this error', () => {
  const cases: [message: string, first: string][] = [
    [
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 8227 tokens.",
      '8,227 tokens in a window of 8,192: drop at least 35.',
    ],
    [
      'prompt is too long: 213462 tokens > 200000 maximum',
      '213,462 tokens in a window of 200,000: drop at least 13,462.',
    ],
    [
      'The input token count (5911388) exceeds the maximum number of tokens allowed (1048576).',
      '5,911,388 tokens in a window of 1,048,576: drop at least 4,862,812.',
    ],
    [
      'max_tokens is too large: 6000. This model supports at most 4096 completion tokens, whereas you provided 6000.',
      'Set max_tokens to 4,096 or less.',
    ],
    ['Rate limit reached. Please try again in 20s.', 'Try again in 20 s.'],
  ]
  for (const [message, first] of cases) assert.equal(diagnose(message).suggestions[0], first)
})

test('no suggestion has a place that was not filled in', () => {
  for (const message of [
    'context_length_exceeded',
    'overloaded',
    'insufficient_quota',
    'model_not_found',
  ])
    for (const line of diagnose(message).suggestions) assert.doesNotMatch(line, /[{}]/)
})

test('links are those of the provider that answered', () => {
  const error = {
    status: 429,
    error: { type: 'error', error: { type: 'rate_limit_error', message: 'Too many requests' } },
  }
  for (const link of diagnose(error, { provider: 'anthropic' }).docs)
    assert.match(link, /anthropic|claude|langchain/)
  assert.match(
    diagnose({ status: 429, message: 'Rate limit reached for model' }, { provider: 'groq' })
      .docs[0] ?? '',
    /groq/,
  )
})

test('every verdict says by what', () => {
  const { evidence, confidence, rule } = diagnose({
    status: 429,
    error: { message: 'x', code: 'insufficient_quota' },
  })
  assert.deepEqual(evidence.slice(0, 1), ['error.code is “insufficient_quota”'])
  assert.equal(rule, 'openai.insufficient_quota')
  assert.ok(confidence > 0.9)
  assert.ok(
    diagnose({ status: 429, message: 'nothing more' }, { provider: 'openai' }).confidence < 0.5,
  )
})

test('model and request id are read from wherever they stand', () => {
  const error = {
    status: 404,
    message: 'The model `gpt-5-turbo` does not exist',
    headers: { 'x-request-id': 'req_abcdef123456' },
  }
  const { model, requestId } = diagnose(error)
  assert.deepEqual([model, requestId], ['gpt-5-turbo', 'req_abcdef123456'])
  assert.equal(diagnose(error, { model: 'mine' }).model, 'mine')
})

test('a diagnosis becomes the record’s, key by key', () => {
  const recorded = toRecord(diagnose('Rate limit reached. Please try again in 20s.'))
  assert.deepEqual(Object.keys(recorded), [
    'category',
    'retryable',
    'retry_after_ms',
    'suggestions',
    'docs',
  ])
  assert.equal(recorded.retry_after_ms, 20_000)
})
