import {
  type Clue,
  LLM_REQUEST_SHAPE,
  type LogShape,
  type Source,
  STATUSES,
  type Status,
} from '@recount/record'
import type { FieldMap } from './field-map.ts'
import { isRow, lookUp } from './paths.ts'
import { toEpoch, toMilliseconds, toNumber } from './time.ts'

type Row = Readonly<Record<string, unknown>>

/** A foreign record in our keys; times are milliseconds. What was not found is not there. */
export interface Reading {
  [key: string]: unknown
}

/** Called for each value found: which key of ours came from where. */
export type Noted = (key: string, path: string) => void

/** Whether a value says that something is the case: neither absent, null, empty, 0 nor false. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false
  if (typeof value === 'string') return !/^(?:|0|false|null|none)$/i.test(value.trim())
  if (Array.isArray(value)) return value.length > 0
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** The clues by which a record is a call of this shape, or undefined. */
export function matchShape(shape: LogShape, row: Row): readonly Clue[] | undefined {
  const found = shape.calls.find((clues) => clues.every((clue) => holds(clue, row)))
  if (found === undefined || shape.unless.some((clue) => holds(clue, row))) return undefined
  return found
}

function holds({ path, is }: Clue, row: Row): boolean {
  const value = lookUp(row, path)
  if (value === undefined) return false
  if (is === 'number') return toNumber(value) !== null
  if (is === 'http-error') return isHttpError(toNumber(value))
  if (is === 'text') return typeof value === 'string' && value !== ''
  return is === 'set' ? isSet(value) : (is as readonly unknown[]).includes(value)
}

function isHttpError(status: number | null): boolean {
  return status !== null && status >= 400 && status < 600
}

/** Reads a record by a shape; without a `status` when none of its keys says how the call ended. */
export function readShape(shape: LogShape, row: Row, noted: Noted): Reading {
  const reading: Reading = {}
  for (const [key, sources] of Object.entries(shape.fields)) {
    for (const source of sources) {
      if (take(reading, key, source, row)) {
        noted(key, source.path)
        break
      }
    }
  }
  const status = endingOf(shape, row)
  if (status !== undefined) reading.status = status
  return reading
}

function endingOf({ aborted, failed, succeeded }: LogShape, row: Row): Status | undefined {
  if (aborted.some((clue) => holds(clue, row))) return 'aborted'
  if (failed.some((clue) => holds(clue, row))) return 'error'
  if (succeeded.some((clue) => holds(clue, row))) return 'ok'
  const isTold = [...aborted, ...failed].some(({ path }) => lookUp(row, path) !== undefined)
  return isTold ? 'ok' : undefined
}

/** Adds what `--map` names to a reading, over what is there; false when none of it was found. */
export function applyMaps(
  maps: readonly FieldMap[],
  row: Row,
  reading: Reading,
  noted: Noted,
  matched: (map: FieldMap) => void,
): boolean {
  let found = false
  for (const map of maps) {
    const { ours, source } = map
    const value = lookUp(row, source.path)
    if (value === undefined) {
      // Who names the field that tells of errors says that its absence means none.
      if (ours === 'error') reading.status ??= 'ok'
      continue
    }
    found = true
    noted(ours, source.path)
    matched(map)
    if (ours === 'error') readError(reading, value)
    else take(reading, ours, source, row)
  }
  return found
}

function readError(reading: Reading, value: unknown): void {
  const failed = isSet(value)
  reading.status = failed ? 'error' : 'ok'
  if (failed && (typeof value === 'string' || typeof value === 'number')) {
    reading.error_type ??= String(value)
  }
}

/** Whether there is a value that can be used. */
function take(reading: Reading, key: string, source: Source, row: Row): boolean {
  const value = lookUp(row, source.path)
  if (value === undefined || value === null) return false
  const converted = convert(key, value, source)
  if (converted !== null) reading[key] = converted
  return converted !== null
}

function convert(key: string, value: unknown, { unit }: Source): unknown {
  if (key === 'start_time' || key === 'end_time') return toEpoch(value, unit)
  if (key === 'status') return endingNamed(value)
  if (key.endsWith('_ms')) return toMilliseconds(value, unit)
  return key === 'metadata' && !isRow(value) ? null : value
}

/** Our own words for how a call ended, and the words and numbers that others have for it. */
function endingNamed(status: unknown): Status | null {
  const ours = STATUSES.find((known) => known === status)
  return ours ?? endingOf(LLM_REQUEST_SHAPE, { status }) ?? null
}
