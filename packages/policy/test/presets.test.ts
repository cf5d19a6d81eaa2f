import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONTENT_PARTS } from '@recount/record'
import {
  type ConditionalRow,
  ceilingPolicy,
  checkPolicy,
  compilePolicy,
  FIELD_TABLE,
  metadataTreatment,
  type NeverRow,
  type Policy,
  PRESETS,
  reaches,
} from '../src/index.ts'
import { call } from './helpers.ts'

const production = compilePolicy(PRESETS.production)
const everyConsent = ['content', 'identity', 'location']
const SETTINGS = new Set(['user_id', 'ip', 'geography', 'metadata'])

for (const row of FIELD_TABLE) {
  test(`${row.log}: ${row.row}`, () => {
    if (row.log === 'always') checkAlways(row.keys)
    else if (row.log === 'never') checkNever(row)
    else checkConditional(row)
  })
}

/** Metadata is on every record that is kept, and no setting names these keys. */
function checkAlways(keys: readonly string[]): void {
  for (const policy of Object.values(PRESETS)) {
    assert.equal(compilePolicy(policy).decide(call(), false).keep, true)
    for (const key of keys) {
      assert.ok(!SETTINGS.has(key))
      assert.notDeepEqual(checkPolicy({ version: 1, defaults: { fields: { [key]: 'drop' } } }), [])
    }
  }
}

function checkNever(row: NeverRow): void {
  for (const facts of [call(), call({ consent: everyConsent }), call({ status: 'error' })]) {
    for (const decision of [production.decide(facts), production.decide(facts, true)]) {
      assert.equal(decision.redact, 'personal')
      if (row.heldBy !== 'content') continue
      for (const part of row.parts ?? []) assert.notEqual(decision.content[part as 'input'], 'text')
    }
  }
  if (row.heldBy === 'record')
    assert.notDeepEqual(checkPolicy({ version: 1, defaults: { fields: { stack: 'keep' } } }), [])
  if (row.heldBy === 'sinks') checkOtherTenants()
}

function checkOtherTenants(): void {
  const policy = compilePolicy({
    version: 1,
    extends: 'production',
    sinks: { a: { tenant: 'acme' } },
  })
  assert.ok(reaches(policy.decide(call({ tenant: 'acme' })), 'a'))
  assert.ok(!reaches(policy.decide(call({ tenant: 'beta', consent: everyConsent })), 'a'))
}

function checkConditional({ consent, parts = [], fields = [] }: ConditionalRow): void {
  const without = production.decide(
    call({ consent: everyConsent.filter((purpose) => purpose !== consent) }),
  )
  const granted = production.decide(call({ consent: [consent] }))
  const nothing = production.decide(call({ consent: [] }))
  for (const part of parts as readonly ['input']) {
    assert.equal(granted.content[part], 'text')
    assert.notEqual(without.content[part], 'text')
    assert.notEqual(nothing.content[part], 'text')
  }
  for (const field of fields as readonly ['ip']) {
    assert.equal(granted.fields[field], 'keep')
    assert.notEqual(without.fields[field], 'keep')
    assert.notEqual(nothing.fields[field], 'keep')
  }
}

test('no preset keeps an upload', () => {
  for (const policy of Object.values(PRESETS)) {
    for (const ask of [undefined, true, 'text', ['files']] as const)
      assert.notEqual(
        compilePolicy(policy).decide(call({ consent: everyConsent }), ask).content.files,
        'text',
      )
  }
})

test('strict keeps no content and no metadata value for any consent', () => {
  const { content, fields, redact } = compilePolicy(PRESETS.strict).decide(
    call({ consent: everyConsent }),
    true,
  )
  assert.deepEqual(new Set(Object.values(content)), new Set(['none']))
  assert.deepEqual(
    [redact, metadataTreatment(fields, 'plan'), metadataTreatment(fields, 'client_ip')],
    ['strict', 'drop', 'drop'],
  )
})

test('development keeps the text of every part but uploads, still without secrets', () => {
  const { content, redact } = compilePolicy(PRESETS.development).decide(call())
  for (const part of CONTENT_PARTS)
    assert.equal(content[part], part === 'files' ? 'digest' : 'text')
  assert.equal(redact, 'secrets')
})

test('addresses and places in metadata follow their own setting', () => {
  const { fields } = production.decide(call())
  for (const key of [
    'ip',
    'client_ip',
    'client.address',
    'X-Forwarded-For',
    'geo.country_iso_code',
    'city',
  ])
    assert.equal(metadataTreatment(fields, key), 'drop', key)
  assert.equal(metadataTreatment(fields, 'plan'), 'treat')
  const located = production.decide(call({ consent: ['location'] })).fields
  assert.equal(metadataTreatment(located, 'city'), 'keep')
  assert.equal(metadataTreatment(located, 'plan'), 'treat')
})

test('metadata keys that are named go before everything else', () => {
  const policy: Policy = {
    version: 1,
    extends: 'production',
    defaults: { fields: { metadata: { city: 'keep', 'internal_*': 'drop', '*': 'treat' } } },
  }
  const { fields } = compilePolicy(policy).decide(call())
  assert.deepEqual(
    ['city', 'internal_cost', 'plan', 'ip'].map((key) => metadataTreatment(fields, key)),
    ['keep', 'drop', 'treat', 'drop'],
  )
})

test('without a policy file production keeps metadata only, whatever is asked', () => {
  const policy = compilePolicy(ceilingPolicy(true))
  for (const ask of [undefined, true, 'text'] as const)
    assert.deepEqual(
      new Set(Object.values(policy.decide(call({ consent: everyConsent }), ask).content)),
      new Set(['none']),
    )
})

test('without a policy file text is kept outside production where it is asked for, and only there', () => {
  const policy = compilePolicy(ceilingPolicy(false))
  assert.deepEqual(new Set(Object.values(policy.decide(call()).content)), new Set(['none']))
  assert.equal(policy.decide(call(), true).content.input, 'text')
  assert.deepEqual(policy.decide(call(), ['output']).content.input, 'none')
})

test('own rules stand before those of the preset, and own defaults above its defaults', () => {
  const policy = compilePolicy({
    version: 1,
    extends: 'production',
    rules: [{ name: 'acme', when: { tenant: 'acme' }, then: { content: 'text' } }],
    defaults: { sinks: ['files'], fields: { ip: 'treat' } },
  })
  const acme = policy.decide(call({ tenant: 'acme', consent: ['content'] }))
  assert.deepEqual([acme.rule, acme.redact, acme.sinks], ['acme', 'personal', ['files']])
  assert.deepEqual([acme.fields.ip, acme.fields.geography], ['treat', 'drop'])
  assert.equal(policy.decide(call({ consent: ['content'] })).rule, 'production/consent to content')
})

test('presets and ceilings are valid', () => {
  const policies = [...Object.values(PRESETS), ceilingPolicy(true), ceilingPolicy(false)]
  for (const policy of policies) assert.deepEqual(checkPolicy(policy), [])
})
