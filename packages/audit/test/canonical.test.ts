import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { canonicalJson, isCanonical, MAX_DEPTH, NotCanonicalError } from '../src/canonical.ts'
import { needsData, VECTORS } from './data-set.ts'

const oracle = canonicalize as unknown as (value: unknown) => string

/** JSON within our limits. */
const values = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
  ),
  node: fc.oneof(
    { maxDepth: MAX_DEPTH - 2, depthIdentifier: 'json' },
    tie('leaf'),
    fc.array(tie('node'), { maxLength: 5, depthIdentifier: 'json' }),
    fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), tie('node'), {
      maxKeys: 5,
      depthIdentifier: 'json',
    }),
  ),
})).node

test('the canonical form is that of another implementation of RFC 8785, and comes back the same', () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = canonicalJson(value)
      assert.equal(text, oracle(value))
      assert.equal(canonicalJson(JSON.parse(text)), text)
      assert.ok(isCanonical(text))
    }),
    { seed: 1, numRuns: 2000 },
  )
})

test('objects with many keys are in order, too', () => {
  const keys = fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.nat(), {
    minKeys: 28,
    maxKeys: 90,
  })
  fc.assert(
    fc.property(keys, (value) =>
      assert.equal(canonicalJson([value, value]), oracle([value, value])),
    ),
    { seed: 1, numRuns: 300 },
  )
})

test('the vectors of RFC 8785 come out as they should, or are beyond our limits', needsData, () => {
  const folder = `${VECTORS}rfc8785-jcs/testdata/`
  const names = readdirSync(`${folder}input`)
  let within = 0
  for (const name of names) {
    const input: unknown = JSON.parse(readFileSync(`${folder}input/${name}`, 'utf8'))
    try {
      assert.equal(
        canonicalJson(input),
        readFileSync(`${folder}output/${name}`, 'utf8').trim(),
        name,
      )
      within += 1
    } catch (error) {
      assert.ok(error instanceof NotCanonicalError, name)
    }
  }
  assert.ok(within >= 2, `${within} of ${names.length}`)
})

test('what has no canonical form here is refused by its path', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const bad: readonly [unknown, string][] = [
    [{ a: [1.5] }, '/a/0'],
    [{ a: Number.NaN }, '/a'],
    [{ a: 2 ** 53 }, '/a'],
    [{ a: 1n }, '/a'],
    [{ a: () => 1 }, '/a'],
    [{ a: new Map() }, '/a'],
    [{ a: new Date(0) }, '/a'],
    [[undefined], '/0'],
    [{ a: '\ud800' }, '/a'],
    [{ ä: 1 }, ''],
    [cyclic, '/0/0/0/0/0/0/0/0'],
  ]
  for (const [value, path] of bad) {
    assert.throws(
      () => canonicalJson(value),
      (error: NotCanonicalError) => {
        assert.equal(error.name, 'NotCanonicalError')
        assert.equal(error.path, path)
        return true
      },
    )
  }
})

test('each other spelling of the same value is not canonical', () => {
  const text = '{"a":[1,"ü"],"b":null}'
  assert.ok(isCanonical(text))
  const others = [
    '{"b":null,"a":[1,"ü"]}',
    '{"a":[1,"\\u00fc"],"b":null}',
    '{"a": [1,"ü"],"b":null}',
    '{"a":[1.0,"ü"],"b":null}',
    '{"a":[1,"ü"],"a":[1,"ü"],"b":null}',
    '{"a":[1e0,"ü"],"b":null}',
    '{"a":[-0,"ü"],"b":null}',
    `${text} `,
    `\ufeff${text}`,
  ]
  for (const other of others) assert.ok(!isCanonical(other), other)
})

test('keys are in order in every order that objects have them in, also once too many are known', () => {
  const names = Array.from({ length: 12 }, (_, at) => `key ${(at * 7) % 12}`)
  for (let n = 0; n < 2000; n += 1) {
    // Each time a key of its own at another place, and the others turned.
    const keys = [...names.slice(n % 12), ...names.slice(0, n % 12)]
    keys.splice(n % 5, 0, `own ${n % 700}`, 'x'.repeat(n % 90))
    const entries = keys.map((key, at): [string, number] => [key, at])
    const expected = new Map(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const texts = [...expected].map(([key, at]) => `"${key}":${at}`)
    assert.equal(canonicalJson(Object.fromEntries(entries)), `{${texts.join(',')}}`)
  }
})
