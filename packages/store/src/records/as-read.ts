import type { Reading } from '@recount/record/shapes'

/** What a record must have and no log of others says. */
const ADDED = [
  ...['recount', 'event', 'level', 'time', 'msg', 'as_read', 'cost_source', 'parent_span_id'],
]

type Fields = Readonly<Record<string, unknown>>

/**
 * A record that was made of a log of another shape, and how that was read where the record says something else: a record
 * must have a length, a time and a model, and knows other words.
 */
export function withReading(record: Fields, shape: string, reading: Reading): Fields {
  const keys = new Set([...Object.keys(record), ...Object.keys(reading)])
  const differing = [...keys]
    .filter((key) => !ADDED.includes(key) && !isSame(record[key], reading[key]))
    .map((key) => [key, reading[key] ?? null])
  return { ...record, as_read: { shape, ...Object.fromEntries(differing) } }
}

/** A record of which a log of another shape had only what analysis looks for in none. */
export function unread(record: Fields): Fields {
  return { ...record, as_read: null }
}

/** A line as `analyze` is to read it: of another's log as that was read; undefined where it would not look at it. */
export function lineForAnalysis(json: string): string | undefined {
  if (!json.includes('"as_read":')) return json
  const { as_read, ...record } = JSON.parse(json) as Fields
  if (as_read === undefined) return json
  if (typeof as_read !== 'object' || as_read === null) return undefined
  const { shape, ...differing } = as_read as Fields
  const reading = Object.entries({ ...record, ...differing }).filter(
    ([key, value]) => value !== null && !ADDED.includes(key),
  )
  return JSON.stringify({ as_read: { shape, reading: Object.fromEntries(reading) } })
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b))
}
