import { createHash } from 'node:crypto'
import type { AnyRecord, ContentPart } from '@recount/record'

/** When everything in these records begins, epoch milliseconds. */
export const START = 1_780_000_000_000

/** A trace id from a short number. */
export function traceId(number: number): string {
  return `abc${number.toString(16).padStart(29, '0')}`
}

/** A span id from a short number. */
export function spanId(number: number): string {
  return `f${number.toString(16).padStart(15, '0')}`
}

/** Any record, from the keys that matter to a test. */
export function record(event: string, fields: object = {}): AnyRecord {
  return { level: 30, time: START, recount: 1, event, ...fields } as unknown as AnyRecord
}

/** A terminal line of a model call. */
export function call(trace: number, span: number, fields: object = {}): AnyRecord {
  return record('llm_call', {
    trace_id: traceId(trace),
    span_id: spanId(span),
    start_time: START + span,
    duration_ms: 100,
    status: 'ok',
    provider: 'acme',
    operation: 'chat',
    model: 'acme-large',
    ...fields,
  })
}

/** A start line of a model call. */
export function callStarted(trace: number, span: number, fields: object = {}): AnyRecord {
  const ids = { trace_id: traceId(trace), span_id: spanId(span), time: START + span }
  const subject = { provider: 'acme', operation: 'chat', model: 'acme-large' }
  return record('llm_call_started', { ...ids, ...subject, ...fields })
}

/** A line of the content plane. */
export function content(
  trace: number,
  span: number,
  part: ContentPart,
  value: unknown,
  fields: object = {},
): AnyRecord {
  const json = JSON.stringify(value)
  return record('content', {
    level: 20,
    time: START + span,
    trace_id: traceId(trace),
    span_id: spanId(span),
    part,
    digest: digest(json),
    bytes: Buffer.byteLength(json),
    ...fields,
    content: value,
  })
}

/** A digest in the shape of the format. */
export function digest(text: string): string {
  return `hmac-sha256:00000000:${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
}

/** A message. */
export function message(role: string, text: string): object {
  return { role, parts: [{ type: 'text', content: text }] }
}
