import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedactor } from '../src/index.ts'
import { FRAMES, Grammar, VALUES } from './grammar.ts'

const redact = createRedactor()
const SIGNS = [
  '@',
  ':',
  '::',
  '=',
  '-',
  '_',
  '.',
  ' ',
  '\n',
  '"',
  '\\',
  '%',
  '%4',
  '&#',
  '/',
  '//',
  '(',
  ')',
  '+',
  '{',
  '}',
  '[',
  ']',
  ',',
  '\u200b',
  '\ud83d',
  '\u{1f600}',
  '\uff11',
  'é',
  '用',
  'x',
  'password',
  'token is ',
  'sk-',
  'eyJ',
  '-----BEGIN PRIVATE KEY-----',
]

/** Values, signs and pieces of values in any order. */
function anyText(grammar: Grammar): string {
  const makes = Object.values(VALUES)
  return Array.from({ length: grammar.below(20) }, () => {
    const value = grammar.pick(makes)(grammar)
    return grammar.pick([
      () => value,
      () => value.slice(grammar.below(value.length)),
      () => value.slice(0, grammar.below(value.length)),
      () => grammar.pick(SIGNS).repeat(1 + grammar.below(3)),
      () => grammar.pick(FRAMES),
      () => grammar.digits(grammar.below(20)),
    ])()
  }).join('')
}

test('whatever the text: findings lie inside it, in order, apart, and nothing throws', () => {
  const grammar = new Grammar(7)
  for (let round = 0; round < 20_000; round++) {
    const text = anyText(grammar)
    let last = 0
    for (const { start, end } of redact.findings(text)) {
      assert.ok(start >= last && end > start && end <= text.length, JSON.stringify(text))
      last = end
    }
  }
})

test('whatever the text: nothing is found in what was redacted but at seams', () => {
  const grammar = new Grammar(8)
  for (let round = 0; round < 5000; round++) {
    const text = `${anyText(grammar)} `
    const { text: once, findings } = redact.text(text)
    for (const { start, end } of findings) {
      const value = text.slice(start, end)
      // Short pieces may well stand somewhere else by chance.
      if (value.length > 12)
        assert.ok(!once.includes(value) || text.split(value).length > 2, JSON.stringify(text))
    }
  }
})

test('whatever the value: JSON in a string is redacted like the value itself', () => {
  const grammar = new Grammar(9)
  for (let round = 0; round < 3000; round++) {
    const text = () => anyText(grammar).toWellFormed()
    const value = { a: text(), list: [text(), 1.5, null, true], b: { c: '' } }
    const direct = redact(value).value
    const json = redact(JSON.stringify(value, null, grammar.below(3))).value
    assert.deepEqual(JSON.parse(String(json)), direct)
  }
})
