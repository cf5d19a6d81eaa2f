import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sketch } from '../src/count/sketch.ts'
import { ValueList } from '../src/count/value-list.ts'
import { SKETCH_RELATIVE_ERROR } from '../src/index.ts'
import { random } from './fixtures.ts'

test('values are given back as they came, whatever their decimals', () => {
  const next = random(3)
  const thousandths = Array.from({ length: 40_000 }, () => Math.round(next() * 1e9) / 1000)
  const finer = Array.from({ length: 30_000 }, () => next() * 10 ** Math.floor(next() * 12))
  for (const values of [
    thousandths,
    [...thousandths, ...finer],
    [0, 0.0005, 4_294_967.296, 1e21],
  ]) {
    const list = new ValueList()
    const given = Float64Array.from(values)
    for (let from = 0, count = 1; from < given.length; from += count, count = (count * 3) % 500)
      list.append(given.subarray(from), Math.min(count, given.length - from))
    assert.equal(list.length, values.length)
    assert.deepEqual(list.values(), Float64Array.from(values))
  }
})

test('a sketch puts every value within its bound, in order, and loses none', () => {
  const next = random(4)
  for (let round = 0; round < 2000; round++) {
    const value = next() * 10 ** (Math.floor(next() * 40) - 12)
    const sketch = new Sketch()
    sketch.accept(value, 2.5)
    const [[middle, count] = [Number.NaN, 0]] = [...sketch.bins()]
    assert.equal(count, 2.5)
    assert.ok(Math.abs(middle - value) <= value * SKETCH_RELATIVE_ERROR, `${middle} for ${value}`)
  }
  const sketch = new Sketch()
  const values = Array.from({ length: 5000 }, () => next() * 10 ** Math.floor(next() * 9))
  for (const value of [...values, 0]) sketch.accept(value, 1)
  const bins = [...sketch.bins()]
  assert.equal(bins[0]?.[0], 0)
  assert.equal(
    bins.reduce((sum, [, count]) => sum + count, 0),
    5001,
  )
  assert.deepEqual(
    bins,
    bins.toSorted(([a], [b]) => a - b),
  )
})

test('a sketch of lengths with zeros and with what is next to nothing stays small', () => {
  const sketch = new Sketch()
  for (const value of [0, 0, 5e-324, 1e-30, 0.001, 1e6]) sketch.accept(value, 1)
  assert.ok(sketch.size < 8192, `${sketch.size} buckets`)
  assert.deepEqual([...sketch.bins()][0], [0, 4])
  assert.equal(sketch.at(3), 0)
  assert.ok(sketch.at(4) > 0)
})
