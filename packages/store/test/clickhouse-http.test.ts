import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { connectClickHouse } from '../src/clickhouse/open-clickhouse.ts'
import { migrateStore, openStore } from '../src/index.ts'
import { startFront } from './clickhouse-front.ts'
import { ingestContract } from './contract/ingest.ts'
import type { Opened } from './contract/opened.ts'
import { tenantsContract } from './contract/tenants.ts'
import { tracesContract } from './contract/traces.ts'
import { call, content, message, spanId } from './records.ts'

const front = await startFront()
after(() => front.close())
let databases = 0

const newStore: Opened = async (t, { multiTenant = false } = {}) => {
  databases += 1
  const target = `${front.address}/store_${databases}`
  await migrateStore(target, { multiTenant })
  const store = await openStore(target)
  t.after(() => store.close())
  return store
}

ingestContract('ClickHouse by HTTP', newStore)
tracesContract('ClickHouse by HTTP', newStore)
tenantsContract('ClickHouse by HTTP', newStore)

test('a database without tables says which command makes them', async () => {
  await assert.rejects(openStore(`${front.address}/nothing_here`), {
    code: 'STORE_SCHEMA_OLD',
    message: /recount store migrate/,
  })
})

test('tables are made once, and days are set on content and metadata apart', async () => {
  const target = `${front.address}/kept`
  const daysOf = async (): Promise<(string | undefined)[]> => {
    const connection = await connectClickHouse(target)
    const rows = await connection.rows<{ sql: string }>(
      "SELECT create_table_query AS sql FROM system.tables WHERE database = 'kept' AND name IN ('contents', 'spans') ORDER BY name",
    )
    await connection.close()
    return rows.map(({ sql }) => /TTL day \+ toIntervalDay\((\d+)\)/.exec(sql)?.[1])
  }
  assert.equal(await migrateStore(target, { contentDays: 7, metadataDays: 90 }), 3)
  assert.deepEqual(await daysOf(), ['7', '90'])
  const store = await openStore(target)
  const time = Date.now()
  await store.ingest([content(1, 1, 'output', [message('assistant', 'of today')], { time })])
  assert.equal(await migrateStore(target, { contentDays: 0 }), 3)
  assert.deepEqual(await daysOf(), [undefined, '90'])
  const { items } = await store.search({ phrase: 'of today' })
  assert.deepEqual(
    items.map(({ span }) => span.span_id),
    [spanId(1)],
  )
  await store.close()
})

test('an answer that is cut, a server that refuses, and one that is not there are told as what they are', async () => {
  const target = `${front.address}/faults`
  await migrateStore(target)
  const store = await openStore(target)
  await store.ingest([call(1, 1), call(2, 2)])
  for (const fault of ['cut', 'refuse'] as const) {
    front.fault = fault
    await assert.rejects(store.list(), { code: 'STORE_UNREADABLE', message: /ClickHouse/ }, fault)
    await assert.rejects(store.aggregate(), { code: 'STORE_UNREADABLE' }, fault)
    await assert.rejects(store.ingest([call(3, 3)]), { code: 'STORE_UNREADABLE' }, fault)
  }
  front.fault = undefined
  assert.equal((await store.list()).items.length, 2)
  await store.close()
  await assert.rejects(openStore('clickhouse://127.0.0.1:9/recount'), { code: 'STORE_UNREADABLE' })
  await assert.rejects(openStore('clickhouse://127.0.0.1/a-b'), { code: 'STORE_OPTION_INVALID' })
})

test('a database of an earlier version is brought to this one, with what is in it', async () => {
  const target = `${front.address}/earlier`
  await migrateStore(target)
  const store = await openStore(target)
  await store.ingest([call(1, 1, { sample_rate: 0.25 }), call(2, 2)])
  await store.close()
  const connection = await connectClickHouse(target)
  await connection.run('ALTER TABLE $db.spans DROP COLUMN sample_rate')
  await connection.insert('meta', [{ name: 'schema', value: '2', version: 1 }])
  await connection.close()
  await assert.rejects(openStore(target), { code: 'STORE_SCHEMA_OLD' })
  await migrateStore(target)
  const again = await openStore(target)
  const [all] = await again.aggregate()
  assert.equal(all?.calls, 5)
  await again.close()
})
