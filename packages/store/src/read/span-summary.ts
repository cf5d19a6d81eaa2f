import type { AnyRecord, Scalar, Status } from '@recount/record'

/** How a span ended: `interrupted` has no terminal line; null is said of what has no ending. */
export type SpanStatus = Status | 'interrupted'

/** A span in a list: what is said about it, never what was said in it. */
export interface SpanSummary {
  readonly trace_id: string
  readonly span_id: string
  readonly parent_span_id: string | null
  readonly tenant_id: string | null
  /** `llm_call`, `tool_call`, `retrieval`, `step`, or the event of its only line. */
  readonly event: string
  readonly status: SpanStatus | null
  /** Epoch milliseconds; null where a log of another shape does not say. */
  readonly start_time: number | null
  readonly duration_ms: number | null
  /** With failed attempts and back-off, where it repeats another attempt. */
  readonly call_duration_ms: number | null
  /** The model, the tool, the source, or the step. */
  readonly name: string | null
  readonly provider: string | null
  readonly model: string | null
  readonly response_model: string | null
  readonly prompt_name: string | null
  readonly prompt_version: string | null
  readonly session_id: string | null
  readonly user_id: string | null
  readonly request_id: string | null
  readonly workflow: string | null
  readonly step: string | null
  readonly step_attempt: number | null
  readonly agent: string | null
  readonly service: string | null
  readonly environment: string | null
  readonly release: string | null
  readonly finish_reason: string | null
  readonly category: string | null
  readonly error_type: string | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cost_usd: number | null
  readonly ttft_ms: number | null
  /** Share of calls like this that were kept; null for all. */
  readonly sample_rate: number | null
  readonly message_id: string | null
  readonly retry_of: string | null
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, Scalar>>
}

/** Which line of a span says more about it: the terminal one, any other that is no content, a start, content. */
export const RANK = { content: 0, started: 1, other: 2, ended: 3 } as const

/** A span as one of its lines describes it. */
export interface SpanFacts extends SpanSummary {
  readonly rank: number
}

const SHAPED: readonly string[] = ['llm_call', 'tool_call', 'retrieval', 'step']

/** What a line says about its span; undefined for a line that names none. */
export function spanFacts(record: AnyRecord): SpanFacts | undefined {
  const { trace_id, span_id } = record
  if (trace_id === undefined || span_id === undefined) return undefined
  const line = record as unknown as Readonly<Record<string, unknown>>
  const event = record.event.replace(/_started$/, '')
  const rank = rankOf(record.event)
  const prompt = (line.prompt ?? {}) as { name?: unknown; version?: unknown }
  const error = (line.error ?? {}) as { type?: unknown }
  const diagnosis = (line.diagnosis ?? {}) as { category?: unknown }
  return {
    rank,
    trace_id,
    span_id,
    parent_span_id: text(record.parent_span_id),
    tenant_id: text(record.tenant_id),
    event,
    status: statusOf(rank, event, line),
    start_time: number(line.start_time) ?? (record.time === 0 ? null : record.time),
    duration_ms: number(line.duration_ms),
    call_duration_ms: number(line.call_duration_ms),
    name: nameOf(event, line),
    provider: text(line.provider),
    model: text(line.model),
    response_model: text(line.response_model),
    prompt_name: text(prompt.name),
    prompt_version: text(prompt.version),
    session_id: text(line.session_id),
    user_id: text(line.user_id),
    request_id: text(line.request_id),
    workflow: text(line.workflow),
    step: text(line.step),
    step_attempt: number(line.step_attempt),
    agent: text(line.agent),
    service: text(line.service),
    environment: text(line.environment),
    release: text(line.release),
    finish_reason: text(line.finish_reason),
    category: text(diagnosis.category),
    error_type: text(error.type),
    input_tokens: number(line.input_tokens),
    output_tokens: number(line.output_tokens),
    cost_usd: number(line.cost_usd),
    ttft_ms: number(line.ttft_ms),
    sample_rate: number(line.sample_rate),
    message_id: text(line.message_id),
    retry_of: text(line.retry_of),
    tags: record.tags ?? [],
    metadata: record.metadata ?? {},
  }
}

function rankOf(event: string): number {
  if (event === 'content') return RANK.content
  if (event.endsWith('_started')) return RANK.started
  return SHAPED.includes(event) ? RANK.ended : RANK.other
}

function statusOf(
  rank: number,
  event: string,
  line: Readonly<Record<string, unknown>>,
): SpanStatus | null {
  if (rank === RANK.ended) return line.status as Status
  if (event === 'validation') return line.passed === true ? 'ok' : 'error'
  return rank === RANK.started ? 'interrupted' : null
}

function nameOf(event: string, line: Readonly<Record<string, unknown>>): string | null {
  if (event === 'llm_call') return text(line.model)
  if (event === 'tool_call') return text(line.tool)
  if (event === 'retrieval') return text(line.source)
  if (event === 'step') return text(line.step) ?? text(line.span_name) ?? text(line.workflow)
  return text(line.rule) ?? text(line.disposition)
}

function text(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value)
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
