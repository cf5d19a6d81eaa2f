import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { CATEGORIES, type Diagnosis, diagnose, RULE_TABLES } from '../src/index.ts'
import { type Labelled, labelledErrors, wantedRetry } from './corpus.ts'
import { needsData } from './data-set.ts'
import { withoutTable } from './leave-out.ts'

const NOW = Date.UTC(2026, 10, 21)
let judged: { row: Labelled; diagnosis: Diagnosis }[] = []

before(() => {
  if (needsData.skip !== false) return
  judged = labelledErrors().map((row) => ({ row, diagnosis: diagnose(row.input, { now: NOW }) }))
})

test('of 100 real errors at least 95 get the category that people gave them', needsData, () => {
  assert.ok(share(({ row, diagnosis }) => diagnosis.category === row.label) >= 0.95)
})

test('of 100 real errors at least 97 get the right retry decision', needsData, () => {
  assert.ok(share(({ row, diagnosis }) => diagnosis.retryable === wantedRetry(row)) >= 0.97)
})

test('of 100 real errors at most one is tried again in vain', needsData, () => {
  const wrongly = share(
    ({ row, diagnosis }) =>
      diagnosis.retryable === 'after_delay' && wantedRetry(row) !== 'after_delay',
  )
  assert.ok(wrongly <= 0.01)
})

test('no error of another system is taken for one of a model', needsData, () => {
  const taken = judged.filter(
    ({ row, diagnosis }) => row.label === 'not_llm_error' && diagnosis.category !== 'not_llm_error',
  )
  assert.deepEqual(
    taken.map(({ row }) => row.id),
    [],
  )
})

test(
  'whoever made the errors, without the provider’s name nine in ten are still known',
  needsData,
  () => {
    const known = labelledErrors().filter((row) => {
      const { provider: _, ...nameless } = row.input as { provider: string }
      return diagnose(nameless).category === row.label
    })
    assert.ok(known.length / judged.length >= 0.95)
  },
)

test('a provider’s errors are known without the provider’s own table', needsData, (context) => {
  const rows = labelledErrors()
  let right = 0
  for (const provider of new Set(rows.map((row) => row.provider))) {
    const diagnose = withoutTable(provider)
    const own = rows.filter((row) => row.provider === provider)
    const known = own.filter((row) => diagnose(row.input).category === row.label).length
    right += known
    context.diagnostic(`${provider}: ${known} of ${own.length} without its own table`)
  }
  context.diagnostic(`together: ${Math.round((1000 * right) / rows.length) / 10} %`)
  assert.ok(right / rows.length >= 0.8)
})

test('when to come back is read wherever it stands', needsData, () => {
  const told = judged.filter(({ row }) => row.retry_after_s !== null)
  assert.ok(told.length >= 8)
  for (const { row, diagnosis } of told)
    assert.ok(
      Math.abs((diagnosis.retryAfterMs ?? 0) - (row.retry_after_s ?? 0) * 1000) < 600,
      row.id,
    )
})

test('a rule that knows exactly one of the errors says where it is documented', needsData, () => {
  const counts = new Map<string, number>()
  for (const { diagnosis } of judged)
    if (diagnosis.rule !== null) counts.set(diagnosis.rule, (counts.get(diagnosis.rule) ?? 0) + 1)
  const sources = new Map<string, string>(
    RULE_TABLES.flatMap((table) =>
      table.rules.map((rule) => [`${table.name}.${rule.id}`, rule.source ?? table.source] as const),
    ),
  )
  for (const [rule, count] of counts)
    if (count === 1) assert.match(sources.get(rule) ?? '', /^(?:https:\/\/|npm:)\S+/, rule)
})

test(
  'every category has a row of the taxonomy, with its retry decision and severity',
  needsData,
  async () => {
    const { readFile } = await import('node:fs/promises')
    const { DATA } = await import('./data-set.ts')
    const page = await readFile(`${DATA}errors/taxonomy.md`, 'utf8')
    const rows = page.matchAll(/^\| \[(\w+)\]\(#\w+\) \| (\w+) \| ([\w/-]+) \| (\w+) \|/gm)
    const wanted = Array.from(rows, ([, id, group, retry = '', severity]) => {
      const retryable = retry === 'n/a' ? 'unknown' : retry.replace('-', '_')
      return [id, group, retryable, severity].join(' ')
    })
    const ours = CATEGORIES.map(({ id, group, retryable, severity }) =>
      [id, group, retryable, severity].join(' '),
    )
    assert.deepEqual(ours.sort(), wanted.sort())
  },
)

function share(holds: (judged: { row: Labelled; diagnosis: Diagnosis }) => boolean): number {
  assert.ok(judged.length > 100)
  return judged.filter(holds).length / judged.length
}
