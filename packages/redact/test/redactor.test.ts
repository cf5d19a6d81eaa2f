import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createRedactor,
  ephemeralKey,
  type Plain,
  RedactError,
  type RedactorOptions,
} from '../src/index.ts'

const mail = 'ada.lovelace@example.org'
const key = ephemeralKey()

test('what is found is masked, noted by path and rule, and no value is in the notes', () => {
  const { value, redactions } = createRedactor()({
    messages: [{ content: `Write to ${mail} or ${mail}` }],
  })
  assert.deepEqual(value, {
    messages: [{ content: 'Write to [REDACTED:email] or [REDACTED:email]' }],
  })
  assert.deepEqual(redactions, [{ path: 'messages.0.content', rule: 'email', count: 2 }])
})

test('the caller keeps what it gave, frozen or not', () => {
  const given = Object.freeze({ list: Object.freeze([mail]), user: Object.freeze({ name: 'Ada' }) })
  const before = structuredClone(given)
  const { value } = createRedactor({ paths: ['user.name'] })(given)
  assert.deepEqual(given, before)
  assert.deepEqual(value, { list: ['[REDACTED:email]'], user: { name: '[REDACTED:name]' } })
})

test('personal data in keys goes, and keys that become one stay apart', () => {
  const { value } = createRedactor()({ [mail]: 1, 'bob@example.org': 2 })
  assert.deepEqual(value, { '[REDACTED:email]': 1, '[REDACTED:email] 2': 2 })
})

test('numbers that are those of cards or phones go', () => {
  const { value } = createRedactor()({ card: 4111111111111111, phone: 5551234567, count: 12345678 })
  assert.deepEqual(value, {
    card: '[REDACTED:credit_card]',
    phone: '[REDACTED:phone]',
    count: 12345678,
  })
})

test('JSON in JSON in JSON is redacted as what it means', () => {
  const password = 'hunter22x'
  let nested: string = JSON.stringify({ password, mail })
  for (let depth = 0; depth < 5; depth++) nested = JSON.stringify({ inner: nested, n: depth })
  const { value, redactions } = createRedactor()({ nested })
  let inner = (value as { nested: string }).nested
  for (let depth = 0; depth < 5; depth++) inner = (JSON.parse(inner) as { inner: string }).inner
  assert.deepEqual(JSON.parse(inner), { password: '[REDACTED]', mail: '[REDACTED:email]' })
  assert.deepEqual(redactions.map(({ rule }) => rule).sort(), ['credential-key', 'email'])
  assert.doesNotMatch(JSON.stringify(value), /hunter22|lovelace/)
})

test('JSON without findings stays byte for byte, with them all else does', () => {
  const redact = createRedactor()
  const clean = '{ "a" : 1.50, "big": 12345678901234567890123, "a": [ ] }'
  assert.equal(redact(clean).value, clean)
  const dirty = `{ "big" : 12345678901234567890123, "to": "${mail}", "a":{}, "a": [ 1 , {"b":null} ] }`
  assert.equal(redact(dirty).value, dirty.replace(mail, '[REDACTED:email]'))
})

test('a repeated key hides nothing in raw JSON', () => {
  const { value } = createRedactor()(
    '{"password":"hunter22x","password":1,"to":"\\u0061da@example.org","to":2}',
  )
  assert.equal(
    value,
    '{"password":"[REDACTED]","password":"[REDACTED]","to":"[REDACTED:email]","to":2}',
  )
})

test('server-sent events and lines of JSON are redacted line by line', () => {
  const event = `event: delta\ndata: {"text":"${mail.replace('@', '\\u0040')}"}\n\ndata: [DONE]\n\n`
  assert.equal(
    createRedactor()(event).value,
    'event: delta\ndata: {"text":"[REDACTED:email]"}\n\ndata: [DONE]\n\n',
  )
  const lines = `{"api_key":"x1y2z3","n":1}\n{"to":"${mail}"}\n`
  assert.equal(
    createRedactor()(lines).value,
    '{"api_key":"[REDACTED]","n":1}\n{"to":"[REDACTED:email]"}\n',
  )
})

test('what was redacted once stays as it is', () => {
  const redact = createRedactor({ treat: { '*': 'hash', secret: 'hash' }, key })
  const text = `${mail}, call +44 20 7946 0958, card 4111 1111 1111 1111, password=hunter22x, 10.1.2.3`
  const once = redact(text).value
  assert.notEqual(once, text)
  assert.deepEqual(redact(once), { value: once, redactions: [] })
})

test('the same value has the same hash in every spelling, and another under another key or tenant', () => {
  const hash = (text: string, tenant?: string, own = key): Plain =>
    createRedactor({ treat: { email: 'hash', phone: 'hash' }, key: own })(
      text,
      tenant === undefined ? {} : { tenant },
    ).value
  assert.match(String(hash(mail)), /^<email-hash-[\da-f]{8}>$/)
  assert.equal(hash(mail), hash(mail.toUpperCase()))
  assert.equal(hash('+44 20 7946 0958'), hash('+44-20-7946-0958'))
  assert.notEqual(hash(mail), hash(mail, 'acme'))
  assert.notEqual(hash(mail, 'acme'), hash(mail, 'globex'))
  assert.notEqual(hash(mail), hash(mail, undefined, ephemeralKey()))
  const kinds = createRedactor({ paths: { id: 'hash', name: 'hash' }, key })({ id: 'x', name: 'x' })
  const [id, name] = Object.values(kinds.value as { id: string; name: string })
  assert.notEqual(id?.slice(-9), name?.slice(-9))
})

test('the id of the key is told where something was hashed, and only there', () => {
  const redact = createRedactor({ treat: { email: 'hash' }, key, hashWidth: 16 })
  assert.equal(redact(mail).key_id, key.id)
  assert.match(String(redact(mail).value), /^<email-hash-[\da-f]{16}>$/)
  assert.equal(redact('10.1.2.3').key_id, undefined)
})

test('configured paths are treated wherever their kind of value is, by wildcards too', () => {
  const redact = createRedactor({ paths: { 'users[*].name': 'mask', '*.id': 'hash' }, key })
  const { value, redactions } = redact({
    users: [{ name: 'Ada' }, { name: 'Bob' }],
    owner: { id: 7 },
  })
  assert.deepEqual((value as { users: unknown }).users, [
    { name: '[REDACTED:name]' },
    { name: '[REDACTED:name]' },
  ])
  assert.match(JSON.stringify(value), /"id":"<id-hash-[\da-f]{8}>"/)
  assert.deepEqual(
    redactions.map(({ path }) => path),
    ['users.0.name', 'users.1.name', 'owner.id'],
  )
})

test('personal data can be left out of the search, secrets cannot', () => {
  const text = `${mail} 10.1.2.3 password=hunter22x`
  assert.equal(
    createRedactor({ off: ['email'] })(text).value,
    `${mail} [REDACTED:ip] password=[REDACTED:secret]`,
  )
  assert.throws(() => createRedactor({ off: ['secret'] }), RedactError)
})

test('national numbers are found where their locale is asked for', () => {
  const samples = {
    uk: 'AB 12 34 56 C',
    br: '529.982.247-25',
    es: '12345678Z',
    in: '2341 2341 2346',
    pl: '44051401359',
  } as const
  for (const [locale, sample] of Object.entries(samples)) {
    const redact = createRedactor({ locales: [locale as keyof typeof samples] })
    assert.match(
      redact.text(`number ${sample}.`).text,
      new RegExp(`^number \\[REDACTED:${locale}_\\w+\\]\\.$`),
      sample,
    )
  }
  assert.deepEqual(createRedactor().findings('number 529.982.247-25'), [])
})

test('patterns and detectors of the user are heard', () => {
  const redact = createRedactor({
    patterns: [{ type: 'badge', pattern: /B-\d{4}/g }],
    detectors: [{ type: 'name', find: (text) => places(text, 'Ada') }],
    treat: { badge: 'hash' },
    key,
  })
  assert.match(
    String(redact('Ada has B-1234').value),
    /^\[REDACTED:name\] has <badge-hash-[\da-f]{8}>$/,
  )
})

test('asynchronous detectors work with redact.async, and withhold without it', async () => {
  const redact = createRedactor({
    detectors: [{ type: 'name', find: async (text) => places(text, 'Ada') }],
  })
  const given = { text: 'Ada', json: JSON.stringify({ by: 'Ada' }), password: 'hunter22x' }
  const { value } = await redact.async(given)
  assert.deepEqual(value, {
    text: '[REDACTED:name]',
    json: '{"by":"[REDACTED:name]"}',
    password: '[REDACTED]',
  })
  assert.equal(redact('Dear Ada').value, '[REDACTED:redactor-failed]')
})

const failing: Readonly<Record<string, RedactorOptions>> = {
  'a detector that throws': {
    detectors: [
      {
        type: 'name',
        find: () => {
          throw new Error('no model')
        },
      },
    ],
  },
  'a detector that answers nonsense': {
    detectors: [{ type: 'name', find: () => [{ start: 5, end: 500 }] }],
  },
  'a detector that takes too long': {
    detectors: [{ type: 'name', find: busy }],
    detectorBudget: 1,
  },
  'a key provider that throws': {
    treat: { email: 'hash' },
    key: {
      current: () => {
        throw new Error('no key')
      },
      byId: () => undefined,
    },
  },
  'a vault that throws': {
    treat: { email: 'tokenize' },
    vault: {
      tokenize: () => {
        throw new Error('disk full')
      },
      detokenize: async () => '',
    },
  },
}
for (const [name, options] of Object.entries(failing)) {
  test(`${name} withholds the value, notes it, and does not throw`, async () => {
    const redact = createRedactor(options)
    const expected = {
      value: { a: '[REDACTED:redactor-failed]', n: 1 },
      redactions: [{ path: 'a', rule: 'redactor-failed', count: 1 }],
    }
    for (const result of [
      redact({ a: `to ${mail}`, n: 1 }),
      await redact.async({ a: `to ${mail}`, n: 1 }),
    ])
      assert.deepEqual(
        {
          value: result.value,
          redactions: result.redactions.filter(({ rule }) => rule !== 'email'),
        },
        expected,
      )
    assert.equal(redact.text(`to ${mail}`).text, '[REDACTED:redactor-failed]')
  })
}

test('a key of an object that cannot be redacted is withheld, too', () => {
  const redact = createRedactor({
    detectors: [{ type: 'name', find: () => [{ start: 5, end: 500 }] }],
  })
  assert.deepEqual(redact({ [mail]: 1 }).value, { '[REDACTED:redactor-failed]': 1 })
})

const INVALID: readonly [string, unknown][] = [
  ['an unknown option', { tread: {} }],
  ['an unknown type', { treat: { emial: 'hash' } }],
  ['an unknown treatment', { treat: { email: 'keep' } }],
  ['tokens without a vault', { treat: { email: 'tokenize' } }],
  ['a hash that is too short', { hashWidth: 3 }],
  ['a key that is none', { key: 7 }],
  ['an unknown locale', { locales: ['xx'] }],
  ['a path that is none', { paths: ['a..b'] }],
  ['a type with signs', { patterns: [{ type: 'A b', pattern: /x/ }] }],
  ['a detector without find', { detectors: [{ type: 'name' }] }],
  ['a list that is none', { patterns: {} }],
]
for (const [name, options] of INVALID) {
  test(`refused at construction: ${name}`, () => {
    const isCode = (error: unknown) =>
      error instanceof RedactError && error.code === 'REDACT_OPTION_INVALID'
    assert.throws(() => createRedactor(options as RedactorOptions), isCode)
  })
}

function places(text: string, word: string): { start: number; end: number }[] {
  const start = text.indexOf(word)
  return start === -1 ? [] : [{ start, end: start + word.length }]
}

function busy(): [] {
  const until = performance.now() + 5
  while (performance.now() < until);
  return []
}
