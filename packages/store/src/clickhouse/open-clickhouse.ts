import { randomBytes } from 'node:crypto'
import { StoreError } from '../errors.ts'
import { type Client, type Connection, connectionOf } from './connection.ts'
import { type MigrateOptions, migrateSchema, type SchemaState } from './schema.ts'

/** Where a fleet's store is. */
interface Address {
  readonly url: string
  readonly database: string
}

/** Whether a target names a ClickHouse database. */
export function isClickHouse(target: string): boolean {
  return /^clickhouses?:\/\//i.test(target)
}

/**
 * Connects to `clickhouse://user:password@host:8123/database` (`clickhouses://` for TLS). Throws `STORE_OPTION_INVALID`,
 * `STORE_CLIENT_MISSING`.
 */
export async function connectClickHouse(target: string): Promise<Connection> {
  const { url, database } = addressOf(target)
  return connectionOf(await clientFor(url), database)
}

/** Makes or updates the tables of a database, and the database. The same errors, and `STORE_NEWER`. */
export async function migrateClickHouse(
  connection: Connection,
  options: MigrateOptions = {},
): Promise<SchemaState> {
  return migrateSchema(connection, randomBytes(32).toString('hex'), options)
}

function addressOf(target: string): Address {
  const address = target.replace(/^clickhouse/i, 'http')
  if (URL.canParse(address)) {
    const at = new URL(address)
    const database = at.pathname.replace(/^\/|\/$/g, '') || 'recount'
    at.pathname = '/'
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(database)) return { url: at.href, database }
  }
  throw new StoreError(
    'STORE_OPTION_INVALID',
    'Expected clickhouse://USER:PASSWORD@HOST:8123/DATABASE, where the name of the database is of letters, digits and _',
  )
}

async function clientFor(url: string): Promise<Client> {
  const module = await import('@clickhouse/client').catch((cause: unknown) => {
    throw new StoreError(
      'STORE_CLIENT_MISSING',
      'A store on ClickHouse needs the package @clickhouse/client: npm install @clickhouse/client',
      { cause },
    )
  })
  return module.createClient({ url, application: 'recount' })
}
