import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from '../src/index.ts'

const NOW = Date.UTC(2026, 10, 21, 10, 0, 0)

function waitOf(error: object, provider = 'openai'): number | null {
  return diagnose({ status: 429, message: 'Rate limit reached', ...error }, { provider, now: NOW })
    .retryAfterMs
}

test('headers say when to come back in every spelling', () => {
  const cases: [headers: Record<string, string>, ms: number][] = [
    [{ 'retry-after-ms': '1500' }, 1500],
    [{ 'Retry-After': '20' }, 20_000],
    [{ 'retry-after': new Date(NOW + 90_000).toUTCString() }, 90_000],
    [{ 'retry-after': '20', 'retry-after-ms': '800' }, 800],
    [{ 'x-ratelimit-reset-requests': '6s' }, 6000],
    [{ 'x-ratelimit-reset-tokens': '1m2.5s' }, 62_500],
    [{ 'x-ratelimit-reset-requests': '17ms' }, 17],
    [{ 'x-ratelimit-reset': String((NOW + 5000) / 1000) }, 5000],
    [{ 'x-ratelimit-reset': String(NOW + 5000) }, 5000],
    [{ 'anthropic-ratelimit-requests-reset': new Date(NOW + 30_000).toISOString() }, 30_000],
    [
      {
        'x-ratelimit-reset-requests': '90s',
        'x-ratelimit-remaining-requests': '7',
        'x-ratelimit-reset-tokens': '3s',
        'x-ratelimit-remaining-tokens': '0',
      },
      3000,
    ],
  ]
  for (const [headers, ms] of cases) assert.equal(waitOf({ headers }), ms, JSON.stringify(headers))
  assert.equal(waitOf({ headers: new Headers({ 'retry-after': '3' }) }), 3000)
})

test('messages say when to come back in every spelling', () => {
  const cases: [message: string, ms: number][] = [
    ['Rate limit reached. Please try again in 9.816s.', 9816],
    ['Rate limit reached. Please try again in 4m3.2s.', 243_200],
    ['Rate limit reached. Try again in 23h 59m', 86_340_000],
    ['Rate limit reached. Please retry after 26 seconds.', 26_000],
    ['Rate limit reached. Please wait 2 minutes and try again', 120_000],
    ['Rate limit reached. Please try again in 250ms', 250],
    ['Usage limit reached, resets in 12h', 43_200_000],
    [`Claude AI usage limit reached|${NOW / 1000 + 60}`, 60_000],
    ['You hit your limit, resets 8:30pm (Asia/Tokyo)', 90 * 60_000],
  ]
  for (const [message, ms] of cases) assert.equal(waitOf({ message }), ms, message)
})

test('Google’s and Hugging Face’s fields say when to come back', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.07s' }]
  assert.equal(
    waitOf(
      { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'quota', details } },
      'google',
    ),
    34_070,
  )
  assert.equal(
    waitOf(
      { status: 503, message: "{'error': 'Model x is currently loading', 'estimated_time': 20.0}" },
      'huggingface',
    ),
    20_000,
  )
})

test('what is not the provider’s word is not taken for it', () => {
  assert.equal(waitOf({ message: 'Retrying in 4.0 seconds as it raised RateLimitError' }), null)
  assert.equal(
    waitOf(
      { status: 400, code: 'tool_use_failed', headers: { 'x-ratelimit-reset-requests': '6s' } },
      'groq',
    ),
    null,
  )
  assert.equal(
    waitOf({ status: 401, message: 'Incorrect API key provided', headers: { 'retry-after': '5' } }),
    null,
  )
})

test('credits that come back by themselves are the one case where money is worth waiting for', () => {
  const broke = { status: 402, message: 'Insufficient credits' }
  assert.equal(diagnose(broke, { provider: 'openrouter' }).retryable, 'after_change')
  const held = diagnose({ ...broke, headers: { 'retry-after': '7' } }, { provider: 'openrouter' })
  assert.deepEqual([held.retryable, held.retryAfterMs], ['after_delay', 7000])
})

test('a request larger than a minute allows is told from one that comes too early', () => {
  const said = (requested: number): string =>
    `Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested ${requested}.`
  assert.equal(diagnose(said(31_538)).category, 'request_over_tpm_limit')
  assert.equal(diagnose(said(29_000)).category, 'rate_limit')
})
