import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRules } from '../src/compile-rules.ts'
import { CATEGORIES, RULE_TABLES } from '../src/index.ts'
import { compilePhrase } from '../src/phrase.ts'
import { PROVIDERS } from '../src/providers.ts'
import { SUGGESTIONS } from '../src/suggestions.ts'

const rules = compileRules(RULE_TABLES)

test('every rule has a name of its own, a known category and a source', () => {
  const ids = rules.map(({ id }) => id)
  assert.deepEqual(
    ids.filter((id, place) => ids.indexOf(id) !== place),
    [],
  )
  const known = new Set(CATEGORIES.map(({ id }) => id))
  for (const { id, category, source } of rules) {
    assert.ok(known.has(category), id)
    assert.match(source, /^(?:https:\/\/|npm:)\S+/, id)
  }
})

test('every phrase has a whole word by which it is found', () => {
  const phrases = rules.flatMap(({ id, phrases = [], codeWords, not }) =>
    [...phrases, ...codeWords, ...not].map((phrase) => ({ id, phrase })),
  )
  const lost = phrases.filter(({ phrase }) => phrase.pieces.length === 0)
  assert.deepEqual(lost, [])
  const asked = rules.flatMap(({ id, phrases = [], codeWords }) =>
    [...phrases, ...codeWords]
      .filter(({ anchors }) => anchors.length === 0)
      .map(({ words }) => `${id}: ${words}`),
  )
  assert.deepEqual(asked, [])
  for (const { id, marks } of PROVIDERS)
    for (const mark of marks) assert.ok(compilePhrase(mark).anchors.length > 0, `${id}: ${mark}`)
})

test('every rule names only providers that exist', () => {
  const known = new Set(PROVIDERS.map(({ id }) => id))
  for (const { id, providers = [] } of rules)
    for (const provider of providers) assert.ok(known.has(provider), `${id}: ${provider}`)
})

test('every category says what to do', () => {
  for (const { id } of CATEGORIES) {
    const lines = SUGGESTIONS[id] ?? []
    assert.ok(
      lines.some((line) => !/\{(?!provider)\w+\}/.test(line)),
      id,
    )
  }
})

test('a code never has two meanings of the same strength', () => {
  const meanings = new Map<string, Set<string>>()
  for (const { codes = [], phrases, category, strength, specificity } of rules) {
    if (phrases !== undefined || strength < 4) continue
    for (const code of codes) {
      const key = `${code} ${strength} ${specificity}`
      meanings.set(key, (meanings.get(key) ?? new Set()).add(category))
    }
  }
  const double = [...meanings].filter(([, categories]) => categories.size > 1)
  assert.deepEqual(
    double.map(([key, categories]) => `${key}: ${[...categories]}`),
    [],
  )
})
