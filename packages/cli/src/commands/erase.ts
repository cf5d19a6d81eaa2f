import { statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Erasure,
  eraseInVault,
  type OnCleaned,
  type Store,
  treatedForms,
} from '@recount/store'
import { AuditErasing, type ErasedInAudit } from '../erase/audit-erasing.ts'
import { eraseInFound } from '../erase/named-files.ts'
import { type ErasureReport, isInFiles, isInStore, reportText } from '../erase/report-text.ts'
import { tokensOf } from '../erase/vault-tokens.ts'
import { CliError, codeOf, EXIT, exitCodeOf } from '../errors.ts'
import { chooseInputsWithContent } from '../inputs.ts'
import { unreadable } from '../named-file.ts'
import { plural } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import { cleaningProgress } from '../progress.ts'
import { withoutPassword } from '../store/address.ts'
import { type SourceOptions, scopeOf, storeOfFiles } from '../store/open-source.ts'
import { inOwnStore, isThere, ownDatabase } from '../store/own-store.ts'
import { treatedOf } from '../store/treated-ids.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount erase`. */
export interface EraseCommandOptions extends SourceOptions {
  readonly user?: string
  readonly subject?: string
  readonly vault?: string
  readonly audit?: string
  readonly key?: string
  readonly reason?: string
  readonly request?: string
  readonly json?: boolean
}

/** Forgets a person in a store, in log and content files, in a vault and in an audit log, and says what went where. */
export async function erasePerson(
  names: readonly string[],
  options: EraseCommandOptions,
  terminal: Terminal,
): Promise<number> {
  checkUsage(options)
  const patterns = names.map(logsIn)
  if (options.vault !== undefined) await checkVault(options.vault)
  const find = async (): Promise<string[]> => {
    const inputs = patterns.length === 0 ? [] : await chooseInputsWithContent(patterns, terminal)
    return inputs.flatMap(({ path }) => path ?? [])
  }
  const paths = await find()
  const report = await withStoreOf(patterns, options, terminal, async (store, path) => {
    const ids = await formsOf(store, options)
    const cleaning = cleaningProgress(terminal)
    // A legal hold forbids all of it, and a log that cannot be written has to be known before.
    const audit = options.audit === undefined ? undefined : await AuditErasing.open(options, ids)
    try {
      return await erased(
        store,
        { ids, path, find: () => find().catch(() => paths), audit, onCleaned: cleaning.onCleaned },
        options,
      )
    } finally {
      cleaning.end()
      await audit?.close()
    }
  })
  terminal.print(options.json ? `${plainJson(report)}\n` : reportText(report, paths.length > 0))
  return ended(report, paths, options, terminal)
}

/** Whoever names a folder means the logs in it, content files among them. */
function logsIn(pattern: string): string {
  const isFolder = statSync(pattern, { throwIfNoEntry: false })?.isDirectory() === true
  return isFolder ? join(pattern, '**/*.jsonl*') : pattern
}

/** Every id by which records may name the person, the given one first. */
async function formsOf(store: Store, options: EraseCommandOptions): Promise<readonly string[]> {
  const { user, subject } = options
  const id = user ?? subject ?? ''
  const treated = treatedOf(options)
  if (treated === undefined) return [id]
  const { tenant } = scopeOf(options)
  const tenants = typeof tenant === 'string' ? [tenant] : ['', ...(await store.tenants({ tenant }))]
  return treatedForms(treated)(id, tenants)
}

interface Places {
  /** Of the store; null where the files alone say what there is. */
  readonly path: string | null
  readonly ids: readonly string[]
  /** The files there are now: whoever writes renames and compresses them. */
  readonly find: () => Promise<readonly string[]>
  readonly audit: AuditErasing | undefined
  readonly onCleaned: OnCleaned
}

function checkUsage({ user, subject, audit, ...rest }: EraseCommandOptions): void {
  if (user !== undefined && subject !== undefined)
    throw new CliError('CLI_OPTION_INVALID', 'Say --user or --subject, not both')
  if ((user === undefined) === (subject === undefined) || user === '' || subject === '')
    throw new CliError('CLI_OPTION_INVALID', 'Say who is forgotten: --user or --subject')
  const needAudit = (['key', 'reason', 'request'] as const).find((name) => rest[name] !== undefined)
  if (audit === undefined && needAudit !== undefined)
    throw new CliError(
      'CLI_OPTION_INVALID',
      `--${needAudit} is about an audit log: name it with --audit DIR`,
    )
  if (rest.vault !== undefined && treatedOf(rest) === undefined)
    throw new CliError(
      'CLI_OPTION_INVALID',
      'The tokens of a vault come from a key: give --key-file FILE',
    )
}

/** A mistyped vault has to be known before anything is touched. */
async function checkVault(path: string): Promise<void> {
  try {
    await (await open(path, 'r+')).close()
  } catch (cause) {
    throw unreadable(path, cause as Error)
  }
}

/** Where there is no store, the files alone say what there is of a person. */
async function withStoreOf<T>(
  patterns: readonly string[],
  options: EraseCommandOptions,
  terminal: Terminal,
  run: (store: Store, path: string | null) => Promise<T>,
): Promise<T> {
  const path = ownDatabase(options.db)
  if (options.db !== undefined || patterns.length === 0 || isThere(path))
    return inOwnStore(path, { treated: treatedOf(options) }, (store) => run(store, path))
  terminal.say(`There is no store ${plainLine(path)}: only files are looked at`)
  const store = await storeOfFiles(patterns, options, terminal)
  try {
    return await run(store, null)
  } finally {
    await store.close()
  }
}

async function erased(
  store: Store,
  { ids, path, find, audit, onCleaned }: Places,
  options: EraseCommandOptions,
): Promise<ErasureReport> {
  const { user, subject } = options
  const id = user ?? subject ?? ''
  const scope = scopeOf(options)
  const failed: { part: string; error: string }[] = []
  const part = async <T>(name: string, act: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await act()
    } catch (error) {
      // Wrong usage is nothing that went wrong half-way.
      if (exitCodeOf(error) === EXIT.usage) throw error
      failed.push({ part: name, error: failureText(error) })
      return undefined
    }
  }
  const { vault } = options
  // What stands behind tokens is told by the texts that go.
  const tokens =
    vault === undefined ? undefined : await part('vault', () => tokensOf(store, ids, options))
  const erasure = await part('store', () => store.erase({ ...scope, user, subject, onCleaned }))
  const {
    span_ids = [],
    message_ids = [],
    trace_ids = [],
    edit_digests = [],
    ids: _,
    unfinished = null,
    ...counts
  } = erasure ?? NOTHING
  failed.push(...heldIn(unfinished))
  const tenant = typeof scope.tenant === 'string' ? scope.tenant : undefined
  const files = await eraseInFound(find, {
    ...{ span_ids, message_ids, trace_ids, edit_digests, ids, tenant },
    kind: kindOf(options),
  })
  for (const { path, error } of files.failed) failed.push({ part: `file ${path}`, error })
  const entries =
    vault === undefined || tokens === undefined
      ? null
      : ((await part('vault', () => eraseInVault(vault, tokens))) ?? null)
  const { lines, stripped, missing } = files
  const found = isInStore(counts) || isInFiles(files)
  const isAnywhere = found || (entries ?? 0) > 0
  const inAudit: readonly ErasedInAudit[] | null =
    audit === undefined ? null : ((await part('audit', () => audit.erase(ids, isAnywhere))) ?? null)
  return {
    who: id,
    store: path === null ? null : withoutPassword(path),
    found,
    ...counts,
    files: { files: files.files, lines, stripped, missing },
    others: files.others,
    vault: vault === undefined ? null : { entries },
    audit: inAudit,
    failed,
  }
}

function kindOf({ user }: EraseCommandOptions): 'user' | 'subject' {
  return user === undefined ? 'subject' : 'user'
}

function failureText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const code = codeOf(error)
  return code === undefined ? message : `${code}: ${message}`
}

/** The store has forgotten, its file has not yet. */
function heldIn(unfinished: Erasure['unfinished']): { part: string; error: string }[] {
  if (unfinished === null) return []
  const { code, message } = unfinished
  return [{ part: 'the file of the store', error: `${code}: ${message}` }]
}

const NOTHING: Partial<Erasure> & ErasureCounts = {
  ...{ before: false, traces: 0, spans: 0, pieces: 0, remarks: 0, audit_entries: 0 },
}
type ErasureCounts = Omit<
  Erasure,
  'span_ids' | 'message_ids' | 'trace_ids' | 'edit_digests' | 'ids' | 'unfinished'
>

function ended(
  report: ErasureReport,
  paths: readonly string[],
  options: EraseCommandOptions,
  terminal: Terminal,
): number {
  const { found, before, failed } = report
  const who = plainLine(report.who)
  for (const { part, error } of failed)
    terminal.say(plainLine(`recount: ${part} still has what is to be forgotten: ${error}`))
  if (failed.length > 0) return EXIT.failed
  sayWhatIsLeft(report, who, terminal)
  const empty = before ? [] : emptyPlaces(report, paths, options)
  if (empty.length > 0) {
    const hint =
      options.keyFile === undefined ? '; if ids are hashed in the log, give --key-file' : ''
    terminal.say(`Nothing was found for ${who} in ${empty.join(' and ')}${hint}`)
    terminal.say(MASKED)
  }
  if (!found && !before) return EXIT.no
  if (!found) terminal.say(`${who} was forgotten before; nothing was left`)
  if (paths.length === 0)
    terminal.say('No files were named: log files still hold what the store has forgotten')
  if (found && options.audit === undefined)
    terminal.say('No audit log was named: to have it on record, say --audit DIR')
  return EXIT.done
}

/** What may still be in files and was not to be touched, or not to be found. */
function sayWhatIsLeft({ others, files }: ErasureReport, who: string, terminal: Terminal): void {
  for (const { path, lines } of others)
    terminal.say(
      plainLine(
        `${path}: ${plural(lines, 'line')} of other shapes still name ${who}; they were not touched`,
      ),
    )
  if (files.missing === 0) return
  const [was, them] = files.missing === 1 ? ['was', 'it'] : ['were', 'them']
  terminal.say(
    `${plural(files.missing, 'text')} that lines of ${who} lead to ${was} in no file that was named: pruned before, or in content files elsewhere, which still have ${them}. Name those, too`,
  )
}

const MASKED =
  'An id that was masked, as [REDACTED:user_id], is the same for everybody and cannot be found: what was said under it stays'

/** Places that were named and had nothing; of the usual store only where files had nothing either. */
function emptyPlaces(
  report: ErasureReport,
  paths: readonly string[],
  { db }: EraseCommandOptions,
): string[] {
  const inFiles = isInFiles(report.files)
  const isAsked = db !== undefined || (!inFiles && isThere(ownDatabase(db)))
  return [
    ...(isAsked && !isInStore(report) ? ['the store'] : []),
    ...(paths.length === 0 || inFiles ? [] : ['the named files']),
  ]
}
