import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, callStarted, content, message, START, spanId } from '../records.ts'
import type { Opened } from './opened.ts'

/** Calls are counted. */
export function numbersContract(name: string, open: Opened): void {
  test(`${name}: costs, tokens, errors and lengths are counted by keys`, async (t) => {
    const store = await open(t)
    await store.ingest([
      call(1, 1, {
        user_id: 'u1',
        cost_usd: 0.1,
        input_tokens: 10,
        output_tokens: 1,
        duration_ms: 100,
      }),
      call(1, 2, {
        user_id: 'u1',
        cost_usd: 0.2,
        input_tokens: 20,
        output_tokens: 2,
        duration_ms: 200,
      }),
      call(2, 3, { user_id: 'u2', cost_usd: null, status: 'error', duration_ms: 5 }),
      call(2, 4, { model: 'acme-small', status: 'aborted', cost_usd: 0 }),
      callStarted(3, 5),
    ])
    const [all] = await store.aggregate()
    assert.deepEqual(
      [
        all?.calls,
        all?.errors,
        all?.aborted,
        all?.error_rate,
        all?.cost_usd,
        all?.cost_unknown_calls,
      ],
      [4, 1, 1, 0.25, 0.3, 0],
    )
    assert.deepEqual([all?.input_tokens, all?.output_tokens], [30, 3])
    assert.deepEqual(
      [all?.latency_ms.count, all?.latency_ms.p50, all?.latency_ms.max, all?.latency_ms.mean],
      [2, 150, 200, 150],
    )
    const groups = await store.aggregate({ by: ['model', 'user'] })
    assert.deepEqual(
      groups.map(({ key, calls }) => [key.model, key.user, calls]),
      [
        ['acme-large', 'u1', 2],
        ['acme-large', 'u2', 1],
        ['acme-small', null, 1],
      ],
    )
    assert.equal((await store.aggregate({ user_id: 'u1' }))[0]?.calls, 2)
    assert.deepEqual(await store.aggregate({ user_id: 'nobody' }), [])
  })

  test(`${name}: groups of one cost and size come in the order of their keys, however they were read`, async (t) => {
    const models = ['b', 'a', 'd', 'c']
    for (const order of [models, models.toReversed()]) {
      const store = await open(t)
      for (const model of order)
        await store.ingest([call(1, models.indexOf(model), { model, cost_usd: 0.1 })])
      for (const by of [['model'], ['model', 'session']] as const) {
        const groups = await store.aggregate({ by })
        assert.deepEqual(
          groups.map(({ key }) => key.model),
          ['a', 'b', 'c', 'd'],
        )
      }
    }
  })

  test(`${name}: a call that was sampled counts for as many as it stands for`, async (t) => {
    const store = await open(t)
    await store.ingest([
      call(1, 1, { sample_rate: 0.1, cost_usd: 0.1, input_tokens: 10, duration_ms: 100 }),
      call(2, 2, { sample_rate: 0.5, cost_usd: 0.2, status: 'error', input_tokens: 3 }),
      call(3, 3, { sample_rate: 1, cost_usd: null, duration_ms: 900 }),
      call(4, 4, { cost_usd: 0.4, model: 'other', duration_ms: 300 }),
    ])
    for (const by of [['provider'], ['provider', 'session']] as const) {
      const [all] = await store.aggregate({ by })
      assert.deepEqual(
        [all?.calls, all?.errors, all?.error_rate, all?.cost_usd, all?.cost_unknown_calls],
        [14, 2, 2 / 14, 1.8, 1],
      )
      assert.equal(all?.input_tokens, 106)
      const { count, mean, p50, p95, max } = all?.latency_ms ?? {}
      assert.deepEqual([count, mean, p50, p95, max], [12, 2200 / 12, 100, 570, 900].map(digits))
    }
  })

  test(`${name}: attempts of one call are one call, with the ending of the last`, async (t) => {
    const store = await open(t)
    await store.ingest([
      call(1, 2, {
        retry_of: spanId(1),
        attempt: 2,
        duration_ms: 50,
        call_duration_ms: 170,
        cost_usd: 0.1,
      }),
      call(1, 1, { status: 'error', cost_usd: 0.1 }),
    ])
    const [all] = await store.aggregate()
    assert.deepEqual(
      [all?.calls, all?.errors, all?.retries, all?.cost_usd, all?.latency_ms.p50],
      [1, 0, 1, 0.2, 170],
    )
  })

  test(`${name}: a retry that does not say how long the call took ended so long after the first attempt began`, async (t) => {
    const store = await open(t)
    const failed = { status: 'error', duration_ms: 10 }
    const lines = [
      call(1, 3, { retry_of: spanId(2), duration_ms: 50.5, start_time: START + 2000.25 }),
      call(1, 2, { ...failed, retry_of: spanId(1), start_time: START + 700 }),
      call(1, 1, { ...failed, start_time: START + 0.125 }),
      // A clock that went back, a call that says it, and one whose first attempt is not there.
      call(1, 11, { ...failed, start_time: START + 900 }),
      call(1, 12, { retry_of: spanId(11), duration_ms: 7, start_time: START }),
      call(1, 21, { ...failed, start_time: START }),
      call(1, 22, { retry_of: spanId(21), duration_ms: 7, call_duration_ms: 60 }),
      call(1, 32, { retry_of: spanId(31), duration_ms: 8 }),
    ]
    for (const order of [lines, lines.toReversed()]) {
      for (const line of order) await store.ingest([line])
      for (const by of [[], ['session']] as const) {
        const { count, max, mean } = (await store.aggregate({ by }))[0]?.latency_ms ?? {}
        const lengths = [2000.125 + 50.5, 7, 60, 8]
        const sum = lengths.reduce((one, two) => one + two)
        assert.deepEqual([count, max, mean], [4, 2050.625, digits(sum / 4)])
      }
    }
  })

  test(`${name}: a call of which any attempt has no known cost is a call of unknown cost`, async (t) => {
    const store = await open(t)
    const attempt = (at: number, fields: object) =>
      call(1, at, { ...(at % 10 === 1 ? {} : { retry_of: spanId(at - 1) }), ...fields })
    const failed = { status: 'error', cost_usd: 0.1 }
    const lines = [
      attempt(1, { ...failed, cost_usd: null, input_tokens: 9 }),
      attempt(2, failed),
      attempt(3, { cost_usd: 0.2 }),
      // Refused: nobody could know a price.
      attempt(11, { ...failed, cost_usd: null }),
      attempt(12, { cost_usd: 0.2 }),
      // Two that name each other.
      attempt(22, { ...failed, retry_of: spanId(23) }),
      attempt(23, failed),
      call(1, 31, { cost_usd: null }),
      call(1, 41, { cost_usd: 0.3 }),
    ]
    for (const order of [lines, lines.toReversed()]) {
      for (const line of order) await store.ingest([line])
      for (const by of [[], ['session']] as const) {
        const [all] = await store.aggregate({ by })
        assert.deepEqual([all?.calls, all?.cost_unknown_calls], [4, 2])
      }
    }
    await store.ingest([attempt(1, { ...failed, input_tokens: 9 })])
    assert.equal((await store.aggregate())[0]?.cost_unknown_calls, 1)
  })

  test(`${name}: a call stays counted when an attempt to repeat it was cut off, or is a tenant's of others`, async (t) => {
    const store = await open(t)
    await store.ingest([
      call(1, 1, { status: 'error', tenant_id: 'a' }),
      callStarted(1, 2, { retry_of: spanId(1), tenant_id: 'a' }),
      call(9, 9, { retry_of: spanId(1), tenant_id: 'b' }),
    ])
    for (const by of [['tenant'], ['tenant', 'session']] as const)
      assert.deepEqual(
        (await store.aggregate({ by })).map(({ key, calls }) => [key.tenant, calls]).sort(),
        [
          ['a', 1],
          ['b', 1],
        ],
      )
  })

  test(`${name}: the same question is one group, whatever its case and punctuation`, async (t) => {
    const store = await open(t)
    await store.ingest(
      ['Where is my order?', 'where is my order', 'How do I pay?'].flatMap((text, at) => [
        call(at, at + 1, { cost_usd: 0.1 }),
        content(at, at + 1, 'input', [message('user', text)]),
      ]),
    )
    const groups = await store.aggregate({ by: ['query'] })
    assert.deepEqual(
      groups.map(({ key, calls }) => [key.query, calls]),
      [
        ['where is my order', 2],
        ['how do i pay', 1],
      ],
    )
  })
}

function digits(value: number): number {
  return Number(value.toPrecision(12))
}
