import assert from 'node:assert/strict'
import { test } from 'node:test'
import { valuesAt } from '../src/count/ranks.ts'
import { ValueList } from '../src/count/value-list.ts'
import { random } from './fixtures.ts'

test('every rank is the value that sorting puts there, with few values and many, equal ones and zeros', () => {
  const next = random(3)
  const kinds: (() => number)[] = [
    () => Math.exp(next() * 30 - 10),
    () => Math.floor(next() * 20),
    () => (next() < 0.5 ? 0 : next()),
    () => 5,
    () => Math.round(next() * 1e6) / 1000,
  ]
  for (const kind of kinds) {
    for (const count of [1, 2, 100, 4095, 4096, 30_000]) {
      const values = Float64Array.from({ length: count }, kind)
      const sorted = values.slice().sort()
      const list = new ValueList()
      list.append(values, values.length)
      const ranks = [0, 0.01, 0.5, 0.9, 0.95, 0.99, 1].map((share) =>
        Math.floor((count - 1) * share),
      )
      for (const [rank, value] of valuesAt(list, ranks, sorted.at(-1) as number))
        assert.equal(value, sorted[rank])
    }
  }
})
