import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedactor } from '../src/index.ts'
import { FRAMES, Grammar, inOtherDigits, inOtherSeparators, VALUES } from './grammar.ts'

const redact = createRedactor()
const SENTENCES = 300
/** Digits and separators mean themselves only in what people write, not in keys. */
const WRITTEN = ['phone', 'credit_card', 'iban', 'ssn', 'ip']

for (const [type, make] of Object.entries(VALUES)) {
  test(`${type}: ${SENTENCES} sentences with quotes, lines, URLs, scripts: all found, and nothing of the value is left`, () => {
    const grammar = new Grammar(42)
    const missed: string[] = []
    for (let count = 0; count < SENTENCES; count++) {
      const value = spelled(type, make(grammar), grammar)
      const frame = FRAMES[count % FRAMES.length] as string
      const inUrl = frame.includes('://')
      const text = frame.replace('{}', () => (inUrl ? encodeURIComponent(value) : value))
      const found = redact.findings(text).filter((finding) => finding.type === type)
      const start = frame.indexOf('{}')
      const end = text.length - (frame.length - start - 2)
      const covered = found.some((finding) => finding.start <= start && finding.end >= end)
      if (!covered) missed.push(`${text} ${JSON.stringify(redact.findings(text))}`)
    }
    assert.deepEqual(missed.slice(0, 20), [], `${missed.length} of ${SENTENCES} missed`)
  })
}

function spelled(type: string, value: string, grammar: Grammar): string {
  if (!WRITTEN.includes(type)) return value
  return grammar.pick([
    () => value,
    () => inOtherDigits(value, grammar),
    () => inOtherSeparators(value, grammar),
  ])()
}

test('a card and an IBAN that a line break divides are found', () => {
  const card = ['4111 1111', '1111 1111']
  const iban = ['DE89 3704 0044', '0532 0130 00']
  for (const broken of ['\n', '\r\n', '\n  ']) {
    assert.equal(redact.text(card.join(broken)).text, '[REDACTED:credit_card]')
    assert.equal(redact.text(iban.join(broken)).text, '[REDACTED:iban]')
  }
})

test('zero-width characters hide nothing', () => {
  assert.equal(redact.text('ada\u200b@exam\u00adple.org').text, '[REDACTED:email]')
  assert.equal(redact.text('4111\u200d1111\u20601111\ufeff1111').text, '[REDACTED:credit_card]')
})

test('escapes of JSON, URLs and HTML hide nothing', () => {
  for (const text of [
    'ada\\u0040example.org',
    'ada%40example.org',
    'ada&#64;example.org',
    'ada\\\\u0040example.org',
  ])
    assert.equal(redact.text(text).text, '[REDACTED:email]', text)
})

const HARMLESS = [
  'The meeting is on 2023-06-01 at 12:34:56, not on 01.06.2023 or 3/23/1940.',
  'lodash@4.17.21, npm@latest and @types/node@20.19.43 are installed',
  'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 of 2021',
  'f81d4fae-7dec-11d0-a765-00a0c91e6bf6 took 1763692800123 ns',
  'std::vector and a[1::2] and dead::beef',
  'Chrome/120.0.0.0 Safari/537.36, version 1.2.3.4, v1.2.3.4',
  'gpt-4o-2024-08-06 and claude-3-5-sonnet-20241022 answered in 0.123 s',
  'The password: must be long. Your token is missing. max_tokens: 4096',
  'pi is 3.14159265358979 and 1,234,567.89 $ were paid, 100 200 300',
  'chapters 1-2, pages 10-12, ISO 8601, RFC 5322, 24/7',
  '[0.0123456789012345, -0.4111111111111111, 1e-10]',
  'order 4111 1111 1111 1112, order 4111111111111112, DE89 3704 0044 0532 0130 01',
  '000-12-3456, 666-12-3456, 123-00-4567, 123-45-0000, 256.1.1.1',
  'A well-known state-of-the-art end-to-end model; key findings: none',
]
for (const text of HARMLESS) {
  test(`nothing is found in: ${text.slice(0, 60)}`, () => {
    assert.deepEqual(redact.findings(text), [])
  })
}
