import type { ClickHouseClient } from '@clickhouse/client'
import { StoreError } from '../errors.ts'

/** Values of a query, by name: `{name:Type}` stands for them in the SQL. */
export type Params = Readonly<Record<string, unknown>>

/** A database on a ClickHouse server. */
export interface Connection {
  /** The name of the database; `$db` stands for it in SQL. */
  readonly database: string
  rows<Row>(sql: string, params?: Params): Promise<Row[]>
  /** The same, as they come. */
  stream<Row>(sql: string, params?: Params): AsyncIterable<Row>
  insert(table: string, rows: readonly object[]): Promise<void>
  run(sql: string, params?: Params): Promise<void>
  close(): Promise<void>
}

/** What a client must be able to do; `ClickHouseClient` of @clickhouse/client does. */
export type Client = Pick<ClickHouseClient, 'query' | 'insert' | 'command' | 'close'>

const SETTINGS = {
  output_format_json_quote_64bit_integers: 0,
  // A server goes on with a query whose caller has left.
  max_execution_time: 120,
  // A day is a partition, and old logs that come in at once have many days.
  max_partitions_per_insert_block: '0',
  // Deletions that were answered have happened.
  mutations_sync: '2',
  // Every write is looked for by the next one.
  async_insert: 0,
} as const

/** Who streams reads at their own pace, and may leave before the end. */
const STREAM_SETTINGS = {
  ...SETTINGS,
  max_execution_time: 0,
  cancel_http_readonly_queries_on_client_close: 1,
} as const

/** A connection by the client of a database; `database` is a name that needs no quotes. */
export function connectionOf(client: Client, database: string): Connection {
  let isClosed = false
  const asked = <Result>(ask: () => Promise<Result>): Promise<Result> => {
    if (isClosed) throw new StoreError('STORE_CLOSED', 'The store is closed; open it again')
    return ask().catch(translated)
  }
  const query = (
    sql: string,
    params: Params = {},
    settings: typeof SETTINGS | typeof STREAM_SETTINGS = SETTINGS,
  ) =>
    asked(() =>
      client.query({
        query: sql.replaceAll('$db', database),
        query_params: { ...params },
        format: 'JSONEachRow',
        clickhouse_settings: settings,
      }),
    )
  return {
    database,
    async rows<Row>(sql: string, params?: Params): Promise<Row[]> {
      const result = await query(sql, params)
      return asked(() => result.json<Row>())
    },
    async *stream<Row>(sql: string, params?: Params): AsyncIterable<Row> {
      const result = await query(sql, params, STREAM_SETTINGS)
      try {
        for await (const rows of result.stream<Row>()) for (const row of rows) yield row.json<Row>()
      } catch (error) {
        translated(error)
      }
    },
    async insert(table, rows) {
      if (rows.length === 0) return
      await asked(() =>
        client.insert({
          table: `${database}.${table}`,
          values: [...rows],
          format: 'JSONEachRow',
          clickhouse_settings: SETTINGS,
        }),
      )
    },
    async run(sql, params = {}) {
      await asked(() =>
        client.command({
          query: sql.replaceAll('$db', database),
          query_params: { ...params },
          clickhouse_settings: SETTINGS,
        }),
      )
    },
    async close() {
      if (isClosed) return
      isClosed = true
      await client.close()
    },
  }
}

function translated(error: unknown): never {
  if (error instanceof StoreError) throw error
  const message = error instanceof Error ? error.message : String(error)
  throw new StoreError('STORE_UNREADABLE', `ClickHouse answered with an error: ${message}`, {
    cause: error,
  })
}
