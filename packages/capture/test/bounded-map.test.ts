import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { BoundedMap } from '../src/bounded-map.ts'
import { bytesOf } from '../src/bytes-of.ts'

test('what is remembered is bounded by number: the first is forgotten first', () => {
  const map = new BoundedMap<number>({ what: 'numbers', entries: 2, bytes: 10_000 })
  for (const [index, key] of ['a', 'b', 'a', 'c'].entries()) map.set(key, index)
  assert.deepEqual([map.get('a'), map.get('b'), map.get('c'), map.size], [2, undefined, 3, 2])
})

test('what is remembered is bounded by bytes, keys included, and what is forgotten for them is told', async () => {
  const map = new BoundedMap<string>({ what: 'texts', entries: 1000, bytes: 10_000 })
  for (let index = 0; index < 100; index++) map.set(String(index).repeat(500), 'x', 1000)
  assert.ok(map.size < 10, String(map.size))
  assert.deepEqual([map.get('0'.repeat(500)), map.get('99'.repeat(500))], [undefined, 'x'])
  map.set('small', 'y')
  assert.equal(map.get('small'), 'y')
  const [warning] = await once(process, 'warning')
  assert.equal(warning.code, 'CAPTURE_MEMORY_FULL')
  assert.match(warning.message, /10000 bytes of texts/)
})

test('what is larger than all that may be remembered displaces nothing', () => {
  const map = new BoundedMap<string>({ what: 'large texts', entries: 10, bytes: 10_000 })
  map.set('small', 'x', 10)
  map.set('large', 'y', 10_000)
  assert.deepEqual([map.get('small'), map.get('large'), map.size], ['x', undefined, 1])
})

test('what was taken is given back to the budget', () => {
  const map = new BoundedMap<number>({ what: 'things', entries: 10, bytes: 3000 })
  for (let index = 0; index < 1000; index++) {
    map.set('kept', index, 1000)
    map.set('taken', index, 1000)
    assert.equal(map.take('taken'), index)
  }
  assert.deepEqual([map.get('kept'), map.size], [999, 1])
})

test('the size of plain data counts keys and texts, at any depth, and stops counting where it is too much', () => {
  assert.ok(bytesOf({ text: 'x'.repeat(1000) }, 1_000_000) >= 2000)
  assert.ok(bytesOf(['x'.repeat(100), ['y'.repeat(100)]], 1_000_000) >= 400)
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
  assert.ok(bytesOf(deep, 10_000_000) > 50_000)
  const counted: number[] = []
  const many = {
    get huge() {
      return Array.from({ length: 100_000 }, (_, index) => ({
        get item() {
          counted.push(index)
          return 'x'
        },
      }))
    },
  }
  assert.ok(bytesOf(many, 1000) > 1000)
  assert.ok(counted.length < 100, String(counted.length))
})
