import { parseGroupKeys } from './count/grouping.ts'
import { AnalyzeError } from './errors.ts'
import { type FieldMap, parseMaps } from './shape/field-map.ts'
import { parseBoundary } from './shape/time.ts'

/** What `analyze` can be told. */
export interface AnalyzeOptions {
  /** Only calls that began then or later: ISO time, or a duration before now (`30s 15m 24h 7d 4w`). */
  readonly since?: string | Date
  /** Only calls that began before: as `since`. */
  readonly until?: string | Date
  /** Keys to group by: those of `GROUP_KEYS`, and `metadata.KEY`. */
  readonly by?: string | readonly string[]
  /** `OURS=THEIRS[:unit]` for lines of an unknown shape; `error=FIELD`: failed where it is set. */
  readonly map?: string | readonly string[]
  /** Adds to the report which shape each file was taken for, and why; default false. */
  readonly explainInput?: boolean
  /** The moment durations count from; default now. */
  readonly now?: Date
  /** Called with the bytes just read from a file. */
  readonly onBytes?: (bytes: number) => void
}

/** Options after their check. */
export interface Settings {
  /** Epoch milliseconds. */
  readonly since: number
  readonly until: number
  /** Whether either bound was given. */
  readonly windowed: boolean
  readonly by: readonly string[]
  readonly maps: readonly FieldMap[]
  readonly explainInput: boolean
  readonly onBytes: ((bytes: number) => void) | undefined
}

const NAMES = ['since', 'until', 'by', 'map', 'explainInput', 'now', 'onBytes']

/** Checks the options; ANALYZE_OPTION_INVALID says which is wrong and what was expected. */
export function checkOptions(options: AnalyzeOptions): Settings {
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) throw invalid('options', `to be among ${NAMES.join(', ')}`, name)
  }
  const { explainInput = false, now = new Date(), onBytes } = options
  if (typeof explainInput !== 'boolean')
    throw invalid('explainInput', 'to be a boolean', explainInput)
  if (!(now instanceof Date) || Number.isNaN(now.getTime())) {
    throw invalid('now', 'to be a valid Date', now)
  }
  if (onBytes !== undefined && typeof onBytes !== 'function') {
    throw invalid('onBytes', 'to be a function', onBytes)
  }
  const since = toBoundary('since', options.since, now)
  const until = toBoundary('until', options.until, now)
  if (since !== undefined && until !== undefined && since >= until) {
    throw invalid('since', 'to be before `until`', options.since)
  }
  return {
    since: since ?? Number.NEGATIVE_INFINITY,
    until: until ?? Number.POSITIVE_INFINITY,
    windowed: since !== undefined || until !== undefined,
    by: parseGroupKeys(toList('by', options.by)),
    maps: parseMaps(toList('map', options.map)),
    explainInput,
    onBytes,
  }
}

function toBoundary(name: string, value: unknown, now: Date): number | undefined {
  if (value === undefined) return undefined
  const time = value instanceof Date ? value.getTime() : Number.NaN
  if (!Number.isNaN(time)) return time
  const parsed = typeof value === 'string' ? parseBoundary(value, now.getTime()) : null
  if (parsed === null) {
    throw invalid(name, 'to be an ISO time or a duration such as 30s, 15m, 24h, 7d, 4w', value)
  }
  return parsed
}

function toList(name: string, value: unknown): string[] {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value]
  for (const item of list) {
    if (typeof item !== 'string') throw invalid(name, 'to be text or a list of texts', item)
  }
  return list
}

function invalid(name: string, expected: string, got: unknown): AnalyzeError {
  const message = `Expected \`${name}\` ${expected}, got \`${String(got)}\` (${typeof got})`
  return new AnalyzeError('ANALYZE_OPTION_INVALID', message)
}
