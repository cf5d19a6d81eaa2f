import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareValues } from '../src/index.ts'
import { oneOf, randomNumbers } from './random.ts'

test('the order of keys is no change, at any depth', () => {
  const a = { x: 1, y: { p: [1, { q: 2, r: 3 }], s: null } }
  const b = { y: { s: null, p: [1, { r: 3, q: 2 }] }, x: 1 }
  assert.deepEqual(compareValues(a, b), { isEqual: true, changes: [], more: 0 })
})

test('a change is named by where it is', () => {
  const { changes } = compareValues({ 'a/b': { '~': [1, 2] } }, { 'a/b': { '~': [1, 3] }, c: null })
  assert.deepEqual(changes, [
    { kind: 'changed', path: '/a~1b/~0/1', a: 2, b: 3 },
    { kind: 'added', path: '/c', b: null },
  ])
})

test('null, absent, 0, false and an empty text are five different things', () => {
  const values = [null, undefined, 0, false, '']
  for (const [i, a] of values.entries())
    for (const [j, b] of values.entries())
      assert.equal(compareValues(a, b).isEqual, i === j, `${String(a)} and ${String(b)}`)
})

test('an item that was put in between does not make all that follow differ', () => {
  const item = (id: string, score: number): object => ({ source_id: id, score })
  const { changes } = compareValues(
    [item('returns', 0.8), item('shipping', 0.7)],
    [item('offers', 0.9), item('returns', 0.8), item('shipping', 0.6)],
  )
  assert.deepEqual(changes, [
    { kind: 'added', path: '/0', b: item('offers', 0.9) },
    { kind: 'changed', path: '/2/score', a: 0.7, b: 0.6 },
  ])
})

test('arguments that are JSON in a text are compared as what they hold', () => {
  const a = { arguments: '{"city":"Bonn","days":3}' }
  assert.equal(compareValues(a, { arguments: '{ "days": 3, "city": "Bonn" }' }).isEqual, true)
  assert.equal(compareValues(a, { arguments: { city: 'Bonn', days: 3 } }).isEqual, true)
  assert.deepEqual(compareValues(a, { arguments: '{"city":"Köln","days":3}' }).changes, [
    { kind: 'changed', path: '/arguments/city', a: 'Bonn', b: 'Köln' },
  ])
})

test('long texts are compared word by word', () => {
  const text = 'When a customer asks for a refund, look at the order first.'
  const [change] = compareValues({ text: `${text} Then` }, { text: `${text} Now` }).changes
  assert.equal(change?.kind, 'changed')
  assert.equal(change.text?.rows[0]?.kind, 'changed')
})

test('keys of the language itself are keys', () => {
  const a = JSON.parse('{"__proto__": {"x": 1}, "constructor": 1, "toString": 2}')
  const b = JSON.parse('{"__proto__": {"x": 2}, "constructor": 1}')
  assert.deepEqual(
    compareValues(a, b).changes.map(({ kind, path }) => [kind, path]),
    [
      ['changed', '/__proto__/x'],
      ['removed', '/toString'],
    ],
  )
})

test('changes beyond the first thousand are counted', () => {
  const many = (value: number): object =>
    Object.fromEntries(Array.from({ length: 1_500 }, (_, at) => [`k${at}`, value]))
  const { changes, more } = compareValues(many(1), many(2))
  assert.deepEqual([changes.length, more], [1_000, 500])
})

test('a value is equal to a copy of itself, and differs from one that was changed anywhere', () => {
  const random = randomNumbers(11)
  for (let round = 0; round < 300; round += 1) {
    const value = { root: randomValue(random, 4) }
    assert.equal(compareValues(value, shuffled(random, value)).isEqual, true)
    const text = JSON.stringify(value)
    const at = text.lastIndexOf('"leaf')
    if (at < 0) continue
    const changed = JSON.parse(`${text.slice(0, at)}"other${text.slice(at + 5)}`)
    assert.equal(compareValues(value, changed).isEqual, false, text)
  }
})

function randomValue(random: () => number, depth: number): unknown {
  const kind = depth === 0 ? 0 : Math.floor(random() * 4)
  const length = Math.floor(random() * 5)
  if (kind < 2) return oneOf(random, [null, true, 0, -1.5, `leaf ${Math.floor(random() * 9)}`, ''])
  const items = Array.from({ length }, () => randomValue(random, depth - 1))
  if (kind === 2) return items
  return Object.fromEntries(
    items.map((item, at) => [oneOf(random, ['id', 'k', 'name']) + at, item]),
  )
}

function shuffled(random: () => number, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(random, item))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(() => random() - 0.5)
  return Object.fromEntries(entries.map(([key, item]) => [key, shuffled(random, item)]))
}
