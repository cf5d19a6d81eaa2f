import { existsSync, lstatSync, realpathSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { MAX_LINE_BYTES } from '../entry.ts'
import { AuditError } from '../errors.ts'
import type { AuditActor } from '../event.ts'
import { LOG_PATH, MANIFEST } from './bundle-manifest.ts'
import { RETENTION_PRESETS, type RetentionPresetId } from './retention-presets.ts'

/** Files that people and programs read without the log: one entry a line, a table, or events of the Open Cybersecurity Schema Framework. */
export const EXPORT_FORMATS = ['jsonl', 'csv', 'ocsf'] as const

/** One of `EXPORT_FORMATS`. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Which entries a bundle shows; of all others it has the leaf hash and why they are withheld. An entry has to meet all that is given, and of each list one. */
export interface ExportFilter {
  /** From this moment on. */
  readonly from?: Date
  /** Up to this moment, which is not within. */
  readonly to?: Date
  readonly tenant?: readonly string[]
  /** Ids of actors. */
  readonly actor?: readonly string[]
  /** Actions; `app.*` stands for all that begin so. */
  readonly action?: readonly string[]
  /** Whose data it is: the entry's `subject` or, where it has none, its actor if that is a user. */
  readonly subject?: readonly string[]
}

/** What to export, for whom and to where. */
export interface ExportRequest {
  /** The folder to make. It must not exist, and not lie in the log. */
  readonly out: string
  /** Default: all entries. */
  readonly filter?: ExportFilter
  /** Default: `jsonl` and `csv`. */
  readonly formats?: readonly ExportFormat[]
  /** Whose rules the report names; none is claimed to be met. */
  readonly preset?: RetentionPresetId
  /** A file with the policy that decided what is kept, to be put beside the entries as it is. */
  readonly policy?: string
  readonly reason?: string
  /** Who asked for it. Default: the log itself. */
  readonly actor?: AuditActor
  /** Told how many bytes of how many have been read. */
  readonly onProgress?: (bytes: number, total: number) => void
}

/** The names of the lists that a filter has. */
export const FILTER_LISTS = ['tenant', 'actor', 'action', 'subject'] as const

/** Values of a filter together; they stand in the entry about the export. */
const MOST_FILTER_BYTES = MAX_LINE_BYTES / 4

/** Throws `AUDIT_OPTION_INVALID`, or `AUDIT_EXPORT_EXISTS` where something is at `out`. */
export function checkRequest(dir: string, request: ExportRequest): void {
  const { out, filter = {}, formats = [], preset } = request
  if (typeof out !== 'string' || out === '') throw invalid('out', 'the path of a new folder')
  const unknown = formats.find((format) => !EXPORT_FORMATS.includes(format))
  if (unknown !== undefined)
    throw invalid('formats', `among ${EXPORT_FORMATS.join(', ')}, got ${String(unknown)}`)
  if (preset !== undefined && !Object.hasOwn(RETENTION_PRESETS, preset))
    throw invalid('preset', `one of ${Object.keys(RETENTION_PRESETS).join(', ')}, got ${preset}`)
  checkFilter(filter)
  if (isWithin(dir, out)) throw invalid('out', "outside the log's folder")
  const around = bundleAround(dirname(resolve(out)))
  if (around !== undefined)
    throw invalid(
      'out',
      `outside the bundle ${around}, which would not be what its manifest lists any more`,
    )
  checkFree(out)
}

/** Throws `AUDIT_EXPORT_EXISTS` where something is at this path. */
export function checkFree(out: string): void {
  if (lstatSync(out, { throwIfNoEntry: false }) === undefined) return
  throw new AuditError(
    'AUDIT_EXPORT_EXISTS',
    `Expected nothing at ${out}: a bundle is never written over what is there; give the name of a new folder`,
  )
}

function checkFilter(filter: ExportFilter): void {
  for (const name of ['from', 'to'] as const) {
    const moment = filter[name]
    if (moment !== undefined && !(moment instanceof Date && !Number.isNaN(moment.getTime())))
      throw invalid(`filter.${name}`, 'a date')
  }
  const { from, to } = filter
  if (from !== undefined && to !== undefined && from >= to)
    throw invalid('filter.to', 'later than `filter.from`')
  let bytes = 0
  for (const name of FILTER_LISTS) {
    const values = filter[name] ?? []
    // A name that is empty would be met by what has none.
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'string' && value))
      throw invalid(`filter.${name}`, 'a list of names that are not empty')
    bytes += values.reduce((sum, value) => sum + Buffer.byteLength(value), 0)
  }
  if (bytes > MOST_FILTER_BYTES)
    throw invalid('filter', `at most ${MOST_FILTER_BYTES} bytes of names together`)
}

/** The bundle that a path lies in; undefined where it is in none. */
function bundleAround(path: string): string | undefined {
  const place = realPath(path)
  for (let folder = place; ; folder = dirname(folder)) {
    if (existsSync(join(folder, MANIFEST)) && existsSync(join(folder, LOG_PATH))) return folder
    if (dirname(folder) === folder) return undefined
  }
}

function isWithin(dir: string, out: string): boolean {
  const inside = `${realPath(resolve(dir))}${sep}`
  return `${realPath(resolve(out))}${sep}`.startsWith(inside)
}

/** Of what does not exist yet, by the folder around it that does. */
function realPath(path: string): string {
  if (existsSync(path) || dirname(path) === path) return realpathSync(path)
  return join(realPath(dirname(path)), path.slice(dirname(path).length))
}

function invalid(name: string, expected: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `Expected \`${name}\` to be ${expected}`)
}
