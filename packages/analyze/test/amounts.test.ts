import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyzed } from './fixtures.ts'

const ROW = { ts: '2026-11-28T21:06:40Z', model: 'm', completion_tokens: 50, err: null }

/** What is read of a line: tokens, milliseconds, dollars, and what could not be read. */
async function read(fields: object) {
  const { totals, latency_ms, input } = await analyzed([{ ...ROW, prompt_tokens: 10, ...fields }])
  return [totals.input_tokens, latency_ms.p50, totals.cost_usd, input.unreadable]
}

test('a comma that may stand before decimals or thousands is neither, and is told', async () => {
  for (const text of ['0,845', '2,5', '1,232', '12,345']) {
    assert.deepEqual(await read({ latency_s: text }), [10, null, null, { duration_ms: 1 }])
    assert.deepEqual(await read({ cost_usd: text }), [10, null, null, { cost_usd: 1 }])
    assert.deepEqual(await read({ cost_usd: `$${text}` }), [10, null, null, { cost_usd: 1 }])
    assert.deepEqual(await read({ latency: `${text} s` }), [10, null, null, { duration_ms: 1 }])
  }
  assert.deepEqual(await read({ latency_ms: '0,845' }), [10, null, null, { duration_ms: 1 }])
  for (const fields of [{ latency_ms: '1,232' }, { latency: '1,232 ms' }])
    assert.deepEqual(await read(fields), [10, 1232, null, {}])
  assert.deepEqual(await read({ latency_ms: '1.232,5' }), [10, null, null, { duration_ms: 1 }])
  assert.deepEqual(await read({ prompt_tokens: '1.234' }), [null, null, null, { input_tokens: 1 }])
  assert.deepEqual(await read({ prompt_tokens: '1,234' }), [1234, null, null, {}])
  assert.deepEqual(await read({ latency_ms: '1,232.5' }), [10, 1232.5, null, {}])
})

test('lengths that name their units are read, and texts under a known key that are none are told', async () => {
  const lengths = {
    ...{ '995.3 ms': 995.3, '1,232.5 ms': 1232.5, '1m2.5s': 62_500, '1 min 2 s': 62_000 },
    ...{ '1h2m3s': 3_723_000, 'PT1.25S': 1250, PT1M2S: 62_000, '850µs': 0.85, '0:00:01.5': 1500 },
  }
  for (const [latency, ms] of Object.entries(lengths))
    assert.deepEqual(await read({ latency }), [10, ms, null, {}], latency)
  for (const latency of ['soon', '1,232 s', 'fast (1 s)'])
    assert.deepEqual(await read({ latency }), [10, null, null, { duration_ms: 1 }], latency)
  for (const cost of ['free', '1,50 USD', 'EUR 3'])
    assert.deepEqual(await read({ cost }), [10, null, null, { cost_usd: 1 }], cost)
  assert.deepEqual(await read({ latency: 'N/A', cost: '-' }), [10, null, null, {}])
})
