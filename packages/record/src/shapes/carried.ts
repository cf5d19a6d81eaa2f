import { isRow, type Row } from './paths.ts'
import { plainAttributes } from './unpack.ts'
import { NO_WRAPPERS, parsedText, TEXT_KEYS } from './unwrap.ts'

const MAX_DEPTH = 4
const MAX_ROWS = 60
/** A line that begins with more than that before its JSON is a text. */
const MAX_PREFIX = 200
/** Of containerd and CRI-O: time, stream, and whether the line is whole. */
const RUNTIME_PREFIX = /^\d{4}-\S+ std(?:out|err) F(?::\S*)? $/

/**
 * The record of ours that a line is, or that a line of another logger, a collector or a container runtime carries, as text
 * or as an object, also in the words of OTLP. What is around it says nothing about it.
 */
export function carriedRecord(row: Row): Row | undefined {
  if (isOwn(row)) return row
  let level: readonly Row[] = [plainAttributes(row)]
  let left = MAX_ROWS
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const inner = level.flatMap((around) => [...carriedRows(around)]).slice(0, left)
    const found = inner.find(isOwn)
    if (found !== undefined) return found
    left -= inner.length
    level = inner
  }
  return undefined
}

/**
 * The record on a line that is no JSON because something stands before it: any after the prefix of a container runtime,
 * one of ours after any (syslog, `docker compose`, a cloud's function).
 */
export function prefixedRecord(line: string): Row | undefined {
  const begin = line.indexOf('{')
  if (begin < 1 || begin > MAX_PREFIX) return undefined
  const text = line.slice(begin)
  const isWhole = RUNTIME_PREFIX.test(line.slice(0, begin))
  if (!isWhole && !text.includes('"recount')) return undefined
  const parsed = parsedText(text)
  if (parsed === undefined || isWhole) return parsed
  return carriedRecord(parsed) === undefined ? undefined : parsed
}

function* carriedRows(row: Row): Generator<Row> {
  for (const [key, value] of Object.entries(row)) {
    const carried = typeof value === 'string' ? inText(key, value) : inObject(key, value)
    if (carried !== undefined) yield carried
  }
}

/** `stringValue` is the text of a log record in OTLP. */
function inText(key: string, text: string): Row | undefined {
  const isText = key === 'stringValue' || TEXT_KEYS.includes(key)
  return isText && text.includes('"recount') ? parsedText(text) : undefined
}

function inObject(key: string, value: unknown): Row | undefined {
  if (!isRow(value) || NO_WRAPPERS.includes(key)) return undefined
  if (!isRow(value.kvlistValue)) return value
  const { attributes } = plainAttributes({ attributes: value.kvlistValue.values })
  return isRow(attributes) ? attributes : undefined
}

/** Words that anybody may use, and a time or an id, which all of ours have. */
function isOwn({ recount, event, time, start_time, span_id }: Row): boolean {
  const isNamed = typeof recount === 'number' && typeof event === 'string'
  return isNamed && (time ?? start_time ?? span_id) !== undefined
}
