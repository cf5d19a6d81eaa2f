import { newSpanId, newTraceId } from '@recount/record'
import { type Clock, roundMs } from './clock.ts'
import { type Context, currentContext, type Inherited, type Trace } from './context.ts'
import { mergeMetadata } from './field-readers.ts'
import { reused } from './json.ts'
import { type ActiveSpan, activeOtelSpan, isNearer } from './otel.ts'

/** Something that has begun and will end. */
export interface Span {
  readonly trace_id: string
  readonly span_id: string
  readonly parent_span_id: string | undefined
  /** Wall clock at the start, epoch milliseconds. */
  readonly start_time: number
  /** Monotonic start. */
  readonly started: number
  /** The context for what happens inside. */
  readonly context: Context
}

/** What a caller may say about a new span. */
export interface SpanOptions {
  readonly inherited?: Inherited | undefined
  /** Continues this trace instead of the current one, as when a request brings it. */
  readonly trace_id?: string | undefined
  readonly parent_span_id?: string | undefined
  readonly debug?: boolean | undefined
  /** What the logger's bindings say; all others go before it. */
  readonly bound?: Inherited | undefined
}

/**
 * Opens a span. Its trace and parent are, in this order: the active OpenTelemetry span where it is nearer than ours; the
 * trace a request brings; our current span; else it begins a trace.
 */
export function openSpan(clock: Clock, options: SpanOptions): Span {
  const current = currentContext()
  const otel = activeOtelSpan()
  const place = placeOf(current, otel, options)
  const started = clock.monotonic()
  const trace =
    current?.trace.trace_id === place.trace_id ? current.trace : newTrace(place.trace_id, started)
  const span_id = newSpanId()
  return {
    trace_id: trace.trace_id,
    span_id,
    parent_span_id: place.parent_span_id,
    start_time: roundMs(clock.wall()),
    started,
    context: {
      trace,
      span_id,
      inherited: inherit(around(options.bound, current?.inherited), options.inherited),
      otel_span_id: otel?.span_id,
      debug: options.debug ?? current?.debug,
      calls: { open: 0, overlapped: false, last: undefined },
    },
  }
}

interface Place {
  readonly trace_id: string
  readonly parent_span_id: string | undefined
}

function placeOf(
  current: Context | undefined,
  otel: ActiveSpan | undefined,
  options: SpanOptions,
): Place {
  const { trace_id, parent_span_id } = options
  const isBrought = trace_id !== undefined && trace_id === otel?.trace_id
  if (
    otel !== undefined &&
    (isBrought ? otel.span_id !== current?.otel_span_id : isNearer(otel, current))
  ) {
    return { trace_id: otel.trace_id, parent_span_id: otel.span_id }
  }
  // A request that brings the trace we are in already (middleware mounted twice) nests; another one begins beside it.
  if (trace_id !== undefined && trace_id !== current?.trace.trace_id)
    return { trace_id, parent_span_id }
  if (current === undefined) return { trace_id: newTraceId(), parent_span_id }
  return {
    trace_id: current.trace.trace_id,
    parent_span_id: trace_id ? current.span_id : (parent_span_id ?? current.span_id),
  }
}

function newTrace(trace_id: string, started: number): Trace {
  return {
    trace_id,
    started,
    retrieval_ms: 0,
    llm_ms: 0,
    tools_ms: 0,
    ttft_ms: null,
    validationFailed: false,
    askedBy: new Map(),
    recordedTools: new Set(),
    echoes: [],
  }
}

const NOTHING: Inherited = reused({})

/** What the context says goes before what the logger's bindings say. */
function around(
  bound: Inherited | undefined,
  context: Inherited | undefined,
): Inherited | undefined {
  return bound === undefined ? context : inherit(bound, context)
}

/** Nearest wins, key by key; metadata is merged, so that a span adds to what is around it. */
function inherit(outer: Inherited | undefined, own: Inherited | undefined): Inherited {
  if (own === undefined) return outer ?? NOTHING
  if (outer === undefined) return reused(own)
  const merged: Inherited = reused({ ...outer, ...own })
  if (outer.metadata && own.metadata) merged.metadata = mergeMetadata(outer.metadata, own.metadata)
  return merged
}
