import {
  isSpanId,
  isTraceId,
  LEVELS,
  type Scalar,
  STATUSES,
  type Status,
  uuidv7,
} from '@recount/record'
import type { ContentAsk } from './captures.ts'
import { currentContext } from './context.ts'
import { failureOf } from './diagnoses.ts'
import { mergeMetadata, scalars, text } from './field-readers.ts'
import { read, readFields } from './fields.ts'
import { reused } from './json.ts'
import { statusLevel } from './levels.ts'
import { OpenSpan } from './open-span.ts'
import { type AnyPino, isSilent } from './pino-internals.ts'
import { failedStatus } from './recorded-error.ts'
import { recordingOf, safely } from './recording.ts'
import type { SpanBindings } from './span-bindings.ts'
import { INHERITED_FIELDS, spanOptions } from './span-options.ts'

/** What a trace may be given. */
export interface TraceBindings extends SpanBindings {
  /** Continues a trace that another process began. */
  trace_id?: string | undefined
  /** The span of that process that caused this one. */
  parent_span_id?: string | undefined
  /** Asks for all content of what happens inside; policy and environment can only allow less. */
  debug?: boolean
  /** Which attempt this is, from 1, where a job is tried again. */
  step_attempt?: number
}

/** A trace (or step) while it runs, for callers that cannot wrap a function. Nothing here throws. */
export interface OpenTrace {
  readonly trace_id: string
  readonly span_id: string
  readonly request_id: string
  /** Runs a function inside; what it records, and what it starts, belongs to the trace. */
  run<T>(fn: () => T): T
  /** Adds flat metadata to later lines inside, and to the last line. */
  annotate(metadata: Record<string, Scalar>): void
  /** Ends it, once; later calls do nothing. Default status: `ok`, or what the error says. */
  end(status?: Status, error?: unknown): void
}

/** Opens a trace: its start line is written before this returns. A request id is made where none is given. */
export function openTrace(logger: AnyPino, name: string, bindings: TraceBindings = {}): OpenTrace {
  const given = text(read(bindings, 'request_id')) as string | undefined
  const request_id = given ?? currentContext()?.inherited.request_id ?? uuidv7()
  return open(logger, bindings, { workflow: name, span_name: name, request_id }, request_id)
}

/** Opens a step of the current trace, or a trace that is one step. */
export function openStep(logger: AnyPino, name: string, bindings: StepBindings = {}): OpenTrace {
  const names = { step: name, span_name: name, step_attempt: read(bindings, 'attempt') }
  return open(logger, bindings, names, currentContext()?.inherited.request_id ?? '')
}

/** What a step may be given. */
export interface StepBindings extends SpanBindings {
  /** Which attempt this is, from 1. */
  attempt?: number
  /** Asks for all content of what happens inside; policy and environment can only allow less. */
  debug?: boolean
  /** What the step received from earlier ones. Kept only where content is open. */
  upstream?: unknown
  /** Asks for content of the step itself: all, nothing, or these parts. */
  content?: ContentAsk
}

function open(
  logger: AnyPino,
  bindings: object,
  names: Readonly<Record<string, unknown>>,
  request_id: string,
): OpenTrace {
  if (isSilent(logger)) return NO_TRACE
  return safely(() => openSpanLines(logger, bindings, names, request_id)) ?? NO_TRACE
}

function openSpanLines(
  logger: AnyPino,
  bindings: object,
  names: Readonly<Record<string, unknown>>,
  request_id: string,
): OpenTrace {
  const trace_id = read(bindings, 'trace_id')
  const parent_span_id = read(bindings, 'parent_span_id')
  const incoming = isTraceId(trace_id)
    ? { trace_id, ...(isSpanId(parent_span_id) ? { parent_span_id } : {}) }
    : {}
  const { inherited, ...options } = spanOptions(bindings)
  const own = { ...readFields(names, INHERITED_FIELDS), ...inherited }
  const place = { ...options, inherited: own, ...incoming }
  const level = LEVELS.debug
  const span = new OpenSpan(logger, recordingOf(logger), place, { event: 'step', level })
  span.keep('upstream', read(bindings, 'upstream'))
  span.begin('step_started', level, {})
  return {
    trace_id: span.trace_id,
    span_id: span.span_id,
    request_id,
    run: (fn) => span.run(fn),
    annotate(metadata) {
      safely(() => {
        const { context } = span
        const added = scalars(metadata) as Record<string, Scalar> | undefined
        if (added === undefined) return
        const merged = mergeMetadata(context.inherited.metadata ?? {}, added)
        context.inherited = reused({ ...context.inherited, metadata: merged })
      })
    },
    end(status, error) {
      const failed = error !== undefined
      const ended =
        STATUSES.find((known) => known === status) ??
        (failed ? failedStatus(error, undefined, false) : 'ok')
      if (span.ended) return
      const fields = { status: ended, ...(failed ? failureOf(logger, span, error, ended) : {}) }
      const duration_ms = span.elapsed()
      const level = statusLevel(ended, LEVELS.debug)
      span.settle(span.endedFacts(level, ended, duration_ms))
      span.finish('step', level, duration_ms, fields)
    },
  }
}

/** What a silent logger hands out. */
const NO_TRACE: OpenTrace = Object.freeze({
  trace_id: '',
  span_id: '',
  request_id: '',
  run: <T>(fn: () => T): T => fn(),
  annotate() {},
  end() {},
})
