import type { AnyRecord, Content } from '@recount/record'
import { BoundedMap } from '../bounded-map.ts'
import { checkNames, invalid } from '../options.ts'
import { isObject, parseJson } from '../providers/json-values.ts'
import { type OtelApi, otelApi } from './api.ts'
import { contentAttribute } from './attributes.ts'
import { createMetrics } from './metrics.ts'
import { SpanExport } from './spans.ts'

/** Options of `otel`. */
export interface OtelOptions {
  /** Puts content on spans, as far as the logger keeps it; default true. */
  content?: boolean
}

/** Takes records, or lines of a log, of which it takes the records: fits `addSink`, and any place for a pino destination. */
export interface OtelSink {
  write(record: AnyRecord | string): void
}

/** Attributes of a span by their names. */
interface WaitingContent {
  readonly parts: Record<string, string>
  bytes: number
}

/**
 * A sink for `addSink`, and a pino destination: every span of ours becomes a span of the tracer provider that the application has registered, with
 * OpenTelemetry's GenAI attributes, and model calls feed its meter. Without one it does nothing. Throws
 * `CAPTURE_OPTION_INVALID`.
 */
export function otel(options: OtelOptions = {}): OtelSink {
  checkNames(options, ['content'])
  const { content: withContent = true } = options
  if (typeof withContent !== 'boolean') throw invalid('content', 'true or false', withContent)
  const spans = new SpanExport()
  const measure = createMetrics()
  const contents = new BoundedMap<WaitingContent>({
    what: 'content of spans that have not ended',
    entries: 1000,
    bytes: 67_108_864,
  })
  const end = (api: OtelApi, record: AnyRecord): void => {
    const span_id = record.span_id ?? ''
    spans.end(api, record, contents.take(span_id)?.parts ?? {})
    if (record.event === 'llm_call') measure(api, record)
  }
  return {
    write(given: AnyRecord | string): void {
      const api = otelApi()
      const record = api && recordOf(given)
      if (api === undefined || record === undefined) return
      if (record.event === 'content') {
        if (withContent) keepContent(contents, record)
      } else if (STARTS.includes(record.event)) spans.begin(api, record)
      else if (SPANS.includes(record.event)) end(api, record)
    },
  }
}

function recordOf(given: AnyRecord | string): AnyRecord | undefined {
  if (typeof given !== 'string') return given
  const line = parseJson(given)
  return isObject(line) && line.recount === 1 ? (line as unknown as AnyRecord) : undefined
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

function keepContent(contents: BoundedMap<WaitingContent>, record: Content): void {
  const attribute = contentAttribute(record.part)
  if (attribute === undefined) return
  const waiting = contents.get(record.span_id) ?? { parts: {}, bytes: 0 }
  const text = JSON.stringify(record.content)
  waiting.parts[attribute] = text
  waiting.bytes += 2 * text.length
  contents.set(record.span_id, waiting, waiting.bytes)
}
