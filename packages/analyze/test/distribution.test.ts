import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  Distribution,
  EXACT_VALUES,
  SKETCH_RELATIVE_ERROR,
  withoutDust,
} from '../src/count/distribution.ts'
import { random } from './fixtures.ts'

const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const

/** Type 7 as its definition says it. */
function reference(sorted: readonly number[], quantile: number): number {
  const rank = quantile * (sorted.length - 1)
  const low = sorted[Math.floor(rank)] as number
  const high = sorted[Math.ceil(rank)] as number
  return low + (rank - Math.floor(rank)) * (high - low)
}

test('percentiles equal a naive reference, over 500 random sets', () => {
  const next = random(20_261_121)
  for (let round = 0; round < 500; round++) {
    const size = 1 + Math.floor(next() * (round % 10 === 0 ? 2000 : 40))
    const scale = 10 ** Math.floor(next() * 8)
    const ties = next() < 0.3
    const values = Array.from({ length: size }, () => {
      const value = next() * scale
      return ties ? Math.round(value / scale) * scale : value
    })
    const distribution = new Distribution()
    for (const value of values) distribution.add(value)
    const summary = distribution.summary()
    const sorted = values.toSorted((a, b) => a - b)
    for (const [name, quantile] of Object.entries(QUANTILES)) {
      const expected = reference(sorted, quantile)
      const actual = summary[name as keyof typeof QUANTILES] as number
      assert.ok(
        Math.abs(actual - expected) <= 1e-12 * Math.max(expected, 1e-300),
        `${name} of ${size}`,
      )
    }
    assert.equal(summary.min, sorted[0])
    assert.equal(summary.max, sorted.at(-1))
    assert.equal(summary.count, size)
  }
})

test('the mean does not lose small values beside large ones', () => {
  const distribution = new Distribution()
  distribution.add(1e16)
  for (let i = 0; i < 1000; i++) distribution.add(1)
  assert.equal(distribution.summary().mean, (1e16 + 1000) / 1001)
})

test('values may come after a summary was asked for', () => {
  const distribution = new Distribution()
  for (const value of [3, 1]) distribution.add(value)
  assert.equal(distribution.summary().p50, 2)
  distribution.add(2)
  assert.equal(distribution.summary().p50, 2)
  assert.equal(distribution.summary().max, 3)
})

test('a million values are exact; one more is a sketch within its stated bound', () => {
  const next = random(7)
  const distribution = new Distribution()
  const values = new Float64Array(EXACT_VALUES + 1)
  for (let i = 0; i < EXACT_VALUES; i++) {
    values[i] = Math.exp(6 + 2 * (next() + next() + next() - 1.5))
    distribution.add(values[i] as number)
  }
  const exact = distribution.summary()
  assert.equal(exact.method, 'exact')
  assert.equal(exact.max_relative_error, 0)
  values[EXACT_VALUES] = 0
  distribution.add(0)
  const summary = distribution.summary()
  assert.equal(summary.method, 'sketch')
  assert.equal(summary.max_relative_error, SKETCH_RELATIVE_ERROR)
  assert.equal(summary.count, EXACT_VALUES + 1)
  assert.equal(summary.min, 0)
  assert.equal(summary.max, exact.max)
  values.sort()
  for (const [name, quantile] of Object.entries(QUANTILES)) {
    const expected = values[Math.round(quantile * EXACT_VALUES)] as number
    const actual = summary[name as keyof typeof QUANTILES] as number
    assert.ok(Math.abs(actual / expected - 1) <= SKETCH_RELATIVE_ERROR * 1.01, name)
  }
  const bars = distribution.histogram()
  assert.equal(
    bars.reduce((sum, { count }) => sum + count, 0),
    EXACT_VALUES + 1,
  )
})

test('the bars of a histogram hold every value once, between round numbers, 15 at most', () => {
  const next = random(99)
  for (let round = 0; round < 300; round++) {
    const distribution = new Distribution()
    const size = 1 + Math.floor(next() * 50)
    const spread = next() * 9
    const values = Array.from({ length: size }, () => (next() < 0.05 ? 0 : 10 ** (next() * spread)))
    for (const value of values) distribution.add(value)
    const bars = distribution.histogram()
    assert.ok(bars.length >= 1 && bars.length <= 15, `${bars.length} bars`)
    assert.equal(
      bars.reduce((sum, { count }) => sum + count, 0),
      size,
    )
    for (const [i, { from, to, count }] of bars.entries()) {
      const last = i === bars.length - 1
      const inside = values.filter((value) => value >= from && (last ? value <= to : value < to))
      assert.equal(inside.length, count, `${from} to ${to}`)
    }
  }
})

test('values that two share are of both, and what comes after is of one', () => {
  const next = random(12)
  const values = (count: number) =>
    Array.from({ length: count }, () => Math.round(next() * 1e6) / 1000)
  for (const [mine, theirs, limit] of [
    [0, 5, 1e6],
    [3, 0, 1e6],
    [400, 300, 1e6],
    [10, 40_000, 1e6],
    [40_000, 20_000, 1e6],
    [400, 300, 500],
    [600, 3, 500],
  ] as const) {
    const [a, b, rest] = [values(mine), values(theirs), values(700)]
    const [into, from, expected] = [0, 1, 2].map(() => new Distribution(limit)) as [
      ...[Distribution, Distribution, Distribution],
    ]
    for (const value of a) into.add(value)
    for (const value of b) from.add(value)
    into.merge(from)
    for (const value of rest) from.add(value)
    for (const value of rest.slice(0, 300)) into.add(value)
    for (const value of [...a, ...b, ...rest.slice(0, 300)]) expected.add(value)
    assert.deepEqual(withoutDust(into.summary()), withoutDust(expected.summary()))
    assert.deepEqual(into.sample(), expected.sample())
    assert.equal(from.count, theirs + 700)
  }
})
