import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ranks } from '../src/count/ranks.ts'
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
      const ranks = new Ranks(values)
      for (const share of [0, 0.01, 0.5, 0.9, 0.95, 0.99, 1]) {
        const rank = Math.floor((count - 1) * share)
        assert.equal(ranks.at(rank), sorted[rank])
      }
    }
  }
})
