import { existsSync } from 'node:fs'
import {
  EVERY_TENANT,
  indexFiles,
  indexStream,
  openStore,
  type Scoped,
  type Store,
} from '@recount/store'
import { CliError } from '../errors.ts'
import { chooseInputsWithContent } from '../inputs.ts'
import { plainLine } from '../plain-text.ts'
import { readingProgress } from '../progress.ts'
import { stdinSpeaks } from '../stdin.ts'
import type { Terminal } from '../terminal.ts'
import { withoutPassword } from './address.ts'
import { closed } from './released.ts'
import { type KeyOptions, treatedOf } from './treated-ids.ts'

/** Options of commands that read a store, or files as if they were one. */
export interface SourceOptions extends KeyOptions {
  readonly db?: string
  readonly tenant?: string
  readonly allTenants?: boolean
}

/** Where a command without names looks first. */
export const DEFAULT_DB = 'recount.db'

/** The store that is meant: the named one; without any name `$RECOUNT_DB`, else `./recount.db`; undefined where files are meant. */
export async function databaseOf(
  patterns: readonly string[],
  { db }: SourceOptions,
  terminal: Terminal,
): Promise<string | undefined> {
  if (db !== undefined && patterns.length > 0)
    throw new CliError('CLI_OPTION_INVALID', 'Name files or a store with --db, not both')
  if (db !== undefined || patterns.length > 0) return db
  if ((await stdinSpeaks()) === 'yes') return undefined
  const { RECOUNT_DB } = process.env
  if (RECOUNT_DB) {
    terminal.say(`Reading the store $RECOUNT_DB (${plainLine(withoutPassword(RECOUNT_DB))})`)
    return RECOUNT_DB
  }
  if (!existsSync(DEFAULT_DB)) return undefined
  terminal.say(`Reading the store ./${DEFAULT_DB}`)
  return DEFAULT_DB
}

/** Runs with a store: that of a file, to be read only, or one in memory of log files. */
export async function withSource<T>(
  patterns: readonly string[],
  options: SourceOptions,
  terminal: Terminal,
  run: (store: Store) => Promise<T>,
): Promise<T> {
  const db = await databaseOf(patterns, options, terminal)
  if (db === undefined) return withFiles(patterns, options, terminal, run)
  return andClose(await openStore(db, { readonly: true, treated: treatedOf(options) }), run)
}

/** Runs with a store in memory of log files. */
export async function withFiles<T>(
  patterns: readonly string[],
  options: SourceOptions,
  terminal: Terminal,
  run: (store: Store) => Promise<T>,
): Promise<T> {
  return andClose(await storeOfFiles(patterns, options, terminal), run)
}

/** Runs with a store, and closes it whatever comes of it. */
export async function andClose<T>(store: Store, run: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await run(store)
  } finally {
    await closed(store)
  }
}

/** Whose records a command asks for. */
export function scopeOf({ tenant, allTenants }: SourceOptions): Scoped {
  if (tenant !== undefined && allTenants)
    throw new CliError('CLI_OPTION_INVALID', 'Say --tenant or --all-tenants, not both')
  if (tenant === '')
    throw new CliError(
      'CLI_OPTION_INVALID',
      'Expected --tenant to be the id of a tenant, got an empty text',
    )
  return allTenants ? { tenant: EVERY_TENANT } : { tenant }
}

/** A store in memory of log files. */
export async function storeOfFiles(
  patterns: readonly string[],
  options: SourceOptions,
  terminal: Terminal,
): Promise<Store> {
  const inputs = await chooseInputsWithContent(patterns, terminal)
  const progress = await readingProgress(terminal, inputs)
  const store = await openStore(':memory:', { treated: treatedOf(options) })
  let read = 0
  const onBytes = (bytes: number): void => {
    progress.onBytes(Math.max(0, bytes - read))
    read = bytes
  }
  const onGone = (path: string): void => sayGone(path, terminal)
  try {
    for (const { path } of inputs) {
      read = 0
      if (path === null) await indexStream(process.stdin, { store, onBytes })
      else await indexFiles({ store, paths: [path], onBytes, onGone })
    }
  } finally {
    progress.end()
  }
  return store
}

/** Says that a file was deleted, or rotated away, between being found and being read. */
export function sayGone(path: string, terminal: Terminal): void {
  terminal.say(`${plainLine(path)} is gone since it was found: nothing of it was read`)
}
