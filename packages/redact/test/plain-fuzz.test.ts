import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedactor, toPlain } from '../src/index.ts'
import { seeded } from './random.ts'

type Random = () => number

const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T
const boom = (): never => {
  throw new Error('hostile')
}

const LEAVES: readonly (() => unknown)[] = [
  () => 'text',
  () => '\ud800',
  () => '\u0000\u001b[31m',
  () => 0,
  () => -0,
  () => Number.NaN,
  () => 10n ** 30n,
  () => null,
  () => undefined,
  () => Symbol('s'),
  () => boom,
  () => new Date(8.64e15 + 1),
  () => Object.create(Date.prototype),
  () => Object.create(Map.prototype),
  () => new Proxy({}, { ownKeys: boom }),
  () => new Proxy([], { get: boom }),
  () => new Proxy({}, { getPrototypeOf: boom }),
  () => new Proxy({ a: 1 }, { getOwnPropertyDescriptor: boom }),
  () => ({ toJSON: boom }),
  () => ({ toJSON: () => 1n }),
  () => Object.defineProperty(new Error('x'), 'name', { get: boom }),
  () => new Uint16Array(4),
  () => Promise.resolve(1),
  () => new WeakMap(),
  () =>
    Object.freeze({
      get a() {
        return boom()
      },
    }),
]
const KEYS = [
  'a',
  'b',
  'password',
  '__proto__',
  'constructor',
  'toJSON',
  'length',
  '',
  '\udfff',
  'max_tokens',
]

type Inside = (self: object) => unknown
type Make = (random: Random, inside: Inside, size: number) => unknown

const MAKERS: readonly Make[] = [
  sparseList,
  sparseList,
  object,
  object,
  object,
  (_random, inside, size) => {
    const map = new Map<unknown, unknown>()
    for (let index = 0; index < size; index++) map.set(inside(map), inside(map))
    return map
  },
  (_random, inside) => new Set([inside({})]),
  (_random, inside) => new Error('x', { cause: inside({}) }),
]

/** Any value, with references back to what is around it. */
function anything(random: Random, depth: number, around: readonly object[]): unknown {
  const kind = random()
  if (depth > 6 || kind < 0.3) return pick(random, LEAVES)()
  if (kind < 0.4 && around.length > 0) return pick(random, around)
  const inside: Inside = (self) => anything(random, depth + 1, [...around, self])
  return pick(random, MAKERS)(random, inside, Math.floor(random() * 5))
}

function sparseList(random: Random, inside: Inside, size: number): unknown {
  const list: unknown[] = []
  for (let index = 0; index < size; index++) list[Math.floor(random() * 8)] = inside(list)
  return list
}

function object(random: Random, inside: Inside, size: number): unknown {
  const made = {}
  for (let index = 0; index < size; index++) {
    const value = inside(made)
    const member = random() < 0.3 ? { get: () => value } : { value, writable: true }
    const key = pick(random, KEYS)
    Object.defineProperty(made, key, { ...member, enumerable: true, configurable: true })
  }
  return random() < 0.2 ? Object.freeze(made) : made
}

test('10,000 random values never throw, and what comes out is JSON that survives a round trip', () => {
  for (let seed = 1; seed <= 10_000; seed++) {
    const random = seeded(seed)
    const value = anything(random, 0, [])
    try {
      const { value: plain } = createRedactor()(value)
      const json = JSON.stringify(plain)
      assert.deepEqual(JSON.parse(json), plain === 0 ? 0 : JSON.parse(JSON.stringify(plain)))
      assert.ok(json.isWellFormed())
      assertPlain(plain)
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
})

/** Nothing but fresh JSON: no reference of the caller's, no getter, no foreign prototype. */
function assertPlain(value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    assert.ok(value === null || ['string', 'number', 'boolean'].includes(typeof value))
    return
  }
  const prototype = Object.getPrototypeOf(value)
  assert.ok(prototype === Object.prototype || prototype === Array.prototype)
  for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value))) {
    assert.ok('value' in descriptor)
    assertPlain(descriptor.value)
  }
}

test('each property is read at most once, and nothing is ever written', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = seeded(seed)
    const reads = new Map<object, Map<PropertyKey, number>>()
    const value = watched(tree(random, 0), reads)
    toPlain(value)
    for (const counts of reads.values()) {
      for (const [key, count] of counts) assert.ok(count <= 1, `seed ${seed}: ${String(key)}`)
    }
  }
})

function tree(random: Random, depth: number): unknown {
  if (depth > 4 || random() < 0.3) return pick(random, [1, 'a', null, true])
  const size = Math.floor(random() * 4)
  const items = Array.from({ length: size }, () => tree(random, depth + 1))
  if (random() < 0.5) return items
  return Object.fromEntries(items.map((item) => [pick(random, KEYS), item]))
}

const FORBIDDEN = [
  'set',
  'defineProperty',
  'deleteProperty',
  'setPrototypeOf',
  'preventExtensions',
] as const

/** The value behind proxies that count reads and forbid every change. */
function watched(value: unknown, reads: Map<object, Map<PropertyKey, number>>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const counts = new Map<PropertyKey, number>()
  reads.set(value, counts)
  const forbid = Object.fromEntries(
    FORBIDDEN.map((trap) => [trap, () => assert.fail(`${trap} of the caller's object`)]),
  )
  return new Proxy(value, {
    ...forbid,
    get(target, key) {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      return watched(Reflect.get(target, key), reads)
    },
  })
}
