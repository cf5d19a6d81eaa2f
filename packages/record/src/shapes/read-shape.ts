import { STATUSES, type Status } from '../line.ts'
import { isRow, lookUp, type Row } from './paths.ts'
import type { Clue, ClueKind, LogShape, Source } from './shape.ts'
import { toAmount, toEpoch, toMilliseconds, toNumber } from './times.ts'

/** A foreign record in our keys; times are milliseconds, money is dollars. What was not found is not there. */
export interface Reading {
  [key: string]: unknown
}

/** Called for each value found: which key of ours came from where. */
export type Noted = (key: string, path: string) => void

/** What people write where there is nothing. */
const NOTHING =
  /^(?:|0|false|no|null|none|nil|undefined|nan|n\/?a|not applicable|ok|no error|no errors|-+|[–—]|\[\]|\{\})$/i

/** Whether a value says that something is the case: neither absent, null, empty, 0, false nor a word for none (`N/A`, `-`, `ok`). */
export function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false
  if (typeof value === 'string') return !NOTHING.test(value.trim())
  if (Array.isArray(value)) return value.length > 0
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** The clues by which a record is a call of this shape, or undefined. */
export function matchShape(shape: LogShape, row: Row): readonly Clue[] | undefined {
  const found = shape.calls.find((list) => list.every((clue) => holds(clue, row)))
  if (found === undefined || isKeptOut(shape, row)) return undefined
  return found
}

/** Whether a record has the clues of a shape, but is something else than a call in it. */
export function isKeptOut(shape: LogShape, row: Row): boolean {
  return shape.unless.some((clue) => holds(clue, row))
}

const FAILURE_WORD =
  /\b(?:err|error|errored|errors|fail|failed|failure|failing|timeout|timedout|timed_out|exception|rejected|denied|throttled|limited|rate_limited|expired|invalid|refused|unavailable|overloaded|overload|crashed|fatal|blocked|unauthorized|forbidden|rate limit|quota|bad request|not found|ko|nok)\b/
const SUCCESS_WORD =
  /\b(?:ok|okay|success|successful|succeeded|succeed|completed|complete|done|finished|pass|passed)\b/
const ABORT_WORD = /\b(?:abort|aborted|cancel|cancelled|canceled|interrupted|stopped_by_user)\b/

const KINDS: Readonly<Record<ClueKind, (value: unknown) => boolean>> = {
  number: (value) => toNumber(value) !== null,
  text: (value) => typeof value === 'string' && value !== '',
  object: isRow,
  set: isSet,
  'http-error': (value) => isHttpStatus(value, 400, 600),
  'http-success': (value) => isHttpStatus(value, 200, 400),
  'abort-word': (value) => hasWord(value, ABORT_WORD),
  'failure-word': (value) => hasWord(value, FAILURE_WORD) && !hasWord(value, ABORT_WORD),
  'success-word': (value) => hasWord(value, SUCCESS_WORD) && !hasWord(value, FAILURE_WORD),
}

/** Whether a clue is true of a record. */
export function holds({ path, is }: Clue, row: Row): boolean {
  const value = lookUp(row, path)
  if (value === undefined) return false
  return typeof is === 'string' ? KINDS[is](value) : (is as readonly unknown[]).includes(value)
}

function isHttpStatus(value: unknown, from: number, to: number): boolean {
  const status = toNumber(value)
  return status !== null && status >= from && status < to
}

function hasWord(value: unknown, words: RegExp): boolean {
  if (typeof value !== 'string' || value.length > 100) return false
  const text = value.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return words.test(text) || words.test(text.replaceAll(/[_.:/-]/g, ' '))
}

/** Reads a record by a shape; without a `status` when none of its keys says how the call ended. `unread` is told of values that could not be read. */
export function readShape(
  shape: LogShape,
  row: Row,
  noted: Noted,
  unread: Noted = () => {},
): Reading {
  const reading: Reading = {}
  for (const [key, sources] of Object.entries(shape.fields)) {
    const source = sources.find((candidate) => takeSource(reading, key, candidate, row))
    if (source !== undefined) noted(key, source.path)
    else tellUnread(key, sources, row, unread)
  }
  if (shape.lengthBySpan) checkLength(reading)
  const ending = endingOf(shape, row)
  if (ending !== undefined) {
    reading.status = ending.status
    noted('status', ending.path)
  }
  return reading
}

/** Keys that are numbers or moments: what is there under them and was not taken could not be read. */
const COUNTED = /_ms$|_usd$|_tokens$|^start_time$/

/** Tells of the first value that is there and says something; a number where a moment may be is none. */
export function tellUnread(key: string, sources: readonly Source[], row: Row, unread: Noted): void {
  if (!COUNTED.test(key)) return
  const there = sources.find(({ path }) => {
    const value = lookUp(row, path)
    return isSet(value) && (key !== 'start_time' || typeof value === 'string')
  })
  if (there !== undefined) unread(key, there.path)
}

/** As much as the length of a call may differ from the time between its start and end. */
const SPAN_TOLERANCE = 1.25

/** Gives a length the unit in which it is the time from start to end; leaves it where it is that in none. */
function checkLength(reading: Reading): void {
  const { start_time, end_time, duration_ms } = reading
  if (typeof start_time !== 'number' || typeof end_time !== 'number') return
  if (typeof duration_ms !== 'number' || end_time <= start_time) return
  const factor = [1, 1e-3, 1e-6, 1e-9].find((candidate) => {
    const ratio = (duration_ms * candidate) / (end_time - start_time)
    return ratio > 1 / SPAN_TOLERANCE && ratio < SPAN_TOLERANCE
  })
  if (factor !== undefined) reading.duration_ms = duration_ms * factor
}

/** How a call ended, and the key that says so. */
export interface Ending {
  readonly status: Status
  readonly path: string
}

/** How a call ended by the clues of a shape; undefined when none of their keys is there. */
export function endingOf(shape: Clues, row: Row): Ending | undefined {
  const clue = [...shape.failed, ...shape.aborted].find((one) => saysNo(one, row))
  return endingTold(shape, row) ?? (clue && { status: 'ok', path: clue.path })
}

type Clues = Pick<LogShape, 'aborted' | 'failed' | 'succeeded'>

function endingTold({ aborted, failed, succeeded }: Clues, row: Row): Ending | undefined {
  const told = (status: Status, clue: Clue | undefined) =>
    clue === undefined ? undefined : { status, path: clue.path }
  const first = (clues: readonly Clue[]) => clues.find((clue) => holds(clue, row))
  return (
    told('aborted', first(aborted)) ?? told('error', first(failed)) ?? told('ok', first(succeeded))
  )
}

/** A key that tells of failures and tells of none. */
function saysNo({ path, is }: Clue, row: Row): boolean {
  const value = lookUp(row, path)
  if (value === undefined) return false
  return is !== 'http-error' || value === null || toNumber(value) !== null
}

/** Puts what a source finds into a reading; false where there is no value that can be used. */
export function takeSource(reading: Reading, key: string, source: Source, row: Row): boolean {
  const value = lookUp(row, source.path)
  if (value === undefined || value === null) return false
  const converted = convert(key, value, source, row)
  if (converted !== null) reading[key] = converted
  return converted !== null
}

const EPOCHS = ['start_time', 'end_time', 'first_token_time']

function convert(key: string, value: unknown, source: Source, row: Row): unknown {
  const { unit, scale, plus } = source
  if (EPOCHS.includes(key)) return toEpoch(value, unit)
  if (key === 'status') return endingNamed(value)
  if (key.endsWith('_ms')) return toMilliseconds(value, unit)
  if (key === 'metadata') return isRow(value) ? value : null
  if (key === 'cost_usd') return toDollars(value, scale)
  if (key.endsWith('_tokens') && plus === undefined) return toTokens(value)
  if (plus !== undefined) return addedUp(value, plus, row)
  return Array.isArray(value) && key !== 'tags' ? (value[0] ?? null) : value
}

const MONEY = /^\s*(?:USD|US\$|\$)\s*(\d.*)$/i

function toDollars(value: unknown, scale: number | undefined): number | null {
  const named = typeof value === 'string' ? MONEY.exec(value)?.[1] : undefined
  if (named !== undefined) return toAmount(named)
  const number = toAmount(value)
  return number === null ? null : number * (scale ?? 1)
}

/** A part of a token is a number in another spelling. */
function toTokens(value: unknown): unknown {
  const number = toNumber(value)
  return number === null || Number.isInteger(number) ? value : null
}

function addedUp(value: unknown, plus: readonly string[], row: Row): number | null {
  const number = toNumber(value)
  if (number === null || !Number.isInteger(number)) return null
  return plus.reduce((sum, path) => sum + (toNumber(lookUp(row, path)) ?? 0), number)
}

/** Our own words for how a call ended, and the words and numbers that others have for it. */
function endingNamed(status: unknown): Status | null {
  const ours = STATUSES.find((known) => known === status)
  return ours ?? endingTold(ENDING_WORDS, { status })?.status ?? null
}

const ENDING_WORDS: Clues = {
  aborted: [{ path: 'status', is: 'abort-word' }],
  failed: [
    { path: 'status', is: 'http-error' },
    { path: 'status', is: 'failure-word' },
  ],
  succeeded: [
    { path: 'status', is: 'http-success' },
    { path: 'status', is: 'success-word' },
  ],
}
