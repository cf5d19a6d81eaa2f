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
  /\b(?:err|error|errored|errors|fail|failed|failure|failing|timeout|timedout|timed out|exception|rejected|denied|throttled|throttling|limited|expired|invalid|refused|unavailable|overloaded|overload|crashed|fatal|blocked|unauthorized|unauthenticated|forbidden|rate limit|quota|exhausted|exceeded|unsuccessful|bad request|not (?:found|allowed|available|authorized|implemented|supported)|ko|nok)\b/
const SUCCESS_WORD =
  /\b(?:ok|okay|success|successful|successfully|succeeded|succeed|completed|complete|done|finished|pass|passed|stop|end turn|tool use|tool calls|stop sequence|cached|cache hit|true|yes)\b/
const ABORT_WORD = /\b(?:abort|aborted|cancel|cancelled|canceled|interrupted|stopped by user)\b/
/** Such a word may say the contrary of the one beside it. */
const NEGATION = /\b(?:not|no|non|without|false|none|never|0)\b/
const YES = [true, 1, '1', 'true', 'yes', 'y', 't']
const NO = [false, 0, '0', 'false', 'no', 'n', 'f']

const KINDS: Readonly<Record<ClueKind, (value: unknown) => boolean>> = {
  number: (value) => toNumber(value) !== null,
  text: (value) => typeof value === 'string' && value !== '',
  object: isRow,
  set: isSet,
  yes: (value) => YES.includes(lower(value)),
  no: (value) => NO.includes(lower(value)),
  'http-error': (value) => isHttpStatus(value, 400, 600) || /^[45]xx$/i.test(String(value)),
  'http-success': (value) => isHttpStatus(value, 200, 400),
  'abort-word': (value) => wordIn(value) === 'abort',
  'failure-word': (value) => value === false || wordIn(value) === 'failure',
  'success-word': (value) => value === true || wordIn(value) === 'success',
}

/** Whether a clue is true of a record. */
export function holds({ path, is }: Clue, row: Row): boolean {
  const value = lookUp(row, path)
  if (value === undefined) return false
  return typeof is === 'string' ? KINDS[is](value) : (is as readonly unknown[]).includes(value)
}

/** Also as `503 Service Unavailable`. */
function isHttpStatus(value: unknown, from: number, to: number): boolean {
  const text = typeof value === 'string' ? /^\s*([1-5]\d\d)\b/.exec(value)?.[1] : undefined
  const status = toNumber(text ?? value)
  return status !== null && status >= from && status < to
}

function lower(value: unknown): never {
  return (typeof value === 'string' ? value.trim().toLowerCase() : value) as never
}

function wordIn(value: unknown): 'abort' | 'failure' | 'success' | undefined {
  if (typeof value !== 'string' || value.length > 100) return undefined
  const text = value
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/[_.:/=-]/g, ' ')
  if (NEGATION.test(text.replace(FAILURE_WORD, (found) => (found.startsWith('not') ? '' : found))))
    return undefined
  if (ABORT_WORD.test(text)) return 'abort'
  if (FAILURE_WORD.test(text)) return 'failure'
  return SUCCESS_WORD.test(text) ? 'success' : undefined
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

/** How a call ended, and the key that says so; a word or number that says nothing of an ending as it stands there. */
export interface Ending {
  readonly status: unknown
  readonly path: string
}

/** How a call ended by the clues of a shape; undefined when none of their keys is there. */
export function endingOf(shape: Clues, row: Row): Ending | undefined {
  const { aborted, failed } = shape
  const told = endingTold({ aborted, failed, succeeded: [] }, row)
  if (told !== undefined) return told
  const odd = [...failed, ...aborted].find((clue) => isOdd(clue, row))
  if (odd !== undefined) return { status: lookUp(row, odd.path), path: odd.path }
  const clue = [...failed, ...aborted].find((one) => saysNo(one, row))
  return endingTold(shape, row) ?? (clue && { status: 'ok', path: clue.path })
}

type Clues = Pick<LogShape, 'aborted' | 'failed' | 'succeeded'>

function endingTold(
  { aborted, failed, succeeded }: Clues,
  row: Row,
): (Ending & { readonly status: Status }) | undefined {
  const told = (status: Status, clue: Clue | undefined) =>
    clue === undefined ? undefined : { status, path: clue.path }
  const first = (clues: readonly Clue[]) => clues.find((clue) => holds(clue, row))
  return (
    told('aborted', first(aborted)) ?? told('error', first(failed)) ?? told('ok', first(succeeded))
  )
}

/** Clues that take some words for an answer; who says another says nothing that is known. */
const WORDS: readonly unknown[] = ['failure-word', 'abort-word', 'yes', 'no']
const FLAGS: readonly unknown[] = ['yes', 'no']
/** What has such a name may be anything, as what a model said. */
const ANY_TEXT = /(?:^|\.)(?:result|state)$/i

/** Some write there how bad the line is. */
const LEVEL = /^\s*(?:trace|debug|info|information|notice|warn|warning)\s*$/i

/** Whether a key that tells of endings says something that is none. */
function isOdd({ path, is }: Clue, row: Row): boolean {
  if (!WORDS.includes(is) || ANY_TEXT.test(path)) return false
  const value = lookUp(row, path)
  if (!isSet(value) || typeof value === 'object' || LEVEL.test(String(value))) return false
  if (FLAGS.includes(is)) return !KINDS.yes(value) && !KINDS.no(value)
  return !ENDINGS.some((kind) => KINDS[kind](value))
}

const ENDINGS = [
  'failure-word',
  'success-word',
  'abort-word',
  'http-error',
  'http-success',
] as const

/** A key that tells of failures and tells of none. */
function saysNo({ path, is }: Clue, row: Row): boolean {
  const value = lookUp(row, path)
  if (value === undefined) return false
  if (is === 'failure-word' || is === 'abort-word') return !isSet(value)
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
