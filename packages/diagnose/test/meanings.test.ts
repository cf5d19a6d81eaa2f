import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from '../src/index.ts'

test('a proxy that wants a password wants it the next time, too', () => {
  for (const error of [
    { name: 'ProxyError', message: 'Proxy Authentication Required', status: 407 },
    "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication Required'))",
    { status: 407, message: 'no body' },
  ])
    assert.equal(diagnose(error, { provider: 'openai' }).retryable, 'after_change')
  const reset = { name: 'ProxyError', message: 'Cannot connect to proxy: connection reset' }
  assert.equal(diagnose(reset, { provider: 'openai' }).retryable, 'after_delay')
})

test('Gemini’s numbers for why it stopped say what its words say', () => {
  const stopped = (reason: number): object => ({
    candidates: [{ finishReason: reason, content: {} }],
  })
  for (const [reason, category] of [
    [2, 'output_truncated'],
    [3, 'content_filter'],
    [4, 'content_filter'],
  ] as const) {
    assert.equal(diagnose(stopped(reason), { provider: 'google' }).category, category)
    const text = `Invalid operation: The response.text quick accessor requires the response to contain a valid Part, but none were returned. The candidate's [finish_reason](https://ai.google.dev/api/generate-content#finishreason) is ${reason}.`
    assert.equal(diagnose(text.replace(/\]\([^)]+\)/, ']')).category, category)
    assert.equal(diagnose(`finish_reason: ${reason}`, { provider: 'google' }).category, category)
  }
})

test('LiteLLM’s router that has no deployment left says when to come back', () => {
  const text =
    'litellm.types.router.RouterRateLimitError: No deployments available for selected model, Try again in 60 seconds. Passed model=claude-haiku.'
  for (const error of [
    text,
    { name: 'RouterRateLimitError', message: text },
    `litellm.proxy: 429: ${JSON.stringify({ error: { message: text, type: 'None', param: 'None', code: '429' } })}`,
  ]) {
    const { category, retryable, retryAfterMs } = diagnose(error)
    assert.deepEqual([category, retryable, retryAfterMs], ['rate_limit', 'after_delay', 60_000])
  }
})
