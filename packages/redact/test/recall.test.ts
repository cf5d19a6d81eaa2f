import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createRedactor } from '../src/index.ts'
import { DATA, needsData } from './data-set.ts'
import { filesUnder, presidio, score } from './labelled.ts'

const { findings } = createRedactor()

const GOALS: Readonly<Record<string, number>> = {
  email: 0.97,
  credit_card: 0.97,
  iban: 0.97,
  ip: 0.97,
  ssn: 0.97,
  phone: 0.85,
}

for (const [type, goal] of Object.entries(GOALS)) {
  test(
    `presidio-research: ${type} is found with recall >= ${goal} and precision >= 0.95`,
    needsData,
    (t) => {
      const { labels, found, findings: all, right } = score(type, presidio(), findings)
      t.diagnostic(`${type}: recall ${found}/${labels}, precision ${right}/${all}`)
      assert.ok(labels > 0 && found / labels >= goal, `${found} of ${labels}`)
      assert.ok(right / all >= 0.95, `${right} of ${all}`)
    },
  )
}

test(
  'isemail: addresses that can be delivered are found whole, with recall >= 0.97',
  needsData,
  () => {
    const addresses = isemail(['ISEMAIL_VALID_CATEGORY', 'ISEMAIL_DNSWARN', 'ISEMAIL_RFC5321'])
    const missed = addresses.filter((address) => {
      const text = `Write to ${address} today`
      const start = text.indexOf(address)
      const end = start + address.length
      return !findings(text).some(
        (finding) => finding.type === 'email' && finding.start <= start && finding.end >= end,
      )
    })
    assert.ok(addresses.length > 140)
    assert.ok(missed.length <= 0.03 * addresses.length, missed.join('\n'))
  },
)

test('provider fixtures: at most one false finding in 1,000 words', needsData, (t) => {
  let words = 0
  let found = 0
  for (const path of filesUnder(join(DATA, 'provider-http'))) {
    const text = readFileSync(path, 'utf8')
    words += text.split(/\s+/).filter((word) => word !== '').length
    found += findings(text).length
  }
  t.diagnostic(`${found} findings in ${words} words`)
  assert.ok(words > 100_000 && found <= words / 1000, `${found} in ${words}`)
})

function isemail(categories: readonly string[]): string[] {
  return ['tests.xml', 'tests-original.xml'].flatMap((name) => {
    const xml = readFileSync(join(DATA, 'redaction/isemail/test', name), 'utf8')
    const tests = xml.matchAll(/<address>([^<]*)<\/address>[\s\S]*?<category>(\w+)<\/category>/g)
    return Array.from(tests, ([, address = '', category = '']) => ({ address, category }))
      .filter(({ category }) => categories.includes(category))
      .map(({ address }) => unescaped(address).trim())
  })
}

/** XML entities; control characters are written as pictures of them. */
function unescaped(text: string): string {
  return text
    .replaceAll(/&#x24([0-2][\da-f]);/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
