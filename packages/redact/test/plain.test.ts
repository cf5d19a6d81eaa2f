import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedactor, toPlain } from '../src/index.ts'

class Account {
  owner = 'Ada'
  #balance = 5n
  get balance(): bigint {
    return this.#balance
  }
}

function throwing(): never {
  throw new Error('This must never run, or never reach the caller')
}

const CASES: readonly [string, () => unknown, unknown][] = [
  ['text', () => 'hello', 'hello'],
  ['lone surrogates', () => 'a\ud800b', 'a\ufffdb'],
  ['lone surrogates in keys', () => ({ 'a\udc00': 1 }), { 'a\ufffd': 1 }],
  ['whole surrogate pairs', () => '😀', '😀'],
  ['numbers', () => [1, -0.5, Number.NaN, Number.POSITIVE_INFINITY], [1, -0.5, 'NaN', 'Infinity']],
  ['falsy values', () => [0, '', false, null], [0, '', false, null]],
  [
    'undefined, which is absent in an object',
    () => ({ a: undefined, b: [undefined] }),
    { b: [null] },
  ],
  ['BigInt', () => ({ big: 12345678901234567890n }), { big: '12345678901234567890' }],
  ['Symbol', () => [Symbol('x')], ['[symbol]']],
  ['symbol keys, which are absent', () => ({ [Symbol('x')]: 1, a: 2 }), { a: 2 }],
  [
    'functions, which are absent in an object',
    () => ({ f: throwing, g: [throwing] }),
    { g: ['[function]'] },
  ],
  ['Date', () => new Date(0), '1970-01-01T00:00:00.000Z'],
  ['an invalid Date', () => new Date(Number.NaN), null],
  [
    'Map',
    () =>
      new Map<unknown, unknown>([
        ['a', 1],
        [2, new Map([['b', 2]])],
      ]),
    { a: 1, 2: { b: 2 } },
  ],
  ['Set', () => new Set([1, 'a', new Set([2])]), [1, 'a', [2]]],
  ['RegExp', () => /a+/gi, '/a+/gi'],
  ['URL', () => new URL('https://acme.example/a?b=1'), 'https://acme.example/a?b=1'],
  [
    'typed arrays',
    () => [new Uint8Array(3), new DataView(new ArrayBuffer(2)), new ArrayBuffer(1)],
    ['[Binary, 3 bytes]', '[Binary, 2 bytes]', '[Binary, 1 bytes]'],
  ],
  ['Buffer', () => Buffer.from('secret'), '[Binary, 6 bytes]'],
  ['class instances', () => new Account(), { owner: 'Ada' }],
  ['objects without a prototype', () => Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ['frozen objects', () => Object.freeze({ a: Object.freeze([1]) }), { a: [1] }],
  ['sparse arrays', () => Array(3).concat(1), [null, null, null, 1]],
  [
    'getters',
    () => ({
      get a() {
        return 1
      },
    }),
    { a: 1 },
  ],
  [
    'throwing getters',
    () => ({
      get a() {
        return throwing()
      },
      b: 1,
    }),
    { a: '[Unreadable]', b: 1 },
  ],
  ['toJSON that gives an object', () => ({ secret: 1, toJSON: () => ({ a: 1 }) }), { a: 1 }],
  ['toJSON that gives a text', () => ({ id: { toJSON: () => 'abc' } }), { id: 'abc' }],
  ['toJSON that gives an array', () => ({ toJSON: () => [1, { b: 2 }] }), [1, { b: 2 }]],
  ['toJSON that gives a Date', () => ({ toJSON: () => new Date(0) }), '1970-01-01T00:00:00.000Z'],
  ['toJSON that throws', () => ({ a: 1, toJSON: throwing }), { a: 1 }],
  [
    'toJSON that gives itself',
    () => {
      const self = { a: 1, toJSON: (): unknown => self }
      return self
    },
    { a: 1 },
  ],
  [
    'toJSON that gives a cycle',
    () => {
      const self: { toJSON(): unknown } = { toJSON: () => ({ self }) }
      return self
    },
    { self: '[Circular]' },
  ],
  ['toJSON that is no function', () => ({ toJSON: 'x' }), { toJSON: 'x' }],
  [
    'toJSON that is asked with its key, once',
    () => ({ a: { toJSON: (key: string) => ({ key, toJSON: throwing }) } }),
    { a: { key: 'a' } },
  ],
  [
    'shared references, which are no cycles',
    () => {
      const shared = { a: 1 }
      return [shared, shared]
    },
    [{ a: 1 }, { a: 1 }],
  ],
]
for (const [name, make, expected] of CASES) {
  test(`a snapshot holds ${name}`, () => assert.deepEqual(toPlain(make()), expected))
}

test('cycles through objects, arrays, maps and causes end', () => {
  const object: Record<string, unknown> = {}
  object.list = [object]
  object.map = new Map([['back', object]])
  const error = new Error('boom')
  error.cause = error
  object.error = error
  assert.deepEqual(toPlain(object), {
    list: ['[Circular]'],
    map: { back: '[Circular]' },
    error: { type: 'Error', message: 'boom', cause: '[Circular]' },
  })
})

test('an error keeps its type, message, code and causes, and leaves its stack out', () => {
  const cause = Object.assign(new TypeError('inner'), { code: 'E1' })
  const error = new AggregateError([new RangeError('part')], 'outer', { cause })
  assert.deepEqual(toPlain(error), {
    type: 'AggregateError',
    message: 'outer',
    cause: { type: 'TypeError', message: 'inner', code: 'E1' },
    errors: [{ type: 'RangeError', message: 'part' }],
  })
})

test('an error whose getters throw keeps what can be read', () => {
  const error = new Error('boom')
  Object.defineProperty(error, 'message', { get: throwing })
  Object.defineProperty(error, 'cause', { get: throwing })
  assert.deepEqual(toPlain(error), {
    type: 'Error',
    message: '[Unreadable]',
    cause: '[Unreadable]',
  })
})

test('the keys __proto__ and constructor are ordinary keys', () => {
  const plain = toPlain(JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"a":2}'))
  assert.equal(JSON.stringify(plain), '{"__proto__":{"polluted":true},"constructor":1,"a":2}')
  assert.equal(Object.getPrototypeOf(plain), Object.prototype)
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
})

test('a proxy whose every trap throws is unreadable, and what is around it stays', () => {
  const traps = Object.fromEntries(
    Object.getOwnPropertyNames(Reflect).map((trap) => [trap, throwing]),
  )
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  assert.deepEqual(
    toPlain({ a: new Proxy({}, traps), b: proxy, c: [1, new Proxy([], traps), 2], d: 1 }),
    {
      a: '[Unreadable]',
      b: '[Unreadable]',
      c: [1, '[Unreadable]', 2],
      d: 1,
    },
  )
})

test('a method of a built-in that somebody overrode is not called', () => {
  const date = Object.assign(new Date(0), { getTime: throwing, toISOString: () => ({ leak: 1n }) })
  const map = Object.assign(new Map([['a', 1]]), { entries: throwing, [Symbol.iterator]: throwing })
  const set = Object.assign(new Set([1]), { values: throwing, [Symbol.iterator]: throwing })
  assert.deepEqual(toPlain([date, map, set]), ['1970-01-01T00:00:00.000Z', { a: 1 }, [1]])
})

test('a map whose key cannot become a text keeps its other keys', () => {
  const map = new Map<unknown, number>([
    [Object.create(null), 1],
    ['a', 2],
  ])
  assert.deepEqual(toPlain(map), { '[Unreadable]': 1, a: 2 })
})

test('values past 100,000 are withheld and said so, wherever they are', () => {
  const wide = toPlain(Array.from({ length: 100_001 }, () => 1)) as unknown[]
  assert.equal(wide.length, 100_001)
  assert.equal(wide.at(-1), '[Too large]')
  const nested = Array.from({ length: 50_001 }, () => [1])
  assert.match(JSON.stringify(toPlain(nested)), /"\[Too large\]"/)
  const keys = Object.fromEntries(Array.from({ length: 100_001 }, (_, index) => [`k${index}`, 1]))
  assert.equal((toPlain(keys) as Record<string, unknown>)['[Too large]'], true)
  const map = toPlain(new Map(Object.entries(keys))) as Record<string, unknown>
  assert.equal(map['[Too large]'], true)
})

test('100,000 values are all there', () => {
  const list = Array.from({ length: 50_000 }, (_, index) => ({ index }))
  assert.deepEqual(toPlain(list), list)
})

test('a claimed length of billions ends', () => {
  const endless = new Proxy([], {
    get: (target, key) => (key === 'length' ? 2 ** 53 : Reflect.get(target, key)),
  })
  assert.equal((toPlain(endless) as unknown[]).at(-1), '[Too large]')
})

test('depth 10,000 is cut, not overflowed', () => {
  let deep: unknown = 'bottom'
  for (let level = 0; level < 10_000; level++) deep = level % 2 ? [deep] : { deep }
  const text = JSON.stringify(toPlain(deep))
  assert.match(text, /\[Too deep\]/)
  assert.doesNotMatch(text, /bottom/)
})

test('a toJSON that always gives a new object ends', () => {
  const endless = (): object => ({ toJSON: () => ({ next: endless() }) })
  assert.match(JSON.stringify(toPlain(endless())), /\[Too deep\]/)
})

test('a text of 50 MB goes by reference', () => {
  const large = 'x'.repeat(50 * 1024 * 1024)
  const before = process.memoryUsage().heapUsed
  const plain = toPlain({ large }) as { large: string }
  assert.equal(plain.large.length, large.length)
  assert.ok(process.memoryUsage().heapUsed - before < 10 * 1024 * 1024)
})

test('a masked value is never read', () => {
  let reads = 0
  const value = {
    get password() {
      reads += 1
      return 'x'
    },
    nested: new Map([['api_key', 'x']]),
  }
  const { value: plain, redactions } = createRedactor()(value)
  assert.deepEqual(plain, { password: '[REDACTED]', nested: { api_key: '[REDACTED]' } })
  assert.equal(reads, 0)
  assert.deepEqual(redactions, [
    { path: 'password', rule: 'credential-key', count: 1 },
    { path: 'nested.api_key', rule: 'credential-key', count: 1 },
  ])
})

test('with all but no stack left nothing is thrown, and masked values have right paths', () => {
  const branch = { a: { b: { c: { d: [[[[[{ e: 1 }]]]]] } } } }
  const value = { branch, list: [branch, branch], secret: 1 }
  const found: unknown[] = []
  const dive = (): void => {
    try {
      dive()
    } catch {
      return
    }
    if (found.length < 200) found.push(createRedactor()(value))
  }
  dive()
  assert.equal(found.length, 200)
  for (const { value: plain, redactions } of found as ReturnType<
    ReturnType<typeof createRedactor>
  >[])
    if (plain !== '[Unreadable]')
      assert.deepEqual(
        redactions.filter(({ rule }) => rule === 'credential-key').map(({ path }) => path),
        ['secret'],
      )
})

test('after something unreadable the paths of masked values are still right', () => {
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  const value = { a: { b: proxy }, c: { toJSON: () => proxy }, d: { secret: 1 } }
  assert.deepEqual(
    createRedactor()(value).redactions.map((note) => note.path),
    ['d.secret'],
  )
})
