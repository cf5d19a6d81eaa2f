import { createHash } from 'node:crypto'
import { type AnyRecord, type ContentPart, isSpanId, isTraceId, STATUSES } from '@recount/record'
import {
  type ForeignCall,
  ForeignReader,
  type ForeignRecord,
  isRow,
  lookUp,
  type Reading,
  type Row,
  toEpoch,
} from '@recount/record/shapes'
import { unread, withReading } from '../records/as-read.ts'
import { lackingTimes } from '../records/valid.ts'
import { partsOfCalls } from './call-starts.ts'

/** Makes records of one file's lines that are none of ours: of calls in known shapes, of OpenTelemetry's spans, and of ours inside of them. */
export class ForeignRecords {
  readonly #reader = new ForeignReader()

  /** Whether a line was taken whose record has not come out yet. */
  get isWaiting(): boolean {
    return this.#reader.isWaiting
  }

  /** Records of this value, and of lines that waited for it; the place tells equal lines apart. */
  read(value: unknown, place: number): AnyRecord[] {
    if (!isRow(value)) return []
    return this.#reader.read(value, place).flatMap(recordsOf)
  }

  /** The file is over. */
  end(): AnyRecord[] {
    return this.#reader.end().flatMap((one) => (one.kind === 'call' ? callRecords(one) : []))
  }
}

function recordsOf(found: ForeignRecord): AnyRecord[] {
  if (found.kind === 'own') return [found.row as unknown as AnyRecord]
  return found.kind === 'call' ? callRecords(found) : spanRecords(found.row)
}

/** Keys of a reading that are those of a record. */
const TEXTS = [
  ...['response_model', 'session_id', 'user_id', 'tenant_id', 'workflow', 'step', 'agent'],
  ...['service', 'release', 'environment', 'message_id'],
]
const COUNTS = [
  ...['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'],
  'reasoning_tokens',
]

function callRecords({ reading, row, line, shape }: ForeignCall): AnyRecord[] {
  const name = callName(reading, shape)
  const ids = name === undefined ? idsOf(row, `${line} ${JSON.stringify(row)}`) : madeIds(name)
  const { start, duration } = timesOf(reading)
  const began = start === undefined ? { time: 0 } : { time: start, start_time: start }
  const status = STATUSES.find((known) => known === reading.status) ?? 'ok'
  const type = textOf(reading.error_type)
  const base = { level: status === 'error' ? 50 : 30, time: began.time, recount: 1, ...ids }
  const labels = chosen(reading, TEXTS, textOf)
  const call = {
    ...base,
    ...labels,
    ...chosen(reading, COUNTS, countOf),
    ...costOf(reading),
    ...(typeof reading.ttft_ms === 'number' ? { ttft_ms: Math.max(0, reading.ttft_ms) } : {}),
    ...promptOf(reading),
    ...(status === 'error' ? { error: { type: type ?? 'Error', message: errorText(row) } } : {}),
    event: 'llm_call',
    msg: `read from a log (${shape})`,
    ...began,
    ...(duration === undefined ? {} : { duration_ms: duration }),
    status,
    provider: textOf(reading.provider) ?? 'unknown',
    operation: textOf(reading.operation) ?? 'chat',
    model: textOf(reading.model) ?? textOf(reading.response_model) ?? 'unknown',
  }
  const said = contentIn(row).map((part) => contentRecord(part, { ...base, ...labels }))
  const records = [...said, withReading(call, shape, reading)] as unknown as AnyRecord[]
  for (const record of records) {
    lackingTimes.add(record)
    if (name !== undefined) partsOfCalls.add(record)
  }
  return records
}

function contentRecord([part, content]: readonly [ContentPart, unknown], base: object): object {
  const json = JSON.stringify(content)
  const digest = `hmac-sha256:00000000:${hashOf(json, 32)}`
  return { ...base, level: 20, event: 'content', part, digest, bytes: json.length, content }
}

function costOf({ cost_usd }: Reading): object {
  return typeof cost_usd === 'number' && cost_usd >= 0
    ? { cost_usd: Math.round(cost_usd * 1e9) / 1e9, cost_source: 'provider' }
    : {}
}

/** A span of OpenTelemetry that is no model call: a tool, or a step. */
function spanRecords(row: Row): AnyRecord[] {
  const trace_id = idIn(row, ['traceId', 'trace_id', 'TraceId', 'context.trace_id'])
  const span_id = idIn(row, ['spanId', 'span_id', 'SpanId', 'context.span_id'])
  const start = toEpoch(first(row, ['startTimeUnixNano', 'start_time_unix_nano']), 'ns')
  const end = toEpoch(first(row, ['endTimeUnixNano', 'end_time_unix_nano']), 'ns')
  if (!isTraceId(trace_id) || !isSpanId(span_id) || start === null) return []
  const failed = [2, 'STATUS_CODE_ERROR'].includes(lookUp(row, 'status.code') as number)
  const message = textOf(lookUp(row, 'status.message'))
  const tool = textOf(lookUp(row, 'attributes.gen_ai.tool.name'))
  const record = unread({
    ...{ level: failed ? 50 : 20, time: start, recount: 1 },
    ...idsOf(row, ` ${JSON.stringify(row)}`),
    ...chosen({ service: lookUp(row, 'resource.attributes.service.name') }, ['service'], textOf),
    ...(tool === undefined
      ? { event: 'step', step: textOf(row.name) }
      : { event: 'tool_call', tool }),
    start_time: start,
    ...(end === null ? {} : { duration_ms: Math.max(0, end - start) }),
    status: failed ? 'error' : 'ok',
    ...(failed ? { error: { type: 'Error', message: (message ?? '').slice(0, 1024) } } : {}),
  }) as unknown as AnyRecord
  lackingTimes.add(record)
  return [record]
}

/** What the lines of one call have in common: an agent's transcript has one for each part of an answer. */
function callName({ call_id }: Reading, shape: string): string | undefined {
  const id = textOf(call_id)
  return id === undefined ? undefined : `call ${shape} ${id}`
}

/** The ids of the log, where it has any; else what the line says, and where, makes them. */
function idsOf(row: Row, name: string): Record<string, string> {
  const trace = idIn(row, ['traceId', 'trace_id', 'TraceId', 'context.trace_id'])
  const span = idIn(row, ['spanId', 'span_id', 'SpanId', 'context.span_id'])
  const parent = idIn(row, ['parentSpanId', 'parent_span_id', 'ParentSpanId', 'parent_id'])
  const made = madeIds(name)
  return {
    trace_id: isTraceId(trace) ? trace : made.trace_id,
    span_id: isSpanId(span) ? span : made.span_id,
    ...(isSpanId(parent) ? { parent_span_id: parent } : {}),
  }
}

function madeIds(name: string): { trace_id: string; span_id: string } {
  const hash = hashOf(name, 48)
  return { trace_id: hash.slice(0, 32), span_id: hash.slice(32) }
}

function idIn(row: Row, paths: readonly string[]): string {
  const found = first(row, paths)
  return typeof found === 'string' ? found.toLowerCase().replaceAll('-', '') : ''
}

/** What the log does not say stays unknown. */
function timesOf({ start_time, end_time, duration_ms }: Reading): {
  start: number | undefined
  duration: number | undefined
} {
  const [start, end, length] = [start_time, end_time, duration_ms].map((value) =>
    typeof value === 'number' && Number.isFinite(value) ? value : undefined,
  )
  const began = start ?? (end === undefined ? undefined : end - (length ?? 0))
  const lasted = length ?? (end === undefined || start === undefined ? undefined : end - start)
  return { start: atLeastZero(began), duration: atLeastZero(lasted) }
}

function atLeastZero(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.max(0, value)
}

function promptOf({ prompt_name, prompt_version }: Reading): object {
  const name = textOf(prompt_name)
  const version = textOf(prompt_version)
  return name === undefined
    ? {}
    : { prompt: { name, ...(version === undefined ? {} : { version }) } }
}

const PLACES: readonly (readonly [ContentPart, readonly string[]])[] = [
  ['system', ['system', 'system_prompt', 'gen_ai.system_instructions', 'instructions']],
  [
    'input',
    [
      ...['messages', 'input', 'prompt', 'request.messages', 'request.input', 'inputs'],
      ...['gen_ai.input.messages', 'gen_ai.prompt', 'input.value', 'ai.prompt.messages'],
      ...['ai.prompt', 'body.messages', 'query'],
    ],
  ],
  [
    'output',
    [
      ...['output', 'response.choices', 'choices', 'response', 'completion', 'outputs', 'answer'],
      ...['gen_ai.output.messages', 'gen_ai.completion', 'output.value', 'ai.response.text'],
    ],
  ],
]

/** What the model saw and said, where the log has it. */
function contentIn(row: Row): [ContentPart, unknown][] {
  return PLACES.flatMap(([part, paths]): [ContentPart, unknown][] => {
    const everywhere = paths.flatMap((path) => [path, `attributes.${path}`])
    const found = everywhere.map((path) => lookUp(row, path)).find(isSaid)
    return found === undefined ? [] : [[part, messagesOf(part, parsed(found))]]
  })
}

function isSaid(value: unknown): boolean {
  return (
    (typeof value === 'string' && value !== '') || (typeof value === 'object' && value !== null)
  )
}

/** Messages in the shape of ours; what is none stays as it is. */
function messagesOf(part: ContentPart, value: unknown): unknown {
  if (part === 'system') return value
  const role = part === 'input' ? 'user' : 'assistant'
  if (typeof value === 'string') return [message(role, value)]
  if (!Array.isArray(value)) return value
  return value.map((item) => {
    const inner = isRow(item) && isRow(item.message) ? item.message : item
    if (!isRow(inner) || typeof inner.content !== 'string') return inner
    return message(textOf(inner.role) ?? role, inner.content)
  })
}

function message(role: string, content: string): object {
  return { role, parts: [{ type: 'text', content }] }
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

function errorText(row: Row): string {
  const paths = ['error.message', 'error_message', 'error', 'status.message', 'exception.message']
  const found = first(row, [...paths, 'err.message', 'message'])
  return (textOf(found) ?? '').slice(0, 1024).toWellFormed()
}

function first(row: Row, paths: readonly string[]): unknown {
  return paths
    .map((path) => lookUp(row, path))
    .find((value) => value !== undefined && value !== null)
}

function chosen(
  from: Reading,
  keys: readonly string[],
  read: (value: unknown) => unknown,
): Record<string, unknown> {
  const pairs = keys.map((key) => [key, read(from[key])] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined))
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function countOf(value: unknown): number | undefined {
  const count = Number(value)
  return typeof value !== 'number' || !Number.isFinite(count) || count < 0
    ? undefined
    : Math.round(count)
}

function hashOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}
