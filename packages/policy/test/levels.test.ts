import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProvidersDown, createSlowCalls, earnedLevel, type LevelFacts } from '../src/index.ts'

const LEVELS: readonly [string, LevelFacts, string][] = [
  ['a chain step', { event: 'step', status: 'ok' }, 'debug'],
  ['a call', { event: 'llm_call', status: 'ok' }, 'info'],
  ['a call that the caller stopped', { event: 'llm_call', status: 'aborted' }, 'info'],
  ['a second attempt', { event: 'llm_call', status: 'ok', attempt: 2 }, 'warn'],
  ['a retry', { event: 'llm_call', status: 'ok', retry: true }, 'warn'],
  ['a fallback', { event: 'llm_call', status: 'ok', fallback: true }, 'warn'],
  ['a slow call', { event: 'llm_call', status: 'ok', slow: true }, 'warn'],
  ['a context window over 80 %', { event: 'llm_call', context_share: 0.81 }, 'warn'],
  ['a context window at 80 %', { event: 'llm_call', context_share: 0.8 }, 'info'],
  ['a failed validation', { event: 'validation', passed: false }, 'warn'],
  [
    'an invalid answer that reached the user',
    { event: 'final_response', passed: false, reached_user: true },
    'error',
  ],
  ['a failed call', { event: 'llm_call', status: 'error' }, 'error'],
  ['an answer that was cut off', { event: 'llm_call', status: 'partial' }, 'error'],
  ['a content filter', { event: 'llm_call', finish_reason: 'content_filter' }, 'error'],
  ['a failed step', { event: 'step', status: 'error' }, 'error'],
  ['all providers down', { event: 'llm_call', incident: 'providers_down' }, 'fatal'],
  ['a cost budget exceeded', { event: 'llm_call', incident: 'budget_exceeded' }, 'fatal'],
  ['a broken data pipeline', { event: 'records_dropped', incident: 'pipeline_broken' }, 'fatal'],
  ['an audit log that cannot write', { event: 'llm_call', incident: 'audit_unwritable' }, 'fatal'],
]
for (const [name, facts, level] of LEVELS) {
  test(`${name} earns ${level}`, () => assert.equal(earnedLevel(facts).level, level))
}

test('all that earned a level is named, the worst first', () => {
  const facts = { event: 'llm_call', status: 'error', attempt: 3, slow: true } as const
  assert.deepEqual(earnedLevel(facts).reasons, ['failed', 'retry', 'slow'])
})

const MINUTE = 60_000

test('slow is over the bound, warm or not', () => {
  const calls = createSlowCalls({ boundMs: 1000 })
  assert.equal(calls.isSlow('m', 1001, 'ok'), true)
  assert.equal(calls.isSlow('m', 1000, 'ok'), false)
})

test('before the warm-up the p95 says nothing, after it about one in twenty is slow', () => {
  let now = 0
  const calls = createSlowCalls({ clock: () => now })
  let slow = 0
  for (let i = 0; i < 2000; i++) {
    now += 10
    const isSlow = calls.isSlow('m', 100 + ((i * 7919) % 1000), 'ok')
    if (i < 100) assert.deepEqual([isSlow, calls.p95('m') === null], [false, i < 99])
    else if (isSlow) slow += 1
  }
  assert.ok(slow > 1900 * 0.02 && slow < 1900 * 0.06, `${slow} of 1900`)
  const p95 = calls.p95('m') ?? 0
  assert.ok(Math.abs(p95 / 1050 - 1) < 0.03, `${p95}`)
})

test('calls that all take the same time are never slow', () => {
  const calls = createSlowCalls({ warmup: 10, clock: () => 0 })
  for (let i = 0; i < 1000; i++) assert.equal(calls.isSlow('m', 250, 'ok'), false)
  assert.equal(calls.isSlow('m', 300, 'ok'), true)
})

test('what is usual moves with time, and is forgotten after the window', () => {
  let now = 0
  const calls = createSlowCalls({ warmup: 50, windowMs: 10 * MINUTE, clock: () => now })
  for (let i = 0; i < 100; i++) calls.isSlow('m', 100, 'ok')
  assert.equal(calls.isSlow('m', 500, 'ok'), true)
  now += 6 * MINUTE
  for (let i = 0; i < 100; i++) calls.isSlow('m', 500, 'ok')
  now += 5 * MINUTE
  assert.equal(calls.isSlow('m', 505, 'ok'), false)
  now += 30 * MINUTE
  assert.equal(calls.p95('m'), null)
})

test('each model has its own usual; failed calls do not change it and can be slow', () => {
  const calls = createSlowCalls({ warmup: 20, clock: () => 0 })
  for (let i = 0; i < 50; i++) calls.isSlow('fast', 100, 'ok')
  for (let i = 0; i < 500; i++) calls.isSlow('fast', 60_000, 'error')
  assert.equal(calls.isSlow('fast', 200, 'error'), true)
  assert.equal(calls.isSlow('other', 200, 'ok'), false)
  assert.equal(calls.isSlow('fast', Number.NaN, 'ok'), false)
})

test('models without end take no memory without end', () => {
  const calls = createSlowCalls({ warmup: 1, clock: () => 0 })
  for (let i = 0; i < 1000; i++) calls.isSlow(`m${i}`, 100, 'ok')
  assert.deepEqual([calls.p95('m0'), typeof calls.p95('m999')], [null, 'number'])
})

test('all providers are down when each has only failed, once, and up when one answers', () => {
  let now = 0
  const down = createProvidersDown({ clock: () => now })
  const failed = { ok: false, retryable: true }
  assert.equal(down.note('openai', { ok: true }), null)
  assert.equal(down.note('anthropic', failed), null)
  now += 6 * MINUTE
  assert.equal(down.note('anthropic', failed), 'down')
  assert.equal(down.note('openai', failed), null)
  assert.equal(down.note('anthropic', failed), null)
  assert.equal(down.note('openai', { ok: true }), 'up')
  assert.equal(down.note('anthropic', failed), null)
})

test('failures of the application’s own making are not providers being down', () => {
  const down = createProvidersDown({ clock: () => 0 })
  assert.equal(down.note('openai', { ok: false, retryable: false }), null)
  assert.equal(down.note('openai', { ok: false, retryable: true }), 'down')
})

test('more failures can be asked for', () => {
  const down = createProvidersDown({ leastFailures: 3, clock: () => 0 })
  const noted = [1, 2, 3].map(() => down.note('openai', { ok: false, retryable: true }))
  assert.deepEqual(noted, [null, null, 'down'])
})

test('options that are wrong are refused by name', () => {
  const refused = { code: 'POLICY_OPTION_INVALID' }
  assert.throws(() => createSlowCalls({ warmup: -1 }), refused)
  assert.throws(() => createSlowCalls({ boundMs: 'x' as never }), refused)
  assert.throws(() => createProvidersDown({ windowMs: Number.NaN }), refused)
})
