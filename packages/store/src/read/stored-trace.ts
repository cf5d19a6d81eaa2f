import { type AnyRecord, beganAt, type SpanNode, spanTrees } from '@recount/record'
import type { AuditOfTrace } from '../records/audit-row.ts'
import type { StoredTrace } from '../store.ts'
import { type SpanFacts, spanFacts } from './span-summary.ts'

/** A trace from its lines. */
export function storedTrace(
  trace_id: string,
  lines: readonly AnyRecord[],
  audit: AuditOfTrace,
): StoredTrace {
  const records = joined(trace_id, lines)
  const [tree] = spanTrees(records.filter((record) => !isEdit(record)))
  const ended = records.map(spanFacts).filter((facts) => facts !== undefined && facts.rank === 3)
  const spans = ended as SpanFacts[]
  const calls = spans.filter(({ event }) => event === 'llm_call')
  const roots = tree?.roots ?? []
  return {
    trace_id,
    tenant_id: records.find(({ tenant_id }) => tenant_id !== undefined)?.tenant_id ?? null,
    roots,
    records,
    latency_ms: {
      total: totalOf(spans, roots),
      llm: lengthOf(calls),
      tools: lengthOf(spans.filter(({ event }) => event === 'tool_call')),
      retrieval: lengthOf(spans.filter(({ event }) => event === 'retrieval')),
    },
    cost_usd: costOf(calls),
    cost_unknown_calls: calls.filter(({ cost_usd }) => cost_usd === null).length,
    input_tokens: sumOf(calls.map(({ input_tokens }) => input_tokens)),
    output_tokens: sumOf(calls.map(({ output_tokens }) => output_tokens)),
    audit: audit.rows,
    audit_left_out: audit.left_out,
  }
}

/** Late lines name an answer by `message_id`: they are put to the span that gave it, else to the trace's first. */
function joined(trace_id: string, lines: readonly AnyRecord[]): AnyRecord[] {
  const answers = new Map<string, string>()
  const spans = new Set<string>()
  let first: AnyRecord | undefined
  for (const line of lines) {
    if (isLate(line)) continue
    if (line.span_id !== undefined) spans.add(line.span_id)
    if (first === undefined || line.time < first.time) first = line
    if (line.event === 'final_response' && line.message_id !== undefined)
      answers.set(line.message_id, line.span_id)
    if (line.event === 'llm_call' && line.message_id !== undefined && !answers.has(line.message_id))
      answers.set(line.message_id, line.span_id)
  }
  return lines.map((line) => {
    if (!isLate(line) || spans.has(line.span_id ?? '')) return { ...line, trace_id } as AnyRecord
    const { message_id } = line as { message_id?: string }
    const span_id = answers.get(message_id ?? '') ?? first?.span_id ?? line.span_id
    return { ...line, trace_id, ...(span_id === undefined ? {} : { span_id }) } as AnyRecord
  })
}

function isLate({ event }: AnyRecord): boolean {
  return event === 'user_action' || event === 'evaluation' || event === 'error_diagnosed'
}

/** An edit has a span of its own, in which nothing happened. */
function isEdit(record: AnyRecord): boolean {
  return record.event === 'content' && record.part === 'user_edit'
}

function totalOf(spans: readonly SpanFacts[], roots: readonly SpanNode[]): number {
  const [root] = roots
  const timed = spans.flatMap(({ start_time, duration_ms }) =>
    start_time === null ? [] : [{ start_time, end: start_time + (duration_ms ?? 0) }],
  )
  const from = Math.min(...timed.map(({ start_time }) => start_time))
  const to = Math.max(...timed.map(({ end }) => end))
  if (timed.length > 0) return Math.round((to - from) * 1000) / 1000
  return root === undefined ? 0 : Math.max(0, (root.end?.time ?? beganAt(root)) - beganAt(root))
}

function lengthOf(spans: readonly SpanFacts[]): number {
  const sum = spans.reduce((total, { duration_ms }) => total + (duration_ms ?? 0), 0)
  return Math.round(sum * 1000) / 1000
}

/** Whole nano-dollars, so that sums are exact. */
function costOf(calls: readonly SpanFacts[]): number | null {
  const nano = sumOf(
    calls.map(({ cost_usd }) => (cost_usd === null ? null : Math.round(cost_usd * 1e9))),
  )
  return nano === null ? null : nano / 1e9
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}
