import assert from 'node:assert/strict'
import { test } from 'node:test'
import { falseAlarms, falseAlarmsOf, slowdownsFound, UNUSUAL } from './periods.ts'

test('where nothing changed, at most 5 % of 1,000 pairs of periods cry', () => {
  const cries = falseAlarms(1000, 400)
  assert.ok(cries <= 50, `${cries} of 1000 cried`)
})

test('a p95 that is 20 % higher is found in at least 95 % of 1,000 pairs of 2,000 calls', () => {
  const found = slowdownsFound(1000, 2000)
  assert.ok(found >= 950, `found in ${found} of 1000`)
})

for (const [kind, value] of Object.entries(UNUSUAL)) {
  for (const [calls, users] of [
    [60, 1],
    [500, 3],
    [1250, 50],
  ] as const) {
    test(`where nothing changed, at most 5 % of pairs cry: ${kind}, ${calls} calls of ${users}`, () => {
      const pairs = users > 10 ? 100 : 400
      const cries = falseAlarmsOf(value, { pairs, calls, users })
      assert.ok(cries <= pairs * 0.05, `${cries} of ${pairs} cried`)
    })
  }
}
