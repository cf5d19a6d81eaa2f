import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedactor, isCredentialKey, MASK, maskText } from '../src/index.ts'

const CREDENTIALS = [
  'password',
  'PASSWORD',
  'Db-Password',
  'api_key',
  'apiKey',
  'API-KEY',
  'api key',
  'x-api-key',
  'OPENAI_API_KEY',
  'Authorization',
  'proxy-authorization',
  'access_token',
  'refreshToken',
  'id.token',
  'X-Auth-Token',
  'token',
  'TOKEN',
  'client_secret',
  'AWS_SECRET_ACCESS_KEY',
  'privateKey',
  'cookie',
  'Set-Cookie',
  'credentials',
  'headers',
  'jwt',
  'connection_string',
]
const HARMLESS = [
  'max_tokens',
  'maxTokens',
  'max_completion_tokens',
  'input_tokens',
  'output_tokens',
  'prompt_tokens',
  'cache_read_tokens',
  'total_tokens',
  'tokens_estimated',
  'tokenizer',
  'max_token',
  'session_id',
  'author',
  'key',
  'name',
  'content',
  'pass',
  '',
]

for (const key of CREDENTIALS)
  test(`the key ${key} is masked`, () => assert.ok(isCredentialKey(key)))
for (const key of HARMLESS)
  test(`the key "${key}" is not masked`, () => assert.ok(!isCredentialKey(key)))

test('a key keeps its verdict however often and in whatever order it is asked', () => {
  for (const key of [...CREDENTIALS, ...HARMLESS, ...HARMLESS, ...CREDENTIALS])
    assert.equal(isCredentialKey(key), CREDENTIALS.includes(key))
})

test('each masked value is noted, up to fifty notes, and masking goes on', () => {
  const value = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`password_${index}`, 'canary']),
  )
  const { value: plain, redactions } = createRedactor()(value)
  assert.equal(redactions.length, 50)
  assert.ok(Object.values(plain as object).every((text) => text === MASK))
  assert.doesNotMatch(JSON.stringify(redactions), /canary/)
})

// Put together here, so that no line of this repository looks like a credential.
const canary = 'c4n4ry'.repeat(4)
const TEXTS: readonly [string, string][] = [
  ['a bearer token', `Authorization: Bearer ${canary}`],
  ['basic authentication', `sent basic ${canary}==`],
  ['an assignment', `api_key=${canary}`],
  ['an assignment in JSON', `{"client_secret": "${canary}", "a": 1}`],
  ['an environment variable', `ACME_API_KEY='${canary}' node app.js`],
  ['a query', `GET https://acme.example/?access_token=${canary}&a=1`],
  ['a key by its shape', `Incorrect API key provided: ${['sk', 'proj', canary].join('-')}.`],
  ['a cloud key by its shape', `key ${'AK'}${'IA'}${canary} is disabled`],
  ['a key of thousands of characters', `Bearer ${canary.repeat(500)}`],
  ['an assignment of thousands of characters', `password: ${canary.repeat(500)}`],
  ['a long key by its shape', `${['ghp', canary.repeat(50)].join('_')}`],
]
for (const [name, text] of TEXTS) {
  test(`free text: ${name} is masked whole`, () => {
    const masked = maskText(text)
    assert.doesNotMatch(masked, /c4n4ry/)
    assert.match(masked, /\[REDACTED\]/)
  })
}

test('ordinary text stays as it is', () => {
  const texts = [
    'max_tokens: 4096 is more than the 8192 tokens of this model',
    'Rate limit reached for gpt-4o in organization on tokens per min',
    'skateboarding_championships and pkg-config-based-builds',
    'The secretary said: nothing',
    'Unexpected token } in JSON at position 4',
  ]
  for (const text of texts) assert.equal(maskText(text), text)
})

test('masking is linear: ten times the text is not a hundred times the work', () => {
  const hostile = [
    'a-',
    'api_key',
    'token ',
    'token"    ',
    'Bearer ',
    'bearer    a',
    'sk-',
    'sk-aaaa ',
    '_',
    'token=',
    'AIza',
    ' \n',
    '-token-token:',
  ]
  for (const piece of hostile) {
    const [small, large] = [100_000, 1_000_000].map((length) =>
      effort(piece.repeat(Math.ceil(length / piece.length))),
    ) as [number, number]
    // A quadratic pattern is at 100 times here, and takes minutes.
    assert.ok(
      large < 40 * Math.max(small, 10),
      `${JSON.stringify(piece)}: ${small} then ${large} ms`,
    )
  }
})

/** The least CPU time of three runs, in milliseconds: other processes do not count. */
function effort(text: string): number {
  const runs = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    maskText(text)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...runs)
}
