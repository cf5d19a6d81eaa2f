import type { SpanFacts, SpanSummary } from '../read/span-summary.ts'

const WORDS = [
  'event',
  'status',
  'provider',
  'model',
  'response_model',
  'prompt_name',
  'prompt_version',
  'workflow',
  'step',
  'agent',
  'service',
  'environment',
  'release',
  'finish_reason',
  'category',
  'error_type',
] as const
const TEXTS = [
  'parent_span_id',
  'name',
  'session_id',
  'user_id',
  'request_id',
  'message_id',
  'retry_of',
] as const
const NUMBERS = [
  'duration_ms',
  'call_duration_ms',
  'step_attempt',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'ttft_ms',
] as const

/** Columns that came with a later version. */
const ADDED = ['sample_rate'] as const

/** The columns of a span besides its ids, as the first version made them. */
export const SPAN_COLUMN_TYPES: string = [
  'start_time Float64',
  ...WORDS.map((name) => `${name} LowCardinality(Nullable(String))`),
  ...TEXTS.map((name) => `${name} Nullable(String)`),
  ...NUMBERS.map((name) => `${name} Nullable(Float64)`),
  'tags Array(String)',
  'metadata Map(String, String)',
].join(', ')

/** The columns that make a summary, of the table `s`. */
export const SUMMARY_COLUMNS: string = [
  'tenant',
  'trace_id',
  'span_id',
  'start_time',
  ...[...WORDS, ...TEXTS, ...NUMBERS, ...ADDED],
  'tags',
  'metadata',
]
  .map((name) => `s.${name} AS ${name}`)
  .join(', ')

/** The table of spans, each once, as `s`. */
export const SPANS = '(SELECT * FROM $db.spans FINAL) AS s'

/** A row of spans, as it is read. */
export type SpanRow = Readonly<Record<string, unknown>> & {
  readonly tenant: string
  readonly trace_id: string
  readonly span_id: string
}

/** A span as a row; `version` decides between rows of one span. */
export function spanRow(facts: SpanFacts, version: string): SpanRow {
  const { trace_id, span_id, start_time, rank, tags, metadata } = facts
  // The table is sorted by it: what is unknown is 0.
  const row: Record<string, unknown> = { start_time: start_time ?? 0, rank, version }
  for (const key of [...WORDS, ...TEXTS]) row[key] = facts[key]?.toWellFormed() ?? null
  for (const key of [...NUMBERS, ...ADDED]) row[key] = facts[key]
  row.tags = tags.map((tag) => tag.toWellFormed())
  row.metadata = Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key.toWellFormed(), JSON.stringify(value)]),
  )
  return { ...row, tenant: facts.tenant_id ?? '', trace_id, span_id, day: dayOf(start_time ?? 0) }
}

/** A row as a span. */
export function summaryOfRow({ tenant, tags, metadata, ...row }: SpanRow): SpanSummary {
  const { rank: _, version: __, day: ___, ...span } = row
  const texts = Object.entries(metadata as Record<string, string>)
  return {
    ...span,
    start_time: span.start_time === 0 ? null : span.start_time,
    tenant_id: tenant === '' ? null : tenant,
    tags,
    metadata: Object.fromEntries(texts.map(([key, value]) => [key, JSON.parse(value)])),
  } as unknown as SpanSummary
}

export const LAST_DAY = 5_680_281_600_000

/** The day of a partition, UTC; moments outside of what a Date holds go to its ends. */
export function dayOf(time: number): string {
  return new Date(Math.min(Math.max(time, 0), LAST_DAY)).toISOString().slice(0, 10)
}
