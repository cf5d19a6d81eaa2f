import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AnyRecord } from '@recount/record'
import Database from 'libsql'
import { EVERY_TENANT, type Grouped, openStore, type Store } from '../src/index.ts'
import { folder, storeIn } from './folder.ts'
import { call, callStarted, record, START, spanId, traceId } from './records.ts'

const COUNT = 4200
const DAY = 86_400_000

/** Calls of all kinds, among other spans; each is numbered, so that it can be said again. */
function calls(): AnyRecord[] {
  return Array.from({ length: COUNT }, (_, at) => {
    const id = at + 1
    if (at % 41 === 0) return callStarted(id, id)
    if (at % 43 === 0) return record('retrieval', { ...ids(id), ...ended(id), source: 'a' })
    return call(id, id, {
      ...ended(id),
      status: ['ok', 'ok', 'error', 'ok', 'partial', 'aborted'][at % 6],
      model: ['large', 'small', 'tiny'][at % 3],
      user_id: `u${at % 5}`,
      ...(at % 4 === 0 ? {} : { prompt: { name: `p${at % 2}`, version: at % 3 } }),
      ...(at % 2 === 0 ? { tenant_id: 'acme' } : {}),
      input_tokens: at % 9 === 0 ? null : at,
      output_tokens: at % 7,
      cost_usd: at % 8 === 0 ? null : at / 1e6,
      ...(at % 50 === 7 ? { retry_of: spanId(id - 1), attempt: 2 } : {}),
    })
  })
}

const ids = (id: number): object => ({ trace_id: traceId(id), span_id: spanId(id) })
const ended = (id: number): object => ({
  start_time: START + id * (DAY / 1000),
  duration_ms: (id * 7919) % 3000,
  status: 'ok',
})

const QUERIES: readonly Parameters<Store['aggregate']>[0][] = [
  {},
  { by: ['model'] },
  { by: ['model', 'prompt', 'prompt_version', 'tenant'] },
  { by: ['provider'], model: 'small', status: 'error' },
  { by: ['prompt'], since: START + DAY, until: START + 3 * DAY },
  { by: ['model'], tenant: 'acme' },
  { by: ['model'], tenant: '' },
  { model: 'nobody' },
  { event: 'tool_call' },
  { by: ['user'] },
  { by: ['model'], user_id: 'u1' },
  { by: ['day', 'model'] },
  { by: ['model'], ranges: { cost_usd: { at_least: 0.002 } } },
]

/** What it says to each question; groups of one cost in any order, sums of fractions to twelve digits. */
async function answers(store: Store): Promise<unknown[]> {
  const said: unknown[] = []
  for (const query of QUERIES) said.push([query, plain(await store.aggregate(query))])
  return said
}

function plain(groups: readonly Grouped[]): unknown[] {
  const texts = groups.map((group) =>
    JSON.stringify(group, (_, value) =>
      typeof value === 'number' ? Number(value.toPrecision(12)) : value,
    ),
  )
  return texts.sort().map((text) => JSON.parse(text))
}

function blocksIn(path: string): number {
  const database = new Database(path)
  const { count } = database.prepare('SELECT count(*) AS count FROM call_blocks').get() as {
    count: number
  }
  database.close()
  return count
}

test('numbers from blocks are those from rows, after whatever came late, changed or was forgotten', async (t) => {
  const path = join(folder(t), 'recount.db')
  const reference = await openStore(':memory:')
  const both = async (act: (store: Store) => Promise<unknown>): Promise<void> => {
    const store = await openStore(path)
    await act(reference)
    await act(store)
    const expected = await answers(reference)
    assert.deepEqual(await answers(store), expected)
    // What is written is in blocks when a store is closed.
    await store.close()
    const reader = await openStore(path, { readonly: true })
    assert.deepEqual(await answers(reader), expected)
    await reader.close()
  }
  await both((one) => one.ingest(calls()))
  assert.equal(blocksIn(path), 2)
  // A late attempt repeats a call of the first block, a late ending ends one that was interrupted.
  await both((one) => one.ingest([call(9000, 9000, { retry_of: spanId(4), cost_usd: 0.5 })]))
  await both((one) => one.ingest([call(42, 42, { model: 'late', cost_usd: 0.25 })]))
  await both((one) => one.ingest([call(100, 100, { ...ended(100), cost_usd: 7, model: 'new' })]))
  assert.equal(blocksIn(path), 2)
  // A failed attempt of unknown cost comes late, and has a cost later: a retry of its retry is in the first block.
  const failed = { status: 'error', user_id: 'u4' }
  const late = (cost_usd: number | null) =>
    call(9100, 9100, { ...failed, input_tokens: 3, cost_usd })
  const retry = call(9101, 9101, { ...failed, retry_of: spanId(9100), cost_usd: 0 })
  const last = call(6, 6, { ...ended(6), retry_of: spanId(9101), cost_usd: 1 })
  await both((one) => one.ingest([retry, last]))
  await both((one) => one.ingest([late(null)]))
  await both((one) => one.ingest([late(0.5)]))
  assert.equal(blocksIn(path), 2)
  await both((one) => one.erase({ user: 'u2', tenant: EVERY_TENANT }))
  await both((one) => one.prune({ olderThan: START + 2 * DAY }))
})

test('a block goes with the row that it tells of, and comes back behind the next write', async (t) => {
  const path = join(folder(t), 'recount.db')
  const store = await storeIn(t, path)
  await store.ingest([...calls(), call(9100, 9100, { status: 'error', cost_usd: null })])
  await store.ingest([call(6, 6, { ...ended(6), retry_of: spanId(9100) })])
  await store.close()
  const change = (sql: string): number => {
    const database = new Database(path)
    database.exec(sql)
    database.close()
    return blocksIn(path)
  }
  assert.equal(blocksIn(path), 2)
  assert.equal(change('UPDATE spans SET cost_usd = 1 WHERE id = 2050'), 1)
  // A failed attempt takes away the block of those that repeat it.
  assert.equal(change(`DELETE FROM spans WHERE span_id = x'${spanId(9100)}'`), 0)
  const again = await storeIn(t, path)
  await again.ingest([call(7000, 7000)])
  await again.close()
  assert.equal(blocksIn(path), 2)
})
