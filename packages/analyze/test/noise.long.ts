import assert from 'node:assert/strict'
import { test } from 'node:test'
import { falseAlarms, slowdownsFound } from './periods.ts'

test('where nothing changed, at most 5 % of 1,000 pairs of periods cry', () => {
  const cries = falseAlarms(1000, 400)
  assert.ok(cries <= 50, `${cries} of 1000 cried`)
})

test('a p95 that is 20 % higher is found in at least 95 % of 1,000 pairs of 2,000 calls', () => {
  const found = slowdownsFound(1000, 2000)
  assert.ok(found >= 950, `found in ${found} of 1000`)
})
