import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONTENT_PARTS } from '@recount/record'
import { compilePolicy, type Facts, type Policy, type Rule, reaches } from '../src/index.ts'
import { call, traceIds } from './helpers.ts'

const compile = (rules: Rule[], rest: Partial<Policy> = {}) =>
  compilePolicy({ version: 1, rules, ...rest })
const textParts = (content: Readonly<Record<string, string>>): string[] =>
  Object.keys(content).filter((part) => content[part] === 'text')

test('the first rule that holds decides, and says its name', () => {
  const policy = compile([
    { name: 'acme', when: { tenant: 'acme' }, then: { content: 'text' } },
    { name: 'anybody', when: { tenant: '*' }, then: { content: 'digest' } },
    { name: 'late', when: { tenant: 'acme' }, then: { content: 'none' } },
  ])
  assert.equal(policy.decide(call({ tenant: 'acme' })).rule, 'acme')
  assert.equal(policy.decide(call({ tenant: 'other' })).rule, 'anybody')
})

test('without a rule that holds nothing but metadata is kept, and the rule is called defaults', () => {
  const decision = compile([]).decide(call())
  assert.equal(decision.rule, 'defaults')
  assert.equal(decision.keep, true)
  assert.deepEqual(new Set(Object.values(decision.content)), new Set(['none']))
})

test('what a rule does not say comes from the defaults', () => {
  const policy = compile([{ when: { tenant: 'acme' }, then: { level: 'warn' } }], {
    defaults: { content: { input: 'text' }, redact: 'strict', sinks: ['files'] },
  })
  const { content, redact, sinks, level } = policy.decide(call({ tenant: 'acme' }))
  assert.deepEqual(textParts(content), ['input'])
  assert.deepEqual([redact, sinks, level], ['strict', ['files'], 'warn'])
})

const CONDITIONS: readonly [string, Rule['when'] & object, Partial<Facts>, Partial<Facts>][] = [
  ['event', { event: ['tool_call', 'llm_call'] }, {}, { event: 'step' }],
  ['provider', { provider: 'open*' }, { provider: 'openai' }, { provider: 'anthropic' }],
  ['model', { model: ['gpt-*', '!gpt-3*'] }, { model: 'gpt-4o' }, { model: 'gpt-3.5' }],
  ['tenant', { tenant: ['a', 'b'] }, { tenant: 'b' }, { tenant: 'c' }],
  ['user', { user: 'u-*-test' }, { user: 'u-17-test' }, { user: 'u-17' }],
  ['step', { step: '*parse*' }, { step: 'reparse-all' }, { step: 'search' }],
  ['prompt', { prompt: 'triage' }, { prompt: 'triage' }, { prompt: 'triage-2' }],
  ['environment', { environment: '!production' }, { environment: 'test' }, {}],
  ['status', { status: ['error', 'partial'] }, { status: 'partial' }, { status: 'aborted' }],
  ['finish reason', { finish_reason: 'length' }, { finish_reason: 'length' }, {}],
  ['duration', { duration_ms: { '>=': 5000 } }, { duration_ms: 5000 }, { duration_ms: 4999 }],
  ['TTFT', { ttft_ms: { '>': 1, '<': 3 } }, { ttft_ms: 2 }, { ttft_ms: 3 }],
  ['tokens', { tokens: { '>': 100 } }, { input_tokens: 60, output_tokens: 41 }, {}],
  ['input tokens', { input_tokens: { '<=': 5 } }, { input_tokens: 5 }, { input_tokens: null }],
  ['output tokens', { output_tokens: 0 }, { output_tokens: 0 }, { output_tokens: 1 }],
  ['context share', { context_share: { '>': 0.8 } }, { context_share: 0.9 }, {}],
  ['cost', { cost_usd: { '>': 0.5 } }, { cost_usd: 0.6 }, { cost_usd: null }],
  ['attempt', { attempt: { '>': 1 } }, { attempt: 2 }, { attempt: 1 }],
  ['consent', { consent: ['a', 'b'] }, { consent: ['b', 'c', 'a'] }, { consent: ['a'] }],
  ['no consent', { consent: '!ads' }, { consent: [] }, { consent: ['ads'] }],
  ['slow', { slow: true }, { slow: true }, { slow: false }],
]
for (const [name, when, holding, failing] of CONDITIONS) {
  test(`a rule can ask for ${name}, and what is not known does not match`, () => {
    const policy = compile([{ name: 'asked', when, then: {} }])
    assert.equal(policy.decide(call(holding)).rule, 'asked')
    assert.equal(policy.decide(call(failing)).rule, 'defaults')
    if (name !== 'event') assert.equal(policy.decide({ event: 'llm_call' }).rule, 'defaults')
  })
}

test('a long name is matched in time that grows with its length, not faster', () => {
  const policy = compile([{ when: { user: `${'*a'.repeat(40)}*b` }, then: {} }])
  assert.equal(policy.decide(call({ user: 'a'.repeat(200_000) })).rule, 'defaults')
})

test('content by part: the most exact name wins, and parts that are not named are none', () => {
  const policy = compile([
    {
      when: { tenant: 'a' },
      then: { content: { raw: 'digest', raw_response: 'text', '*': 'none' } },
    },
    { then: { content: { input: 'text' } } },
  ])
  const { content } = policy.decide(call({ tenant: 'a' }))
  assert.deepEqual(
    [content.raw_request, content.raw_response, content.input],
    ['digest', 'text', 'none'],
  )
  assert.deepEqual(textParts(policy.decide(call()).content), ['input'])
})

test('uploads are never text, whatever a rule or a caller says', () => {
  const policy = compile([{ then: { content: { '*': 'text' } } }])
  assert.equal(policy.decide(call(), true).content.files, 'digest')
  assert.equal(
    compile([{ then: { content: 'text' } }]).decide(call(), 'text').content.files,
    'digest',
  )
})

test('a caller can ask for less content and never for more', () => {
  const policy = compile([{ then: { content: { input: 'text', output: 'digest' } } }])
  const asked = (ask: Parameters<typeof policy.decide>[1]) => policy.decide(call(), ask).content
  assert.deepEqual(asked(true), asked(undefined))
  assert.deepEqual(asked('text'), asked(undefined))
  assert.deepEqual(new Set(Object.values(asked(false))), new Set(['none']))
  assert.equal(asked('digest').input, 'digest')
  assert.deepEqual(textParts(asked(['input', 'system'])), ['input'])
  assert.equal(asked(['output']).output, 'digest')
  assert.equal(asked({ input: 'none', '*': 'text' }).input, 'none')
  for (const nonsense of ['everything', 7, null, { input: 'all' }])
    assert.deepEqual(new Set(Object.values(asked(nonsense as never))), new Set(['none']))
})

test('a caller cannot switch metadata off', () => {
  const policy = compile([{ then: { content: 'text' } }])
  for (const ask of [false, 'none', []] as const) {
    const decision = policy.decide(call(), ask)
    assert.equal(decision.keep, true)
    assert.deepEqual(decision.sinks, ['*'])
    assert.deepEqual(decision.fields, policy.decide(call()).fields)
  }
})

test('where asking is required, nothing asked means nothing kept', () => {
  const policy = compile([{ then: { content: 'text' } }], { asking: 'required' })
  assert.deepEqual(new Set(Object.values(policy.decide(call()).content)), new Set(['none']))
  assert.deepEqual(textParts(policy.decide(call(), ['input']).content), ['input'])
})

test('records that earn less than the level are not kept, and silent keeps none', () => {
  const policy = compile([
    { when: { tenant: 'quiet' }, then: { level: 'silent', content: 'text' } },
    { then: { level: 'warn', content: 'text' } },
  ])
  const decided = [20, 30, 40, 50].map((level) => policy.decide(call({ level })).keep)
  assert.deepEqual(decided, [false, false, true, true])
  const silent = policy.decide(call({ tenant: 'quiet', level: 60 }))
  assert.deepEqual([silent.keep, textParts(silent.content)], [false, []])
})

test('records about the recording itself are kept whatever the policy says', () => {
  const policy = compile([{ then: { level: 'silent', sample: { events: 0, calls: 0 } } }])
  for (const event of ['policy_changed', 'records_dropped', 'erased'])
    assert.equal(policy.decide({ event }).keep, true)
})

test('a rule with until ends by itself', () => {
  let now = Date.parse('2026-12-01T14:59:59Z')
  const policy = compilePolicy(
    {
      version: 1,
      rules: [
        {
          name: 'debug',
          when: { tenant: 'acme' },
          then: { content: 'text', until: '2026-12-01T15:00:00Z' },
        },
      ],
    },
    { clock: () => now },
  )
  assert.equal(policy.decide(call({ tenant: 'acme' })).content.input, 'text')
  assert.equal(policy.until, Date.parse('2026-12-01T15:00:00Z'))
  now += 1000
  assert.equal(policy.decide(call({ tenant: 'acme' })).content.input, 'none')
  assert.equal(policy.decideStart(call({ tenant: 'acme' })).content.input, 'none')
})

test('rules are numbered as the file has them, also when one before them has ended', () => {
  const policy = compile([
    { then: { until: '2001-01-01T00:00:00Z' } },
    { when: { tenant: 'a' }, then: {} },
  ])
  assert.equal(policy.decide(call({ tenant: 'a' })).rule, 'rules[1]')
})

test('decisions are shared and frozen: deciding makes no new ones', () => {
  const policy = compile([
    { when: { status: 'error' }, then: { content: 'text' } },
    { then: { content: 'digest', sample: 0.5 } },
  ])
  const [trace_id] = traceIds(1)
  const facts = call({ trace_id, status: 'ok' })
  assert.equal(policy.decide(facts), policy.decide({ ...facts }))
  assert.equal(policy.decideStart(facts), policy.decideStart({ ...facts }))
  assert.equal(policy.decide(facts, ['input']), policy.decide(facts, ['input']))
  assert.ok(Object.isFrozen(policy.decide(facts)) && Object.isFrozen(policy.decide(facts).content))
})

test('a changed policy object does not change what was compiled', () => {
  const source: Policy = { version: 1, rules: [{ then: { content: 'none', sinks: ['a'] } }] }
  const policy = compilePolicy(source)
  source.rules?.[0]?.then.sinks?.push('b')
  assert.deepEqual(policy.decide(call()).sinks, ['a'])
})

test('a tenant has its own profile, level and sinks, and no sink of another tenant', () => {
  const policy = compile([{ when: { step: 'x' }, then: { redact: 'secrets', sinks: ['*'] } }], {
    tenants: { acme: { redact: 'strict', level: 'warn', sinks: ['acme-file', 'shared'] } },
    sinks: { 'acme-file': { tenant: 'acme' }, 'beta-file': { tenant: 'beta' } },
  })
  const acme = policy.decide(call({ tenant: 'acme', step: 'x' }))
  assert.deepEqual([acme.redact, acme.level], ['strict', 'warn'])
  const reached = (tenant?: string) =>
    ['acme-file', 'beta-file', 'shared', 'other'].filter((sink) =>
      reaches(policy.decide(call({ tenant, step: 'x' })), sink),
    )
  assert.deepEqual(reached('acme'), ['acme-file', 'shared'])
  assert.deepEqual(reached('beta'), ['beta-file', 'shared', 'other'])
  assert.deepEqual(reached('gamma'), ['shared', 'other'])
  assert.deepEqual(reached(undefined), ['shared', 'other'])
})

test('a tenant called as something every object has is a tenant like any other', () => {
  const policy = compile([], { tenants: { acme: { redact: 'strict' } } })
  for (const tenant of ['__proto__', 'constructor', 'toString'])
    assert.equal(policy.decide(call({ tenant })).redact, 'personal')
})

test('every part of content is decided', () => {
  const { content, held } = compile([]).decide(call())
  assert.deepEqual(Object.keys(content), [...CONTENT_PARTS])
  assert.deepEqual(Object.keys(held), [...CONTENT_PARTS])
})
