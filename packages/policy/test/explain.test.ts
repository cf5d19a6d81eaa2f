import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy, factsOf } from '../src/index.ts'
import { call } from './helpers.ts'

const policy = compilePolicy(
  {
    version: 1,
    rules: [
      { name: 'over', when: { tenant: 'acme' }, then: { until: '2026-01-01T12:00:00Z' } },
      { name: 'slow ones', when: { tenant: 'acme', duration_ms: { '>': 5000 } }, then: {} },
      {
        name: 'acme',
        when: { tenant: 'acme', model: 'gpt-*' },
        then: { content: 'text', sample: { calls: 0.5 } },
      },
    ],
  },
  { clock: () => Date.parse('2026-01-01T11:00:00Z') },
)

test('an explanation names the rule, its conditions, and why the rules before it did not decide', () => {
  const facts = call({ tenant: 'acme', model: 'gpt-4o', duration_ms: 80 })
  const later = compilePolicy({
    version: 1,
    rules: [{ name: 'acme', when: { model: 'gpt-*' }, then: {} }],
  })
  assert.equal(policy.explain(facts).rule, 'over')
  const { rule, because, passed } = later.explain(call({ model: 'gpt-4o' }))
  assert.equal(rule, 'acme')
  assert.deepEqual(because, [{ key: 'model', expected: 'gpt-*', actual: 'gpt-4o' }])
  assert.deepEqual(passed, [])
})

test('a rule whose time is over is said to have ended', () => {
  let now = Date.parse('2026-01-01T11:00:00Z')
  const timed = compilePolicy(
    {
      version: 1,
      rules: [
        { name: 'over', then: { content: 'text', until: '2026-01-01T12:00:00Z' } },
        { name: 'slow', when: { duration_ms: { '>': 5000 } }, then: {} },
      ],
    },
    { clock: () => now },
  )
  now += 3_600_000
  const { rule, passed } = timed.explain(call({ duration_ms: 80 }))
  assert.equal(rule, 'defaults')
  assert.deepEqual(passed, [
    { rule: 'over', ended: now },
    { rule: 'slow', failed: { key: 'duration_ms', expected: { '>': 5000 }, actual: 80 } },
  ])
})

test('what is not known of a record is null in its explanation', () => {
  const { passed } = policy.explain(call())
  assert.deepEqual(passed[1]?.failed, { key: 'tenant', expected: 'acme', actual: null })
})

test('an explanation says that less was asked for, that the level was not reached, and that errors are kept', () => {
  const quiet = compilePolicy({
    version: 1,
    rules: [{ then: { level: 'error', content: 'text' } }],
  })
  assert.match(quiet.explain(call({ level: 30 })).notes.join('\n'), /earned less than error/)
  assert.match(
    quiet.explain(call({ level: 50 }), false).notes.join('\n'),
    /less content was asked for/,
  )
  assert.match(
    quiet.explain(call({ level: 50, status: 'error' })).notes.join('\n'),
    /errors and slow calls/,
  )
})

test('a line of a log gives its facts, and a value of the wrong type none', () => {
  const facts = factsOf({
    event: 'llm_call',
    tenant_id: 'acme',
    user_id: 'u1',
    prompt: { name: 'triage', version: 3 },
    context_window: { used: 0.9 },
    consent: ['content', 7],
    model: 12,
    cost_usd: null,
  })
  assert.deepEqual(facts, {
    event: 'llm_call',
    tenant: 'acme',
    user: 'u1',
    prompt: 'triage',
    context_share: 0.9,
    consent: ['content'],
  })
  assert.equal(factsOf({}).event, '')
})
