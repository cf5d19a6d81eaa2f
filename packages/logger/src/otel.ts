import { createRequire } from 'node:module'
import type { Context } from './context.ts'

/** The active OpenTelemetry span. */
export interface ActiveSpan {
  readonly trace_id: string
  readonly span_id: string
}

interface OtelApi {
  readonly trace: {
    getActiveSpan(): { spanContext(): { traceId: string; spanId: string } } | undefined
  }
  isSpanContextValid(context: { traceId: string; spanId: string }): boolean
}

/** Where `@opentelemetry/api` 1.x keeps what the application registered. */
const GLOBAL = Symbol.for('opentelemetry.js.api.1')
let api: OtelApi | null | undefined

/** The active OpenTelemetry span, if the application runs OpenTelemetry. The package is loaded only then. */
export function activeOtelSpan(): ActiveSpan | undefined {
  if (!(GLOBAL in globalThis)) return undefined
  if (api === undefined) api = loadApi()
  const context = api?.trace.getActiveSpan()?.spanContext()
  if (context === undefined || !api?.isSpanContextValid(context)) return undefined
  return { trace_id: context.traceId, span_id: context.spanId }
}

/**
 * Whether an OpenTelemetry span is nearer than our current one: there is none, or it goes on with the trace that ours is
 * in. A trace that began inside ours (an SDK's own spans) takes nothing out of ours.
 */
export function isNearer(otel: ActiveSpan, current: Context | undefined): boolean {
  if (current === undefined) return true
  return otel.trace_id === current.trace.trace_id && otel.span_id !== current.otel_span_id
}

function loadApi(): OtelApi | null {
  try {
    return createRequire(import.meta.url)('@opentelemetry/api') as OtelApi
  } catch {
    return null
  }
}
