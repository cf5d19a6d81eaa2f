import { isSpanId, isTraceId } from '@recount/record'

/** What a `traceparent` header says. */
export interface TraceParent {
  /** 32 lower-case hex digits, not all zero. */
  readonly trace_id: string
  /** 16 lower-case hex digits, not all zero: the caller's span. */
  readonly parent_span_id: string
  /** Whether the caller records this trace. */
  readonly sampled: boolean
}

/** A header that was there and was not used. The refused value is never kept. */
export interface IgnoredHeader {
  readonly header: string
  readonly reason: string
}

/** What the headers of a request say about where it belongs; only what passed its check. */
export interface Incoming {
  readonly trace_id?: string
  readonly parent_span_id?: string
  readonly request_id?: string
  readonly session_id?: string
  readonly ignored: readonly IgnoredHeader[]
}

/** Gives a header by its lower-case name, as a string, as several, or undefined when it is not there. */
export type HeaderReader = (name: string) => string | string[] | undefined

/** A version 00 header has exactly this length; a later version at least. */
const LENGTH = 55
/** No version is known to need more, and what comes from outside is bounded before it is matched. */
const MAX_LENGTH = 512
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[^,]*)?$/

/**
 * Reads a `traceparent` value as W3C Trace Context (levels 1 and 2) demands; anything else gives undefined. Takes the
 * header's value, or the list of its values, of which there must be one.
 */
export function parseTraceparent(value: unknown): TraceParent | undefined {
  const header = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (typeof header !== 'string' || header.length < LENGTH || header.length > MAX_LENGTH)
    return undefined
  const [, version = '', trace_id = '', parent_span_id = '', flags = '', more] =
    TRACEPARENT.exec(header) ?? []
  if (version === 'ff' || !isTraceId(trace_id) || !isSpanId(parent_span_id)) return undefined
  if (version === '00' && more !== undefined) return undefined
  return { trace_id, parent_span_id, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** Writes a `traceparent` value, version 00; `sampled` is true by default. */
export function formatTraceparent(span: {
  trace_id: string
  span_id: string
  sampled?: boolean
}): string {
  return `00-${span.trace_id}-${span.span_id}-${span.sampled === false ? '00' : '01'}`
}

/**
 * Reads where a request belongs: the trace from `traceparent`, else from `x-trace-id` (32 hex digits or a UUID); the rest
 * from `x-request-id` and `x-session-id` (1 to 128 of `A-Z a-z 0-9 . _ ~ : / + = -`). What does not pass is ignored and
 * named in `ignored`. Never throws on any value.
 */
export function readIncoming(headers: HeaderReader): Incoming {
  const ignored: IgnoredHeader[] = []
  const take = <T>(
    header: string,
    read: (value: string) => T | undefined,
    expected: string,
  ): T | undefined => {
    const value = headers(header)
    if (value === undefined || value === '' || value.length === 0) return undefined
    const single = Array.isArray(value) && value.length === 1 ? value[0] : value
    const taken = typeof single === 'string' ? read(single) : undefined
    if (taken === undefined) {
      ignored.push({
        header,
        reason: typeof single === 'string' ? `not ${expected}` : 'sent several times',
      })
    }
    return taken
  }
  const parent = take('traceparent', parseTraceparent, 'a valid W3C traceparent')
  const trace_id = parent?.trace_id ?? take('x-trace-id', readTraceId, '32 hex digits or a UUID')
  const request_id = take('x-request-id', readId, `1 to ${MAX_ID} of A-Z a-z 0-9 . _ ~ : / + = -`)
  const session_id = take('x-session-id', readId, `1 to ${MAX_ID} of A-Z a-z 0-9 . _ ~ : / + = -`)
  return {
    ...(trace_id !== undefined && { trace_id }),
    ...(parent !== undefined && { parent_span_id: parent.parent_span_id }),
    ...(request_id !== undefined && { request_id }),
    ...(session_id !== undefined && { session_id }),
    ignored,
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function readTraceId(value: string): string | undefined {
  if (value.length !== 32 && value.length !== 36) return undefined
  const lower = value.toLowerCase()
  const id = UUID.test(lower) ? lower.replaceAll('-', '') : lower
  return isTraceId(id) ? id : undefined
}

const MAX_ID = 128
const ID = /^[A-Za-z0-9._~:/+=-]+$/

function readId(value: string): string | undefined {
  return value.length <= MAX_ID && ID.test(value) ? value : undefined
}
