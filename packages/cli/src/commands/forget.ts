import { existsSync } from 'node:fs'
import { eraseInFiles, openStore, pruneContentFiles, type Store } from '@recount/store'
import { CliError, EXIT } from '../errors.ts'
import { chooseInputsWithContent } from '../inputs.ts'
import { bytesText, plural } from '../numbers-text.ts'
import { isServer } from '../store/address.ts'
import { DEFAULT_DB, type SourceOptions, scopeOf } from '../store/open-source.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount prune`. */
export interface PruneCommandOptions extends SourceOptions {
  readonly olderThan: string
  readonly contentOnly?: boolean
  readonly json?: boolean
}

/** Options of `recount erase`. */
export interface EraseCommandOptions extends SourceOptions {
  readonly user?: string
  readonly subject?: string
  readonly json?: boolean
}

/** Forgets what is old: the daily content files of a folder, or what is in a store. */
export async function pruneOld(
  folder: string | undefined,
  options: PruneCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { olderThan, contentOnly, json } = options
  if (folder !== undefined && options.db !== undefined)
    throw new CliError('CLI_OPTION_INVALID', 'Name a folder or a store with --db, not both')
  if (folder !== undefined) {
    const { files, bytes } = await pruneContentFiles(folder, { olderThan })
    if (json) terminal.print(`${JSON.stringify({ files, bytes })}\n`)
    else terminal.print(`Deleted ${plural(files.length, 'content file')}, ${bytesText(bytes)}\n`)
    return EXIT.done
  }
  return inStore(options, async (store) => {
    const pruned = await store.prune({ ...scopeOf(options), olderThan, contentOnly })
    const { spans, pieces, bytes_before, bytes_after } = pruned
    const size =
      bytes_before === null || bytes_after === null
        ? ''
        : `: ${bytesText(bytes_before)} before, ${bytesText(bytes_after)} after`
    const what = contentOnly ? `the content of ${plural(spans, 'span')}` : plural(spans, 'span')
    if (json) terminal.print(`${JSON.stringify(pruned)}\n`)
    else terminal.print(`Forgot ${what}, ${plural(pieces, 'text')}${size}\n`)
  })
}

/** Forgets a person in a store and in content files. */
export async function erasePerson(
  patterns: readonly string[],
  options: EraseCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { user, subject, json } = options
  if ((user === undefined) === (subject === undefined))
    throw new CliError('CLI_OPTION_INVALID', 'Say who is forgotten: --user or --subject')
  const inputs = patterns.length === 0 ? [] : await chooseInputsWithContent(patterns, terminal)
  const paths = inputs.flatMap(({ path }) => path ?? [])
  return inStore(options, async (store) => {
    const scope = scopeOf(options)
    const { span_ids, ...erasure } = await store.erase({ ...scope, user, subject })
    const tenant = typeof scope.tenant === 'string' ? scope.tenant : undefined
    const files = await eraseInFiles({ paths, span_ids, user: user ?? subject, tenant })
    if (json) terminal.print(`${JSON.stringify({ ...erasure, files })}\n`)
    else
      terminal.print(
        `Forgot ${user ?? subject}: ${plural(erasure.spans, 'span')} of ${plural(erasure.traces, 'trace')}, ${plural(erasure.pieces, 'text')}; ${plural(files.lines, 'content line')} of ${plural(files.files, 'file')}\n`,
      )
    if (paths.length === 0)
      terminal.say('No files were named: content files still hold what the store has forgotten')
  })
}

/** A store that is not there is not made in order to forget something in it. */
async function inStore(
  { db }: SourceOptions,
  run: (store: Store) => Promise<void>,
): Promise<number> {
  const path = db ?? (process.env.RECOUNT_DB || DEFAULT_DB)
  if (!isServer(path) && !existsSync(path))
    throw new CliError(
      'CLI_NO_INPUT',
      `There is no store ${path}; name one with --db, or make one with recount index`,
    )
  const store = await openStore(path)
  try {
    await run(store)
  } finally {
    await store.close()
  }
  return EXIT.done
}
