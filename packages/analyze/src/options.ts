import { parseGroupKeys } from './count/grouping.ts'
import { SERIES_STEPS, type SeriesStep } from './count/time-series.ts'
import { AnalyzeError } from './errors.ts'
import { isSource, type LineSource, toArray } from './input/line-source.ts'
import type { Report } from './report.ts'
import { type FieldMap, parseMaps } from './shape/field-map.ts'
import { parseBoundary, parseDuration } from './shape/time.ts'

/** What `analyze` can be told. */
export interface AnalyzeOptions {
  /** Only calls that began then or later: ISO time, or a duration before now (`30s 15m 24h 7d 4w`). */
  readonly since?: string | Date
  /** Only calls that began before: as `since`. */
  readonly until?: string | Date
  /** Keys to group by: those of `GROUP_KEYS`, and `metadata.KEY`. */
  readonly by?: string | readonly string[]
  /** Length of the parts of the series; default the finest of which there are at most 750. */
  readonly every?: SeriesStep
  /** Time zone of the series, as `Europe/Berlin`; default UTC. */
  readonly zone?: string
  /** `OURS=THEIRS[:unit]` for lines of an unknown shape; `error=FIELD`: failed where it is set. */
  readonly map?: string | readonly string[]
  /** What to compare with: paths and patterns, or a duration: the period of that length before `since` (without `since`, the last such period against the one before it). */
  readonly baseline?: string | LineSource | readonly (string | LineSource)[]
  /**
   * A file that remembers how far each log was read: the next run with it reads only what is new,
   * also where logs were rotated, truncated or compressed in between. Lines that are not ended yet wait.
   */
  readonly state?: string
  /** With `state`: awaited before what was read is remembered, so that a report that could not be delivered is made again. */
  readonly deliver?: (report: Report) => void | Promise<void>
  /** Adds to the report what `mergeReports` needs; default false. */
  readonly mergeable?: boolean
  /** Adds to the report which shape each file was taken for, and why; default false. */
  readonly explainInput?: boolean
  /** The moment durations count from, or a clock in epoch milliseconds, which also says how far a window that ends now has moved on while logs are read; default the clock. */
  readonly now?: Date | (() => number)
  /** Stops reading when it is aborted: the report has what was counted so far, and `partial` says so. */
  readonly signal?: AbortSignal
  /** Called with the bytes just read from a file. */
  readonly onBytes?: (bytes: number) => void
}

/** Options after their check. */
export interface Settings {
  /** Epoch milliseconds. */
  readonly since: number
  /** Moves on with `endNow`, which is asked whenever more was read. */
  until: number
  /** Whether either bound was given. */
  readonly windowed: boolean
  /** Where a window ends that is told by its length up to now; undefined where it is told otherwise. */
  readonly endNow: (() => number) | undefined
  readonly by: readonly string[]
  readonly every: SeriesStep | undefined
  readonly zone: string
  readonly maps: readonly FieldMap[]
  readonly explainInput: boolean
  readonly mergeable: boolean
  readonly baseline: Baseline | undefined
  readonly state: string | undefined
  readonly deliver: ((report: Report) => void | Promise<void>) | undefined
  readonly signal: AbortSignal | undefined
  readonly onBytes: ((bytes: number) => void) | undefined
}

const NAMES = [
  'since',
  'until',
  'by',
  'every',
  'zone',
  'map',
  'baseline',
  'state',
  'deliver',
  'mergeable',
  'explainInput',
  'now',
  'signal',
  'onBytes',
]

/** Checks the options; ANALYZE_OPTION_INVALID says which is wrong and what was expected. */
export function checkOptions(options: AnalyzeOptions): Settings {
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) throw invalid('options', `to be among ${NAMES.join(', ')}`, name)
  }
  const { mergeable = false, explainInput = false, onBytes } = options
  if (typeof mergeable !== 'boolean') throw invalid('mergeable', 'to be a boolean', mergeable)
  if (typeof explainInput !== 'boolean')
    throw invalid('explainInput', 'to be a boolean', explainInput)
  toFunction('onBytes', onBytes)
  const { every, zone = 'UTC' } = options
  checkSeries(every, zone)
  const baseline = toBaseline(options.baseline)
  return {
    ...toWindow(options, toClock(options.now), baseline),
    by: parseGroupKeys(toList('by', options.by)),
    every,
    zone,
    maps: parseMaps(toList('map', options.map)),
    baseline,
    state: toPath(options.state),
    deliver: toFunction('deliver', options.deliver),
    explainInput,
    mergeable,
    signal: options.signal,
    onBytes,
  }
}

function toWindow(
  options: AnalyzeOptions,
  clock: () => number,
  baseline: Baseline | undefined,
): Pick<Settings, 'since' | 'until' | 'windowed' | 'endNow'> {
  const now = clock()
  const lengthMs = baseline?.lengthMs
  const given = toBoundary('since', options.since, now)
  const since = given ?? (lengthMs === undefined ? undefined : now - lengthMs)
  const endsNow = options.until === undefined && isBefore(options.since, lengthMs)
  const endNow = endsNow ? () => clock() + CLOCKS_MS : undefined
  const until = endsNow ? now + CLOCKS_MS : toBoundary('until', options.until, now)
  if (since !== undefined && until !== undefined && since >= until) {
    throw invalid('since', 'to be before `until`', options.since)
  }
  return {
    since: since ?? Number.NEGATIVE_INFINITY,
    until: until ?? Number.POSITIVE_INFINITY,
    windowed: since !== undefined || until !== undefined,
    endNow,
  }
}

/** A clock goes on while logs are read, a moment stays. */
function toClock(now: unknown): () => number {
  if (now === undefined) return Date.now
  const given = typeof now === 'function' ? now() : now instanceof Date ? now.getTime() : Number.NaN
  if (!Number.isFinite(given)) {
    throw invalid('now', 'to be a valid Date or a function that gives epoch milliseconds', now)
  }
  return typeof now === 'function' ? (now as () => number) : () => given
}

/** Clocks of machines differ by less: what began now elsewhere is no future. */
const CLOCKS_MS = 300_000

/** Whether a period is told by its length up to now. */
function isBefore(since: AnalyzeOptions['since'], lengthMs: number | undefined): boolean {
  if (since === undefined) return lengthMs !== undefined
  return typeof since === 'string' && parseDuration(since) !== null
}

/** What a period is compared with: other files, or the time of that length before it. */
export interface Baseline {
  readonly patterns: readonly (string | LineSource)[]
  readonly lengthMs?: number
}

/** The settings for reading what a period is compared with. */
export function baselineSettings(settings: Settings, { lengthMs }: Baseline): Settings {
  const { since } = settings
  const window =
    lengthMs === undefined
      ? { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY, windowed: false }
      : { since: since - lengthMs, until: since, windowed: true }
  return { ...settings, ...window, endNow: undefined, explainInput: false }
}

function toBaseline(given: AnalyzeOptions['baseline']): Baseline | undefined {
  const patterns = given === undefined ? [] : toArray(given)
  toList(
    'baseline',
    patterns.filter((item) => !isSource(item)),
  )
  const [first] = patterns
  if (first === undefined) return undefined
  const lengthMs = patterns.length === 1 && typeof first === 'string' ? parseDuration(first) : null
  if (lengthMs === 0) throw invalid('baseline', 'to be longer than nothing', first)
  return lengthMs === null ? { patterns } : { patterns: [], lengthMs }
}

function toFunction<Kind>(name: string, value: Kind): Kind {
  if (value !== undefined && typeof value !== 'function')
    throw invalid(name, 'to be a function', value)
  return value
}

function toPath(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw invalid('state', 'to be the path of a file', value)
}

function checkSeries(every: unknown, zone: unknown): void {
  if (every !== undefined && !(SERIES_STEPS as readonly unknown[]).includes(every)) {
    throw invalid('every', `to be one of ${SERIES_STEPS.join(', ')}`, every)
  }
  try {
    // Loading the zones takes a moment, which is saved where none is asked for.
    if (zone !== 'UTC') new Intl.DateTimeFormat('en', { timeZone: String(zone) })
  } catch {
    throw invalid('zone', 'to be a time zone such as UTC or Europe/Berlin', zone)
  }
}

function toBoundary(name: string, value: unknown, now: number): number | undefined {
  if (value === undefined) return undefined
  const time = value instanceof Date ? value.getTime() : Number.NaN
  if (!Number.isNaN(time)) return time
  const parsed = typeof value === 'string' ? parseBoundary(value, now) : null
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
