import type { Context, HrTime, Link, Span, SpanContext } from '@opentelemetry/api'
import type { AnyRecord, RecordedError } from '@recount/record'
import { BoundedMap } from '../bounded-map.ts'
import { bytesOf } from '../bytes-of.ts'
import type { OtelApi } from './api.ts'
import { attributesOf } from './attributes.ts'

/** Spans that are remembered so that others can be their children, or link to them; older ones are forgotten. */
const MAX_REMEMBERED = 10_000
const MAX_BEGUN_BYTES = 33_554_432
/** What a span context holds, roughly. */
const CONTEXT_BYTES = 300

/** A span of ours that has begun. */
interface Begun {
  readonly record: AnyRecord
  /** The application's own span in which it began, where that is its parent. */
  readonly parent: SpanContext | undefined
  /** Made when a child ends before it. */
  span?: Span
}

/**
 * Turns records into spans. A span is made when its terminal line comes, with its exact start and end; only one that
 * has children to be put below it before is made when the first of them ends.
 */
export class SpanExport {
  readonly #begun = new BoundedMap<Begun>({
    what: 'spans that have not ended',
    entries: MAX_REMEMBERED,
    bytes: MAX_BEGUN_BYTES,
  })
  readonly #made = new BoundedMap<SpanContext>({
    what: 'spans that have ended',
    entries: MAX_REMEMBERED,
    bytes: MAX_REMEMBERED * 2 * CONTEXT_BYTES,
  })

  /** A start line. */
  begin(api: OtelApi, record: AnyRecord): void {
    const { span_id } = record
    if (span_id === undefined) return
    const begun = { record, parent: activeParent(api, record) }
    this.#begun.set(span_id, begun, bytesOf(record, MAX_BEGUN_BYTES))
  }

  /** A terminal line, or the one line of something without length. */
  end(api: OtelApi, record: AnyRecord, content: object): void {
    const { span_id } = record
    if (span_id === undefined) return
    const span = this.#spanOf(api, record, this.#begun.take(span_id))
    this.#made.set(span_id, span.spanContext(), CONTEXT_BYTES)
    span.updateName(nameOf(record))
    span.setAttributes({ ...attributesOf(record), ...content })
    sayHowItEnded(api, span, record)
    span.end(endOf(record))
  }

  #spanOf(api: OtelApi, record: AnyRecord, begun: Begun | undefined): Span {
    if (begun?.span !== undefined) {
      for (const link of this.#links(record)) begun.span.addLink?.(link)
      return begun.span
    }
    const options = {
      kind: kindOf(api, record),
      startTime: startOf(record),
      attributes: attributesOf(record),
      links: this.#links(record),
    }
    const parent = begun?.parent ?? activeParent(api, record)
    const tracer = api.trace.getTracer('@recount/capture')
    return tracer.startSpan(nameOf(record), options, this.#contextOf(api, record, parent))
  }

  /** Where the parent is ours, and still under way, it is made now. */
  #contextOf(api: OtelApi, record: AnyRecord, parent: SpanContext | undefined): Context {
    const { ROOT_CONTEXT, trace } = api
    const { trace_id, parent_span_id } = record
    if (parent !== undefined) return trace.setSpanContext(ROOT_CONTEXT, parent)
    if (trace_id === undefined || parent_span_id === undefined) return ROOT_CONTEXT
    const made = this.#made.get(parent_span_id)
    if (made !== undefined) return trace.setSpanContext(ROOT_CONTEXT, made)
    const begun = this.#begun.get(parent_span_id)
    if (begun !== undefined) {
      begun.span ??= this.#spanOf(api, begun.record, begun)
      return trace.setSpan(ROOT_CONTEXT, begun.span)
    }
    const elsewhere = { traceId: trace_id, spanId: parent_span_id, isRemote: true, traceFlags: 1 }
    return trace.setSpanContext(ROOT_CONTEXT, elsewhere)
  }

  /** A retry links to the attempt that failed, a fallback to what it replaces. */
  #links(record: AnyRecord): Link[] {
    if (record.event !== 'llm_call' && record.event !== 'llm_call_started') return []
    return (['retry_of', 'fallback_of'] as const).flatMap((relation) => {
      const context = this.#made.get(record[relation] ?? '')
      return context === undefined
        ? []
        : [{ context, attributes: { 'recount.relation': relation } }]
    })
  }
}

/** The application's active span, where the record says that it is the parent: its sampling holds for ours. */
function activeParent({ trace }: OtelApi, record: AnyRecord): SpanContext | undefined {
  const active = trace.getActiveSpan()?.spanContext()
  return active?.spanId === record.parent_span_id ? active : undefined
}

function kindOf({ SpanKind }: OtelApi, { event }: AnyRecord): number {
  const isCall = event === 'llm_call' || event === 'llm_call_started' || event === 'retrieval'
  return isCall ? SpanKind.CLIENT : SpanKind.INTERNAL
}

function nameOf(record: AnyRecord): string {
  switch (record.event) {
    case 'llm_call_started':
    case 'llm_call':
      return `${record.operation} ${record.model}`
    case 'tool_call_started':
    case 'tool_call':
      return `execute_tool ${record.tool}`
    case 'retrieval':
      return `retrieval ${record.source}`
    case 'step_started':
    case 'step':
      return record.span_name ?? record.step ?? record.workflow ?? 'step'
    default:
      return record.event
  }
}

function startOf(record: AnyRecord): HrTime {
  return hrTime('start_time' in record ? record.start_time : record.time)
}

function endOf(record: AnyRecord): HrTime {
  return hrTime('start_time' in record ? record.start_time + record.duration_ms : record.time)
}

/** Seconds and nanoseconds; a plain number could be taken for milliseconds since the process began. */
function hrTime(epochMs: number): HrTime {
  const micros = Math.round(epochMs * 1000)
  return [Math.floor(micros / 1_000_000), (micros % 1_000_000) * 1000]
}

function sayHowItEnded({ SpanStatusCode }: OtelApi, span: Span, record: AnyRecord): void {
  const error = 'error' in record ? record.error : undefined
  if (record.event === 'validation' && !record.passed) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: record.rule ?? 'validation failed' })
  }
  if (!('status' in record) || (record.status !== 'error' && record.status !== 'partial')) return
  span.setStatus({ code: SpanStatusCode.ERROR, ...(error && { message: error.message }) })
  if (error !== undefined) span.addEvent('exception', exception(error), endOf(record))
}

function exception({ type, message }: RecordedError): Record<string, string> {
  return { 'exception.type': type, 'exception.message': message }
}
