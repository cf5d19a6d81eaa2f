import { StoreError } from '../errors.ts'

/** A place in a list that goes from late to early: after the span that began then, and has this id. */
export interface Position {
  /** What is unknown comes last. */
  readonly start_time: number | null
  readonly trace_id: string
  readonly span_id: string
}

/** A position as a text that can stand in a URL. */
export function cursorText({ start_time, trace_id, span_id }: Position): string {
  return Buffer.from(JSON.stringify([start_time ?? 0, trace_id, span_id])).toString('base64url')
}

/** The position that a cursor names. Throws `STORE_QUERY_INVALID`. */
export function positionOf(cursor: unknown): Position {
  try {
    const parts: unknown = JSON.parse(Buffer.from(String(cursor), 'base64url').toString('utf8'))
    const [start_time, trace_id, span_id] = parts as [unknown, unknown, unknown]
    if (
      typeof start_time === 'number' &&
      typeof trace_id === 'string' &&
      typeof span_id === 'string'
    )
      return { start_time, trace_id, span_id }
  } catch {
    // Told below.
  }
  throw new StoreError(
    'STORE_QUERY_INVALID',
    'Expected `cursor` to be the cursor of an earlier page; leave it out to begin anew',
  )
}

/** Whether a span comes after a position, in the order of lists. */
export function isAfter(span: Position, position: Position): boolean {
  return compareSpans(position, span) < 0
}

/** The order of lists: what began last comes first; of the same moment, by ids. */
export function compareSpans(a: Position, b: Position): number {
  const later = (b.start_time ?? 0) - (a.start_time ?? 0)
  if (later !== 0) return later
  if (a.trace_id !== b.trace_id) return a.trace_id < b.trace_id ? -1 : 1
  return a.span_id === b.span_id ? 0 : a.span_id < b.span_id ? -1 : 1
}
