import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedactor, ephemeralKey } from '../src/index.ts'

const mail = 'ada.lovelace@example.org'
const key = ephemeralKey()

test('a kind that is switched off hides no secret that it overlaps', () => {
  const text = `https://ada:${['hunter', '2'].join('')}@example.org/x`
  const { text: left } = createRedactor({ off: ['email', 'phone', 'ip'] }).text(text)
  assert.equal(left, 'https://[REDACTED:url_credentials]@example.org/x')
})

test('a key that is a secret and reads like the key of one stays out of the notes, too', () => {
  const pem = ['-----BEGIN ', 'PRIVATE KEY-----\nMIIE', '\n-----END ', 'PRIVATE KEY-----'].join('')
  const redacted = createRedactor()({ outer: { [pem]: { [pem]: 1 } } })
  assert.doesNotMatch(JSON.stringify(redacted), /MIIE/)
})

test('a value that is personal as a whole is treated whole, and only redacted where its kind is off', () => {
  const about = { tenant: 'acme' }
  const hashing = createRedactor({ treat: { '*': 'hash' }, key })
  assert.match(hashing.whole('u-1', 'user_id', about).text, /^<user_id-hash-[0-9a-f]{8}>$/)
  assert.equal(createRedactor().whole('Turku', 'geography').text, '[REDACTED:geography]')
  const open = createRedactor({ off: ['user_id'] })
  assert.equal(open.whole('u-1', 'user_id').text, 'u-1')
  assert.equal(open.whole(mail, 'user_id').text, '[REDACTED:email]')
})
