import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyNotes } from '../src/index.ts'

const NOW = Date.parse('2026-12-01T00:00:00Z')

test('rules that can never decide, and rules that have ended, are named', () => {
  const notes = policyNotes(
    {
      version: 1,
      extends: 'production',
      rules: [
        { name: 'over', then: { until: '2026-11-01T00:00:00Z' } },
        { name: 'boxed', then: { until: '2027-01-01T00:00:00Z' } },
        { name: 'all', when: {}, then: {} },
        { when: { tenant: 'acme' }, then: {} },
      ],
    },
    NOW,
  )
  assert.deepEqual(notes, [
    'rule over ended at 2026-11-01T00:00:00Z; it can be removed',
    'rule rules[3] never decides, because rule all before it always holds',
    'the rules of production never decide, because rule all always holds',
  ])
})

test('a policy whose every rule can decide has no notes', () => {
  const rules = [{ when: { tenant: 'acme' }, then: {} }, { then: {} }]
  assert.deepEqual(policyNotes({ version: 1, rules }, NOW), [])
})
