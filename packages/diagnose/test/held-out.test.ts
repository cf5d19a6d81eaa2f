import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CATEGORIES, diagnose, type Retryable } from '../src/index.ts'
import { type HeldOut, heldOutErrors } from './held-out.ts'

const rows = heldOutErrors()
const judged = rows.map((row) => ({
  row,
  found: diagnose(row.error, row.provider === undefined ? {} : { provider: row.provider }),
}))
const retryOf = new Map(CATEGORIES.map(({ id, retryable }) => [id, retryable]))

test('errors of public sources: all 41 categories, with at least 40 that are no model’s', () => {
  assert.equal(new Set(rows.map(({ is }) => is)).size, CATEGORIES.length)
  assert.ok(rows.filter(isForeign).length >= 40)
  for (const { from } of rows) assert.match(from, /^https:\/\/\S+$/)
})

test('of 100 errors of public sources at least 97 are called by their name', () => {
  const wrong = judged.filter(({ row, found }) => ![row.is, row.or].includes(found.category))
  assert.ok(wrong.length <= rows.length * 0.03, told(wrong))
})

test('of 100 errors of public sources at most one is tried again in vain', () => {
  const wrong = judged.filter(
    ({ row, found }) =>
      found.retryable === 'after_delay' && !wantedRetry(row).includes('after_delay'),
  )
  assert.ok(wrong.length <= rows.length * 0.01, told(wrong))
})

test('of 100 errors of other systems at most two are taken for a model’s', () => {
  const others = judged.filter(({ row }) => isForeign(row))
  const taken = others.filter(({ found }) => found.category !== 'not_llm_error')
  assert.ok(taken.length <= others.length * 0.02, told(taken))
})

test('no error of a model is said to come from another system', () => {
  // Where nothing is known of it, it says that, and is not sure.
  const lost = judged.filter(
    ({ row, found }) =>
      !isForeign(row) && found.category === 'not_llm_error' && found.confidence > 0.5,
  )
  assert.equal(told(lost), '')
})

function isForeign({ is }: HeldOut): boolean {
  return is === 'not_llm_error'
}

function wantedRetry({ is, or }: HeldOut): (Retryable | undefined)[] {
  return [is, or ?? is].map((category) => retryOf.get(category))
}

function told(wrong: typeof judged): string {
  return wrong
    .map(({ row, found }) => `${row.is}, not ${found.category}: ${JSON.stringify(row.error)}`)
    .join('\n')
}
