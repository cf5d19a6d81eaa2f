import type { AnyRecord, Content, Sink } from '@recount/record'
import { CaptureError } from '../errors.ts'
import { type OtelApi, otelApi } from './api.ts'
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
  const end = (api: OtelApi, record: AnyRecord): void => {
    const span_id = record.span_id ?? ''
    spans.end(api, record, contents.get(span_id) ?? {})
    contents.delete(span_id)
    if (record.event === 'llm_call') measure(api, record)
  }
  return {
    write(record: AnyRecord): void {
      const api = otelApi()
      if (api === undefined) return
      if (record.event === 'content') {
        if (withContent) keepContent(contents, record)
      } else if (STARTS.includes(record.event)) spans.begin(api, record)
      else if (SPANS.includes(record.event)) end(api, record)
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
