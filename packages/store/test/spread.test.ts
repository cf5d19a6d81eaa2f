import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Values } from '../src/read/spread.ts'

/** Linear between closest ranks, of values in order. */
function percentile(values: readonly number[], share: number): number | null {
  const place = (values.length - 1) * share
  const [below, above] = [values[Math.floor(place)], values[Math.ceil(place)]]
  if (below === undefined || above === undefined) return null
  return Number((below + (above - below) * (place - Math.floor(place))).toPrecision(12))
}

test('percentiles are those of the values in order, whatever order they come in', () => {
  let state = 7
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  const shapes: ((at: number) => number)[] = [
    (at) => at,
    (at) => -at,
    () => 5,
    (at) => at % 3,
    random,
    (at) => (at % 2 === 0 ? at : 1000 - at),
    () => Math.floor(random() * 4),
  ]
  for (const shape of shapes)
    for (const count of [0, 1, 2, 3, 10, 101, 3000]) {
      const given = Array.from({ length: count }, (_, at) => shape(at))
      const values = new Values()
      for (const value of given) values.add(value)
      const { p50, p90, p95, p99, max } = values.spread()
      const sorted = given.toSorted((a, b) => a - b)
      assert.deepEqual(
        [p50, p90, p95, p99, max],
        [
          ...[0.5, 0.9, 0.95, 0.99].map((share) => percentile(sorted, share)),
          sorted.length === 0 ? null : Number((sorted.at(-1) as number).toPrecision(12)),
        ],
      )
    }
})

test('a value that stands for several is spread as if it stood there so often', () => {
  const [weighed, repeated] = [new Values(), new Values()]
  for (let at = 0; at < 500; at += 1) {
    const [value, weight] = [(at * 7919) % 1000, 1 + (at % 5)]
    weighed.add(value, weight)
    for (let times = 0; times < weight; times += 1) repeated.add(value)
  }
  assert.deepEqual(weighed.spread(), repeated.spread())
})
