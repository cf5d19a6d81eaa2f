import { open, stat } from 'node:fs/promises'
import type { Input, LineSource } from '@recount/analyze'
import type { Store } from '@recount/store'
import { CliError } from '../errors.ts'
import { chooseInputs } from '../inputs.ts'
import type { Terminal } from '../terminal.ts'
import { isServer, withoutPassword } from './address.ts'
import { type SourceOptions, scopeOf } from './open-source.ts'

/** What an analysis reads, and what has to be closed after it. */
export interface AnalyzedInputs {
  readonly given: readonly (string | LineSource)[]
  readonly baseline: readonly (string | LineSource)[]
  /** The files among them; a store counts as one whose size is not known. */
  readonly inputs: readonly Input[]
  close(): Promise<void>
}

/** Files as they are named, and a store wherever a name is that of one: `clickhouse://…`, or a file of SQLite. */
export async function analyzedInputs(
  patterns: readonly string[],
  options: SourceOptions & { readonly baseline?: readonly string[] },
  terminal: Terminal,
): Promise<AnalyzedInputs> {
  const stores: Store[] = []
  const close = async (): Promise<void> => {
    for (const store of stores) await store.close()
  }
  const opened = async (name: string): Promise<string | LineSource> =>
    (await isStore(name)) ? sourceOf(name, options, stores) : name
  const { db, baseline = [] } = options
  try {
    const named = await inTurn(patterns, opened)
    if (db !== undefined) named.push(await sourceOf(db, options, stores))
    const sources = named.filter((item) => typeof item !== 'string')
    const files = named.filter((item) => typeof item === 'string')
    const found =
      sources.length > 0 && files.length === 0 ? [] : await chooseInputs(files, terminal)
    const others = await inTurn(baseline, opened)
    if (stores.length === 0) refuseScope(options)
    return {
      given: [...sources, ...found.map(({ name }) => name)],
      baseline: others,
      inputs: [...sources.map(({ name }) => ({ name, path: null })), ...found],
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function inTurn<Item>(
  names: readonly string[],
  make: (name: string) => Promise<Item>,
): Promise<Item[]> {
  const made: Item[] = []
  for (const name of names) made.push(await make(name))
  return made
}

/** What SQLite's files begin with. */
const SQLITE_HEAD = 'SQLite format 3\0'

/** Whether a name is that of a store and not of a log. */
async function isStore(name: string): Promise<boolean> {
  if (isServer(name)) return true
  const file = await openFile(name)
  if (file === undefined) return false
  try {
    const head = Buffer.alloc(SQLITE_HEAD.length)
    await file.read(head, 0, head.length, 0)
    return head.toString('latin1') === SQLITE_HEAD
  } finally {
    await file.close()
  }
}

/** Undefined for what is no plain file: a pipe would be emptied by a look at it. */
async function openFile(name: string): Promise<Awaited<ReturnType<typeof open>> | undefined> {
  const info = await stat(name).catch(() => undefined)
  return info?.isFile() ? open(name).catch(() => undefined) : undefined
}

async function sourceOf(
  name: string,
  options: SourceOptions,
  stores: Store[],
): Promise<LineSource> {
  const { openStore } = await import('@recount/store')
  const store = await openStore(name, { readonly: true })
  stores.push(store)
  const scope = scopeOf(options)
  return { name: withoutPassword(name), lines: (window) => store.lines({ ...scope, ...window }) }
}

function refuseScope({ tenant, allTenants }: SourceOptions): void {
  if (tenant === undefined && !allTenants) return
  throw new CliError(
    'CLI_OPTION_INVALID',
    'Expected `--tenant` and `--all-tenants` with a store, got files; group them with --by tenant',
  )
}
