import { currentContext } from './context.ts'
import { activeOtelSpan } from './otel.ts'
import { safely } from './recording.ts'

/** What an ordinary line says about where it was written: trace, span, and what the spans around it hand down. */
export function contextFields(): object {
  const context = currentContext()
  const otel = safely(activeOtelSpan)
  if (otel !== undefined && otel.span_id !== context?.otel_span_id)
    return { ...otel, ...context?.inherited }
  if (context === undefined) return {}
  return { trace_id: context.trace.trace_id, span_id: context.span_id, ...context.inherited }
}
