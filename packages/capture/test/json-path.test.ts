import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathKeys, putAt } from '../src/providers/json-path.ts'
import { at } from '../src/providers/json-values.ts'
import { Room } from '../src/providers/pieces.ts'
import { readerFor, told } from './told.ts'

test('a path that names one value is keys; what is another path is none', () => {
  const paths: Record<string, (string | number)[]> = {
    $: [],
    '$.a': ['a'],
    '$.a.b[0].c': ['a', 'b', 0, 'c'],
    '$["a b"][\'c\']': ['a b', 'c'],
    '$[12]': [12],
  }
  for (const [path, keys] of Object.entries(paths)) assert.deepEqual(pathKeys(path), keys)
  for (const path of ['', 'a', '$..a', '$.a[*]', '$.a[?(@.b)]', '$a', `$${'.a'.repeat(200)}`])
    assert.equal(pathKeys(path), undefined, path)
})

test('no path reaches a prototype, and no index makes a list huge', () => {
  const room = new Room()
  for (const path of ['$.__proto__.polluted', '$["__proto__"].polluted', '$.a.__proto__.polluted'])
    putAt({ a: {} }, pathKeys(path) ?? [], () => true, room)
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
  const root: Record<string, unknown> = {}
  assert.equal(
    putAt(root, ['list', 99_999], () => 1, room),
    false,
  )
  assert.deepEqual(root, { list: [] })
  assert.equal(
    putAt(root, ['list', 'length'], () => 9, room),
    false,
  )
})

test('a call whose arguments come to odd places is kept without them', () => {
  const reader = readerFor('gemini.generate_content')
  const pieces = [
    { name: 'look_up', willContinue: true },
    {
      partialArgs: [{ jsonPath: '$.constructor.prototype.polluted', boolValue: true }],
      willContinue: true,
    },
    {
      partialArgs: [
        { jsonPath: '$..x', stringValue: 'a' },
        { jsonPath: '$.q', numberValue: 0 },
      ],
    },
  ]
  for (const functionCall of pieces)
    reader.take({
      data: JSON.stringify({ candidates: [{ content: { parts: [{ functionCall }] } }] }),
    })
  const [call] = told(reader.result()).calls
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
  assert.equal(at(call, 'arguments', 'q'), 0)
})
