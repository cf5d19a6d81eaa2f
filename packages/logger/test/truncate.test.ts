import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plain } from '@recount/redact'
import { cutMiddle, truncate } from '../src/truncate.ts'

const BUDGET = 2000
const VALUES: readonly [string, Plain][] = [
  ['one long text', 'x'.repeat(10_000)],
  [
    'a long text among short ones',
    [
      { role: 'system', parts: ['short'] },
      { role: 'user', parts: ['y'.repeat(50_000)] },
    ],
  ],
  ['many long texts', Array.from({ length: 5 }, (_, index) => ({ index, text: 'z'.repeat(5000) }))],
  ['many small values', Array.from({ length: 5000 }, (_, index) => index)],
  ['many small texts', Array.from({ length: 1000 }, () => 'word')],
  ['many texts of middling length', Array.from({ length: 100 }, () => 'm'.repeat(190))],
  ['control characters, six times as long in JSON', '\u0001'.repeat(10_000)],
  ['quotes and backslashes', '"\\'.repeat(10_000)],
  ['surrogate pairs', '😀'.repeat(10_000)],
  ['a very long key', { ['k'.repeat(10_000)]: 1 }],
  ['many quotes in many small texts', Array.from({ length: 5000 }, () => '"')],
]
for (const [name, value] of VALUES) {
  test(`what is cut fits the budget and stays JSON: ${name}`, () => {
    for (const budget of [1024, BUDGET, 4001]) {
      const { content, json } = truncate(value, budget)
      assert.ok(json.length <= budget, `${json.length} of ${budget}`)
      assert.equal(JSON.stringify(content), json)
      assert.ok(json.isWellFormed())
      assert.doesNotMatch(json, /\ufffd/)
      assert.match(json, /\[TRUNCATED \d+ characters\]/)
      assert.ok(json.length > budget / 4, `only ${json.length} of ${budget} used`)
    }
  })
}

test('only long texts are cut: short ones and the structure stay readable', () => {
  const system = { role: 'system', parts: [{ type: 'text', content: 'Be kind.' }] }
  const value = [system, { role: 'user', parts: [{ type: 'text', content: 'long '.repeat(9000) }] }]
  const { content } = truncate(value, BUDGET) as unknown as {
    content: { parts: { content: string }[] }[]
  }
  assert.deepEqual(content[0], system)
  assert.match(
    content[1]?.parts[0]?.content ?? '',
    /^long long .*\[TRUNCATED 4\d{4} characters\].*long $/,
  )
})

test('the beginning and the end stay, and the note says how much is missing', () => {
  const text = `begin${'-'.repeat(5000)}end`
  const cut = cutMiddle(text, 500)
  const missing = Number(/\[TRUNCATED (\d+) characters\]/.exec(cut)?.[1])
  assert.ok(cut.startsWith('begin') && cut.endsWith('end'))
  assert.equal(cut.replace(/\[TRUNCATED \d+ characters\]/, '').length + missing, text.length)
  assert.ok(cut.length <= 500)
  assert.equal(cutMiddle('short', 500), 'short')
})

test('a surrogate pair at the cut is kept whole or left out whole, at every offset', () => {
  for (let before = 0; before < 40; before++) {
    const cut = cutMiddle('a'.repeat(before) + '😀'.repeat(1000), 300)
    assert.ok(cut.isWellFormed())
    assert.ok(cut.length <= 300)
  }
})

test('a value of very many texts is made into JSON once, and what stays of it once', (t) => {
  const message = (content: string): Plain => ({ role: 'user', parts: [{ type: 'text', content }] })
  const stringify = t.mock.method(JSON, 'stringify')
  for (const text of ['hi there', 'w'.repeat(500), '"\n'.repeat(250)]) {
    const value = Array.from({ length: 5000 }, () => message(text))
    stringify.mock.resetCalls()
    const { json } = truncate(value, BUDGET)
    assert.ok(json.length <= BUDGET)
    assert.ok(stringify.mock.callCount() <= 2, `${stringify.mock.callCount()} times`)
  }
})

test('the budget is used to the last unit but for rounding, whatever JSON escapes', () => {
  for (const piece of ['a', '"', '\n', '\u0001', 'ü', '😀', 'a"\u0002😀\n']) {
    const value = [{ text: piece.repeat(5000) }, { text: piece.repeat(7000), n: -1.5e-9 }, {}, []]
    const { json } = truncate(value, 4000)
    assert.ok(json.length <= 4000 && json.length > 3850, `${JSON.stringify(piece)}: ${json.length}`)
  }
})
