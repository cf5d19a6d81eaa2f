import type { AnyRecord, ContentPart } from '@recount/record'

/** The span of the model call, where only one is made. */
export const CALL = 'call'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const START = Date.UTC(2026, 10, 21)

/** Records as the lines of one trace, a second apart. */
export function trace(...records: AnyRecord[]): AnyRecord[] {
  return records.map((record, place) => {
    const time = START + place * 1000
    const times = 'duration_ms' in record ? { start_time: time } : {}
    return { ...record, time, ...times } as unknown as AnyRecord
  })
}

const line = (event: string, span_id: string): Record<string, unknown> => ({
  level: 30,
  recount: 1,
  event,
  trace_id: TRACE,
  span_id: spanId(span_id),
})

/** A model call that has ended. */
export function call(fields: object, span_id: string = CALL): AnyRecord {
  const named = 'retry_of' in fields ? { retry_of: spanId(String(fields.retry_of)) } : {}
  const subject = {
    provider: 'openai',
    operation: 'chat',
    model: 'm',
    status: 'ok',
    duration_ms: 1,
  }
  return { ...line('llm_call', span_id), ...subject, ...fields, ...named } as unknown as AnyRecord
}

/** A tool that has ended. */
export function tool(fields: object = {}, span_id = 'tool'): AnyRecord {
  return {
    ...line('tool_call', span_id),
    tool: 'lookup',
    status: 'ok',
    duration_ms: 1,
    ...fields,
  } as unknown as AnyRecord
}

/** A lookup that has ended. */
export function retrieval(fields: object): AnyRecord {
  return {
    ...line('retrieval', 'retrieval'),
    source: 'charts',
    status: 'ok',
    duration_ms: 1,
    chunks: [],
    ...fields,
  } as unknown as AnyRecord
}

/** A verdict on the call’s answer. */
export function validation(fields: object): AnyRecord {
  return {
    ...line('validation', 'validation'),
    parent_span_id: spanId(CALL),
    ...fields,
  } as unknown as AnyRecord
}

/** A step that has ended. */
export function step(): AnyRecord {
  return { ...line('step', 'step'), status: 'ok' } as unknown as AnyRecord
}

/** A part of what a span saw or said. */
export function content(span_id: string, part: ContentPart, value: unknown): AnyRecord {
  return {
    ...line('content', span_id),
    part,
    digest: '',
    bytes: 1,
    content: value,
  } as unknown as AnyRecord
}

function spanId(name: string): string {
  return Buffer.from(name.padEnd(8, '_').slice(0, 8)).toString('hex')
}
