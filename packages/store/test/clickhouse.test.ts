import { createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { clickHouseEngine } from '../src/clickhouse/clickhouse-engine.ts'
import { connectionOf } from '../src/clickhouse/connection.ts'
import { migrateClickHouse } from '../src/clickhouse/open-clickhouse.ts'
import { createStore } from '../src/create-store.ts'
import { storeContract } from './contract.ts'

// The real engine, in this process, behind the real client.
const client = createClient({ connection: createChdbConnection({ path: ':memory:' }) as never })
let databases = 0

storeContract('ClickHouse', async (t, { multiTenant = false, treated } = {}) => {
  databases += 1
  const database = `store_${databases}`
  const connection = connectionOf({ ...boundTo(client), close: async () => {} }, database)
  await migrateClickHouse(connection, { multiTenant })
  const store = createStore(await clickHouseEngine(connection, { multiTenant }), treated)
  t.after(async () => {
    await store.close()
    await client.command({ query: `DROP DATABASE ${database}` })
  })
  return store
})

function boundTo({ query, insert, command }: typeof client) {
  return {
    query: query.bind(client),
    insert: insert.bind(client),
    command: command.bind(client),
  } as Pick<typeof client, 'query' | 'insert' | 'command'>
}
