import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  checkRules,
  createDiagnoser,
  DiagnoseError,
  type RuleFile,
  readRuleFile,
} from '../src/index.ts'

const OWN: RuleFile = {
  categories: [
    {
      id: 'tenant_over_budget',
      retryable: 'after_change',
      severity: 'warning',
      meaning: 'A tenant has spent its budget.',
      suggestions: ['Ask the account manager.'],
      docs: ['https://wiki.example/budgets'],
    },
  ],
  tables: [
    {
      name: 'our-proxy',
      source: 'https://wiki.example/proxy',
      rules: [
        {
          id: 'budget',
          category: 'tenant_over_budget',
          code: 'TENANT_BUDGET',
          text: 'tenant * is over budget',
        },
      ],
    },
  ],
}

test('rules and categories of a file decide beside the built-in ones', () => {
  const { diagnose, conflicts } = createDiagnoser({ rules: OWN })
  const error = { status: 429, code: 'TENANT_BUDGET', message: 'Tenant acme is over budget' }
  const { category, retryable, severity, suggestions, docs, rule } = diagnose(error)
  assert.deepEqual(
    [category, retryable, severity, rule],
    ['tenant_over_budget', 'after_change', 'warning', 'our-proxy.budget'],
  )
  assert.deepEqual(
    [suggestions, docs],
    [['Ask the account manager.'], ['https://wiki.example/budgets']],
  )
  assert.deepEqual(conflicts, [])
  assert.equal(diagnose({ code: 'insufficient_quota' }).category, 'insufficient_credits')
})

test('a rule that contradicts a built-in one is reported, and holds', () => {
  const rules: RuleFile = {
    tables: [
      {
        name: 'ours',
        source: 'https://wiki.example',
        rules: [{ id: 'quota', category: 'rate_limit', code: 'insufficient_quota' }],
      },
    ],
  }
  const { diagnose, conflicts } = createDiagnoser({ rules })
  assert.deepEqual(conflicts, [
    {
      rule: 'ours.quota',
      other: 'openai.insufficient_quota',
      evidence: 'insufficient_quota',
      category: 'rate_limit',
      otherCategory: 'insufficient_credits',
    },
  ])
  assert.equal(diagnose({ code: 'insufficient_quota' }).category, 'rate_limit')
})

test('two of one’s own rules that contradict each other are reported once', () => {
  const rule = { id: 'a', category: 'rate_limit', code: 'X_LIMIT' }
  const conflicts = checkRules({
    tables: [
      {
        name: 'ours',
        source: 'https://wiki.example',
        rules: [rule, { ...rule, id: 'b', category: 'overloaded' }],
      },
    ],
  })
  assert.deepEqual(
    conflicts.map(({ rule, other }) => [rule, other]),
    [['ours.a', 'ours.b']],
  )
})

test('a file that is not as it must be is refused with the place', () => {
  const wrong: [file: unknown, says: RegExp][] = [
    [
      { tables: [{ name: 'x', source: 's', rules: [{ id: 'a' }] }] },
      /\/tables\/0\/rules\/0.*category/,
    ],
    [
      {
        tables: [{ name: 'x', source: 's', rules: [{ id: 'a', category: 'nonsense', code: 'X' }] }],
      },
      /x\.a.*known one, got nonsense/,
    ],
    [
      { tables: [{ name: 'x', source: 's', rules: [{ id: 'a', category: 'timeout' }] }] },
      /ask for a code, a text or a status/,
    ],
    [
      {
        tables: [{ name: 'x', source: 's', rules: [{ id: 'a', category: 'timeout', text: '*' }] }],
      },
      /whole word/,
    ],
    [{ rules: [] }, /additional/],
  ]
  for (const [file, says] of wrong)
    assert.throws(
      () => checkRules(file),
      (error) =>
        error instanceof DiagnoseError &&
        error.code === 'DIAGNOSE_RULES_INVALID' &&
        says.test(error.message),
    )
})

test('a file that cannot be read, or is no JSON, is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'recount-rules-'))
  try {
    const file = join(folder, 'rules.json')
    assert.throws(() => readRuleFile(file), { code: 'DIAGNOSE_RULES_UNREADABLE' })
    writeFileSync(file, '{')
    assert.throws(() => readRuleFile(file), { code: 'DIAGNOSE_RULES_INVALID' })
    writeFileSync(file, `\uFEFF${JSON.stringify(OWN)}`)
    assert.deepEqual(readRuleFile(file), OWN)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a built-in category that a file defines anew is told of, and the file’s holds', () => {
  const rules: RuleFile = {
    categories: [{ id: 'rate_limit', retryable: 'no', severity: 'info', meaning: 'Ours.' }],
  }
  const { diagnose, redefined } = createDiagnoser({ rules })
  assert.deepEqual(redefined, ['rate_limit'])
  assert.equal(diagnose({ status: 429, message: 'Too many requests' }).retryable, 'no')
  assert.deepEqual(createDiagnoser({ rules: OWN }).redefined, [])
})

test('a category that a file has twice is refused', () => {
  const [category] = OWN.categories ?? []
  const rules = { categories: [category, category] }
  assert.throws(() => checkRules(rules), { code: 'DIAGNOSE_RULES_INVALID' })
})
