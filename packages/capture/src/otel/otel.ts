import type { AnyRecord, Content, Sink } from '@recount/record'
import { CaptureError } from '../errors.ts'
import { otelApi } from './api.ts'
import { contentAttribute } from './attributes.ts'
import { createMetrics } from './metrics.ts'
import { SpanExport } from './spans.ts'

/** Options of `otel`. */
export interface OtelOptions {
  /** Puts content on spans, as far as the logger keeps it; default true. */
  content?: boolean
}

/** Spans whose content waits for their last line; more than this go without. */
const MAX_WAITING = 1000

/**
 * A sink for `addSink`: every span of ours becomes a span of the tracer provider that the application has registered, with
 * OpenTelemetry's GenAI attributes, and model calls feed its meter. Without one it does nothing. Throws
 * `CAPTURE_OPTION_INVALID`.
 */
export function otel(options: OtelOptions = {}): Sink {
  const { content: withContent = true } = options
  if (typeof withContent !== 'boolean') {
    throw new CaptureError(
      'CAPTURE_OPTION_INVALID',
      `Expected \`content\` to be true or false, got ${typeof withContent}`,
    )
  }
  const spans = new SpanExport()
  const measure = createMetrics()
  const contents = new Map<string, Record<string, string>>()
  return {
    write(record: AnyRecord): void {
      const api = otelApi()
      if (api === undefined) return
      if (record.event === 'content') {
        if (withContent) keepContent(contents, record)
        return
      }
      if (STARTS.includes(record.event)) return spans.begin(api, record)
      if (!SPANS.includes(record.event)) return
      const content = contents.get(record.span_id ?? '')
      contents.delete(record.span_id ?? '')
      spans.end(api, record, content ?? {})
      if (record.event === 'llm_call') measure(api, record)
    },
  }
}

const STARTS: readonly string[] = ['llm_call_started', 'tool_call_started', 'step_started']
const SPANS: readonly string[] = [
  'llm_call',
  'tool_call',
  'retrieval',
  'step',
  'validation',
  'final_response',
]

function keepContent(contents: Map<string, Record<string, string>>, record: Content): void {
  const attribute = contentAttribute(record.part)
  if (attribute === undefined) return
  const parts = contents.get(record.span_id) ?? {}
  parts[attribute] = JSON.stringify(record.content)
  contents.set(record.span_id, parts)
  const oldest = contents.size > MAX_WAITING ? contents.keys().next().value : undefined
  if (oldest !== undefined) contents.delete(oldest)
}
