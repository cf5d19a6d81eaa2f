import { createStore } from './create-store.ts'
import { StoreError } from './errors.ts'
import { memoryEngine } from './memory/memory-engine.ts'
import type { Store } from './store.ts'

/** How a store is opened. */
export interface StoreOptions {
  /**
   * Every query must then say whose records it asks for. A new database remembers it; one of several tenants is so for
   * whoever opens it.
   */
  readonly multiTenant?: boolean | undefined
  /** Fails where there is none, and changes nothing in it. */
  readonly readonly?: boolean | undefined
}

/**
 * Opens a store: the path of an SQLite file, made where there is none, or `:memory:`. Throws `STORE_OPTION_INVALID`,
 * `STORE_UNREADABLE`, `STORE_NEWER`.
 */
export async function openStore(target: string, options: StoreOptions = {}): Promise<Store> {
  if (typeof target !== 'string' || target === '')
    throw new StoreError(
      'STORE_OPTION_INVALID',
      'Expected the path of a database file or `:memory:` to open as a store',
    )
  const { multiTenant = false, readonly = false } = options
  if (target === ':memory:') return createStore(memoryEngine({ multiTenant }))
  // The native library is loaded by whoever opens a file.
  const { openSqlite } = await import('./sqlite/sqlite-engine.ts')
  return createStore(await openSqlite(target, { multiTenant, readonly }))
}
