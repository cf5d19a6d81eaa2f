import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { checkPolicy, compilePolicy, findingText, PolicyError, PRESETS } from '../src/index.ts'

const rule = (when: object, then: object): object => ({
  version: 1,
  rules: [{ name: 'acme', when, then }],
})

/** What is wrong, and what a person is told: rule, key, what was expected, what came. */
const WRONG: readonly [string, unknown, string][] = [
  ['a list', [], 'expected `the policy` to be an object, got []'],
  ['no version', {}, 'expected `version` to be a value, got nothing'],
  ['another version', { version: 2 }, 'expected `version` to be 1, got 2'],
  [
    'an unknown preset',
    { version: 1, extends: 'prod' },
    'expected `extends` to be one of production, development, strict, got "prod"',
  ],
  [
    'an unknown part',
    rule({}, { content: { inptu: 'text' } }),
    'rule acme: expected `rules[0].then.content.inptu` to be one of the keys system, input,',
  ],
  [
    'an unknown degree',
    rule({}, { content: 'all' }),
    'rule acme: expected `rules[0].then.content` to be one of none, digest, text, or an object, got "all"',
  ],
  [
    'a number as content',
    rule({}, { content: 3 }),
    'expected `rules[0].then.content` to be one of none, digest, text, or an object, got 3',
  ],
  [
    'uploads as text',
    rule({}, { content: { files: 'text' } }),
    'expected `rules[0].then.content.files` to be one of none, digest, got "text"',
  ],
  [
    'an unknown condition',
    rule({ modle: 'x' }, {}),
    'expected `rules[0].when.modle` to be one of the keys event, provider, model,',
  ],
  [
    'an empty list',
    rule({ model: [] }, {}),
    'expected `rules[0].when.model` to be at least one entry, got []',
  ],
  [
    'a number in a list of names',
    rule({ model: ['a', 3] }, {}),
    'expected `rules[0].when.model[1]` to be a text, got 3',
  ],
  [
    'an unknown event',
    rule({ event: 'call' }, {}),
    'expected `rules[0].when.event` to be one of llm_call_started,',
  ],
  [
    'a comparison with a text',
    rule({ duration_ms: { '>': '5s' } }, {}),
    'expected `rules[0].when.duration_ms[">"]` to be a number, got "5s"',
  ],
  [
    'a share above all',
    rule({ share: 3 }, {}),
    'expected `rules[0].when.share` to be a number <= 1, got 3',
  ],
  [
    'a sample below none',
    rule({}, { sample: -1 }),
    'expected `rules[0].then.sample` to be a number >= 0, or an object, got -1',
  ],
  [
    'an unknown level',
    rule({}, { level: 'loud' }),
    'expected `rules[0].then.level` to be one of debug, info, warn, error, fatal, or "silent", got "loud"',
  ],
  [
    'a moment without an offset',
    rule({}, { until: '2026-12-01T15:00:00' }),
    'expected `rules[0].then.until` to be a moment with its offset, such as 2026-12-01T15:00:00Z',
  ],
  [
    'a moment that does not exist',
    rule({}, { until: '2026-13-41T15:00:00Z' }),
    'expected `rules[0].then.until` to be a moment that exists',
  ],
  [
    'an unknown treatment',
    rule({}, { fields: { metadata: { plan: 'hide' } } }),
    'expected `rules[0].then.fields.metadata.plan` to be one of keep, treat, drop, got "hide"',
  ],
  [
    'no redaction',
    rule({}, { redact: 'none' }),
    'expected `rules[0].then.redact` to be a profile (there is no unredacted setting), got "none"',
  ],
  [
    'until among the defaults',
    { version: 1, defaults: { until: '2026-12-01T15:00:00Z' } },
    'expected `defaults.until` to be one of the keys level, content,',
  ],
  [
    'two rules of one name',
    {
      version: 1,
      rules: [
        { name: 'a', then: {} },
        { name: 'a', then: {} },
      ],
    },
    'rule a: expected `rules[1].name` to be a name that no other rule has, got "a"',
  ],
  [
    'a tenant with the sink of another',
    { version: 1, tenants: { a: { sinks: ['s'] } }, sinks: { s: { tenant: 'b' } } },
    'expected `tenants.a.sinks[0]` to be no sink of the tenant b, got "s"',
  ],
  [
    'a rule that is no object',
    { version: 1, rules: [7] },
    'expected `rules[0]` to be an object, got 7',
  ],
]
for (const [name, policy, message] of WRONG) {
  test(`${name} is refused, and the finding names the rule, the key and what was expected`, () => {
    const [finding, ...others] = checkPolicy(policy)
    assert.ok(finding)
    assert.ok(findingText(finding).includes(message), findingText(finding))
    assert.deepEqual(others, [])
    assert.throws(
      () => compilePolicy(policy as never),
      (error) =>
        error instanceof PolicyError &&
        error.code === 'POLICY_INVALID' &&
        error.findings.length === 1,
    )
  })
}

test('all that is wrong is found at once', () => {
  const findings = checkPolicy(rule({ modle: 'x', share: 2 }, { level: 'loud', sample: 'x' }))
  assert.deepEqual(findings.map(({ key }) => key).sort(), [
    'rules[0].then.level',
    'rules[0].then.sample',
    'rules[0].when.modle',
    'rules[0].when.share',
  ])
})

test('profiles and sinks that are not known are refused where the known ones are told', () => {
  const policy = rule({}, { redact: 'fancy', sinks: ['*', 'tape'] })
  assert.deepEqual(checkPolicy(policy), [])
  const findings = checkPolicy(policy, { profiles: ['personal'], sinks: ['files'] })
  assert.deepEqual(findings.map(findingText), [
    'rule acme: expected `rules[0].then.redact` to be one of personal, got "fancy"',
    'rule acme: expected `rules[0].then.sinks[1]` to be one of files, *, got "tape"',
  ])
})

test('there is no setting under which secrets are not masked', () => {
  for (const word of ['none', 'off', 'raw', 'plain', 'unredacted', 'None', 'disabled'])
    assert.equal(checkPolicy({ version: 1, defaults: { redact: word } }).length, 1, word)
  for (const redact of [false, null, 0, ''])
    assert.equal(checkPolicy({ version: 1, defaults: { redact } }).length, 1)
})

test('the published schema says the same as the compiled validator', () => {
  const file = new URL('../src/schema/policy.json', import.meta.url)
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(file, 'utf8')) as object,
  )
  const semantic = [
    'a moment that does not exist',
    'no redaction',
    'two rules of one name',
    'a tenant with the sink of another',
  ]
  for (const [name, policy] of WRONG) assert.equal(validate(policy), semantic.includes(name), name)
  for (const preset of Object.values(PRESETS)) assert.ok(validate(preset))
})

test('options that are wrong are refused by name', () => {
  for (const options of [{ clock: 3 }, { profiles: 'personal' }, { sinks: [''] }])
    assert.throws(() => compilePolicy({ version: 1 }, options as never), {
      code: 'POLICY_OPTION_INVALID',
    })
})
