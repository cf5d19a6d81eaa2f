import { existsSync } from 'node:fs'
import { openStore, type Store, type StoreOptions } from '@recount/store'
import { CliError } from '../errors.ts'
import { plainLine } from '../plain-text.ts'
import { isServer } from './address.ts'
import { DEFAULT_DB } from './open-source.ts'
import { closed } from './released.ts'

/** The store that a command changes when nobody names one. */
export function ownDatabase(db: string | undefined): string {
  return db ?? (process.env.RECOUNT_DB || DEFAULT_DB)
}

/** Whether there is one: a store is not made in order to forget something in it. */
export function isThere(path: string): boolean {
  return isServer(path) || existsSync(path)
}

/** Runs with a store that is there. Throws `CLI_NO_INPUT`. */
export async function inOwnStore<T>(
  path: string,
  options: StoreOptions,
  run: (store: Store) => Promise<T>,
): Promise<T> {
  if (!isThere(path))
    throw new CliError(
      'CLI_NO_INPUT',
      `There is no store ${plainLine(path)}; name one with --db, or make one with recount index`,
    )
  const store = await openStore(path, options)
  try {
    return await run(store)
  } finally {
    await closed(store)
  }
}
