import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createRedactor } from '../src/index.ts'
import { DATA, needsData } from './data-set.ts'
import { FRAMES, Grammar, inOtherDigits, inOtherSeparators, VALUES } from './grammar.ts'
import { filesUnder, presidio } from './labelled.ts'

const redact = createRedactor()

for (const [type, make] of Object.entries(VALUES)) {
  test(`the quick look passes no ${type} by`, () => {
    const grammar = new Grammar(7)
    for (let count = 0; count < 500; count++) {
      const value = make(grammar)
      const frame = FRAMES[count % FRAMES.length] as string
      for (const spelled of [
        value,
        inOtherDigits(value, grammar),
        inOtherSeparators(value, grammar),
      ]) {
        const text = frame.replace('{}', () => spelled)
        if (redact.findings(text).length > 0) assert.ok(redact.mayFind(text), text)
      }
    }
  })
}

test('the quick look passes nothing by that is found in labelled sentences', needsData, () => {
  for (const { text } of presidio())
    if (redact.findings(text).length > 0) assert.ok(redact.mayFind(text), text)
})

test(
  'the quick look passes nothing by that is found in any piece of recorded answers',
  needsData,
  () => {
    for (const path of filesUnder(join(DATA, 'provider-http'))) {
      const words = readFileSync(path, 'utf8').split(/(?<=[\s,{}])/)
      for (let at = 0; at < words.length; at += 4) {
        const text = words.slice(at, at + 12).join('')
        if (redact.findings(text).length > 0) assert.ok(redact.mayFind(text), text)
      }
    }
  },
)

test('most names and sentences are passed at a glance', () => {
  for (const text of ['acme-large', 'answer-question', 'The ticket system is down', 'chat', 'u-42'])
    assert.equal(redact.mayFind(text), false, text)
})

test('with patterns or detectors of the user nothing is passed at a glance', () => {
  const own = createRedactor({ patterns: [{ type: 'badge', pattern: /\bB\d\b/ }] })
  assert.equal(own.mayFind('B1'), true)
})
