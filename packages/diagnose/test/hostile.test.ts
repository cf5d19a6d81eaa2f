import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from '../src/index.ts'
import { labelledErrors } from './corpus.ts'
import { DATA, needsData } from './data-set.ts'
import { fuzz } from './fuzz.ts'

const SEEDS: readonly unknown[] = [
  {
    status: 429,
    error: {
      message: 'Rate limit reached for gpt-4o. Please try again in 4m3.2s.',
      code: 'rate_limit_exceeded',
    },
  },
  `400 {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 213462 tokens > 200000 maximum"}}`,
  "Error code: 400 - {'error': {'message': 'Provider returned error', 'metadata': {'raw': '{\\n  \"error\": {\"message\": \"x\"}}'}}}",
]

test('whatever is thrown gives a diagnosis, and nothing throws', () => {
  fuzz(4000, 20_261_130, SEEDS)
})

test('real errors with something broken in them give a diagnosis, too', needsData, () => {
  assert.ok(DATA.length > 0)
  fuzz(
    4000,
    7,
    labelledErrors().map(({ input }) => input),
  )
})

test('getters and proxies that throw do no harm', () => {
  const throwing = Object.defineProperties(
    {},
    Object.fromEntries(
      ['message', 'code', 'cause', 'headers', 'constructor', 'name', 'status'].map((key) => [
        key,
        {
          enumerable: true,
          get: () => {
            throw new Error('no')
          },
        },
      ]),
    ),
  )
  const trap = (): never => {
    throw new Error('no')
  }
  const proxy = new Proxy(
    {},
    { get: trap, ownKeys: trap, getPrototypeOf: trap, has: trap, getOwnPropertyDescriptor: trap },
  )
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  for (const error of [
    throwing,
    proxy,
    revoked.proxy,
    { cause: proxy, headers: proxy, details: [proxy] },
    [proxy],
    new Proxy([], { get: trap }),
  ])
    assert.equal(diagnose(error).category, 'not_llm_error')
})

test('a proxy that answers everything with itself comes to an end', () => {
  const endless: object = new Proxy(
    {},
    { get: (_, key) => (typeof key === 'string' ? endless : undefined) },
  )
  assert.equal(diagnose(endless).category, 'not_llm_error')
  const fresh = (): object => new Proxy({}, { get: () => fresh() })
  assert.equal(diagnose(fresh()).category, 'not_llm_error')
})

test('cycles and deep causes come to an end, and what is near the surface is found', () => {
  const circular: Record<string, unknown> = {
    message: 'Rate limit reached for model x',
    status: 429,
  }
  circular.cause = circular
  circular.errors = [circular]
  assert.equal(diagnose(circular).category, 'rate_limit')
  let deep: Error = new Error('the end')
  for (let depth = 0; depth < 50_000; depth++) deep = new Error('a layer', { cause: deep })
  assert.equal(diagnose(deep).category, 'not_llm_error')
})

test('ten megabytes are read at the beginning and at the end only', () => {
  const filler = 'lorem {"a": [1, {"b": "'.repeat(450_000)
  assert.ok(filler.length > 9_000_000)
  assert.equal(diagnose(`${filler} insufficient_quota`).category, 'insufficient_credits')
  assert.equal(
    diagnose(`Error code: 429 - insufficient_quota ${filler}`).category,
    'insufficient_credits',
  )
})

test('texts made of what patterns begin with are read in linear time', () => {
  const work = (text: string): bigint => {
    const began = process.cpuUsage()
    for (let round = 0; round < 20; round++) diagnose(text)
    const { user, system } = process.cpuUsage(began)
    return BigInt(user + system)
  }
  const pieces = [
    '{',
    '[',
    '{"',
    "{'a':",
    'https://',
    'model ',
    'error: ',
    'retry in ',
    ' '.repeat(4),
    'a.',
    'limit ',
    '1',
    '\\',
    'x\n',
    'host=',
    'resets 1',
    '(',
    'max_tokens ',
  ]
  for (const piece of pieces) {
    work(piece.repeat(200))
    const [short, long] = [
      work(piece.repeat(1500 / piece.length)),
      work(piece.repeat(12_000 / piece.length)),
    ]
    // Eight times the text; quadratic would be 64 times the work. Short runs are noise.
    assert.ok(
      long < 60_000n || long < short * 40n,
      `${JSON.stringify(piece)}: ${short} → ${long} µs`,
    )
  }
})

test('nothing that was given is changed', () => {
  const error = {
    status: 429,
    message: 'x',
    error: { code: 'insufficient_quota' },
    headers: { 'Retry-After': '1' },
  }
  const before = structuredClone(error)
  diagnose(Object.freeze(error))
  assert.deepEqual(error, before)
})
