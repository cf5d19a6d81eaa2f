import { connectClickHouse, isClickHouse, migrateClickHouse } from './clickhouse/open-clickhouse.ts'
import type { MigrateOptions } from './clickhouse/schema.ts'
import { createStore } from './create-store.ts'
import { StoreError } from './errors.ts'
import { memoryEngine } from './memory/memory-engine.ts'
import type { TreatedOptions } from './read/treated-ids.ts'
import type { Store } from './store.ts'

/** How a store is opened. */
export interface StoreOptions {
  /**
   * Every query must then say whose records it asks for. A new database remembers it; one of several tenants is so for
   * whoever opens it.
   */
  readonly multiTenant?: boolean | undefined
  /**
   * How ids were treated on their way into the log: filters and `erase` then find people by their ids as the application
   * knows them. Without it they are compared as they were recorded.
   */
  readonly treated?: TreatedOptions | undefined
  /** Fails where there is none, and changes nothing in it. */
  readonly readonly?: boolean | undefined
}

/**
 * Opens a store: the path of an SQLite file, made where there is none, `:memory:`, or
 * `clickhouse://USER:PASSWORD@HOST:8123/DATABASE` (`clickhouses://` with TLS), whose tables `migrateStore` makes. Throws
 * `STORE_OPTION_INVALID`, `STORE_UNREADABLE`, `STORE_NEWER`, `STORE_SCHEMA_OLD`, `STORE_CLIENT_MISSING`.
 */
export async function openStore(target: string, options: StoreOptions = {}): Promise<Store> {
  if (typeof target !== 'string' || target === '')
    throw new StoreError(
      'STORE_OPTION_INVALID',
      'Expected the path of a database file, `:memory:` or clickhouse://… to open as a store',
    )
  const { multiTenant = false, readonly = false, treated } = options
  if (target === ':memory:') return createStore(memoryEngine({ multiTenant }), treated)
  if (isClickHouse(target)) return openClickHouse(target, multiTenant, treated)
  // The native library is loaded by whoever opens a file.
  const { openSqlite } = await import('./sqlite/sqlite-engine.ts')
  return createStore(await openSqlite(target, { multiTenant, readonly }), treated)
}

/**
 * Makes the tables of a store, or brings them to the schema of this version; answers with that version. Throws what `openStore` throws.
 */
export async function migrateStore(target: string, options: MigrateOptions = {}): Promise<number> {
  if (!isClickHouse(target)) {
    const { openSqlite } = await import('./sqlite/sqlite-engine.ts')
    const { SCHEMA_VERSION } = await import('./sqlite/schema.ts')
    const engine = await openSqlite(target, {
      multiTenant: options.multiTenant === true,
      readonly: false,
    })
    await engine.close()
    return SCHEMA_VERSION
  }
  const connection = await connectClickHouse(target)
  try {
    return (await migrateClickHouse(connection, options)).version
  } finally {
    await connection.close()
  }
}

async function openClickHouse(
  target: string,
  multiTenant: boolean,
  treated: TreatedOptions | undefined,
): Promise<Store> {
  const { clickHouseEngine } = await import('./clickhouse/clickhouse-engine.ts')
  const connection = await connectClickHouse(target)
  try {
    return createStore(await clickHouseEngine(connection, { multiTenant }), treated)
  } catch (error) {
    await connection.close()
    throw error
  }
}
