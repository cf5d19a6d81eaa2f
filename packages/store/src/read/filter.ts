import { type Scalar, STATUSES, USER_ACTIONS, type UserActionName } from '@recount/record'
import { StoreError } from '../errors.ts'
import type { Scoped } from '../scope.ts'
import type { SpanStatus, SpanSummary } from './span-summary.ts'

/** Keys of a span that a filter compares as they are. */
export const TEXT_FILTERS = [
  'trace_id',
  'event',
  'name',
  'provider',
  'model',
  'prompt_name',
  'prompt_version',
  'session_id',
  'user_id',
  'request_id',
  'workflow',
  'step',
  'agent',
  'service',
  'environment',
  'release',
  'finish_reason',
  'category',
  'error_type',
  'message_id',
] as const
/** One of `TEXT_FILTERS`. */
export type TextFilter = (typeof TEXT_FILTERS)[number]

/** Numbers of a span that may be bounded: `tokens` is input and output together. */
export const RANGES = ['cost_usd', 'duration_ms', 'tokens'] as const
/** One of `RANGES`. */
export type RangeFilter = (typeof RANGES)[number]

/** A value, or several of which it must be one. */
export type OneOf<Value> = Value | readonly Value[]

/** Which spans are asked for; what is left out does not matter. All that is said must hold. */
export interface Filter
  extends Scoped,
    Partial<Readonly<Record<TextFilter, OneOf<string> | undefined>>> {
  /** Epoch milliseconds; from this moment on, by when a span began. */
  readonly since?: number | undefined
  /** Up to but without this moment. */
  readonly until?: number | undefined
  readonly status?: SpanStatus | undefined
  /** What a user did with the answer. */
  readonly action?: UserActionName | undefined
  readonly tag?: OneOf<string> | undefined
  readonly metadata?: Readonly<Record<string, OneOf<Scalar>>> | undefined
  /** Bounds, each end included; `at_least` or `at_most` may be left out. */
  readonly ranges?:
    | Partial<Readonly<Record<RangeFilter, { at_least?: number; at_most?: number }>>>
    | undefined
}

const OTHER_KEYS = ['tenant', 'since', 'until', 'status', 'action', 'tag', 'metadata', 'ranges']

/** Checks a filter. Throws `STORE_QUERY_INVALID`. */
export function checkFilter(filter: Filter, more: readonly string[] = []): void {
  const known: readonly string[] = [...TEXT_FILTERS, ...OTHER_KEYS, ...more]
  for (const key of Object.keys(filter)) {
    if (known.includes(key)) continue
    throw invalid(`\`${key}\` is no filter; filters are ${known.join(', ')}`)
  }
  for (const key of [...TEXT_FILTERS, 'tag'] as const) checkText(key, filter[key])
  for (const key of ['since', 'until'] as const) checkNumber(key, filter[key])
  checkWord('status', filter.status, [...STATUSES, 'interrupted'])
  checkWord('action', filter.action, USER_ACTIONS)
  for (const [key, value] of Object.entries(filter.metadata ?? {})) {
    if (valuesOf(value).some((one) => one !== null && typeof one === 'object'))
      throw invalid(`Expected \`metadata.${key}\` to be a text, number, boolean or null`)
  }
  for (const [key, range] of Object.entries(filter.ranges ?? {})) {
    checkWord('ranges', key, RANGES)
    checkNumber(`ranges.${key}.at_least`, range?.at_least)
    checkNumber(`ranges.${key}.at_most`, range?.at_most)
  }
}

/** Whether a span is asked for, as far as its own lines tell: scope and `action` are for others. */
export function passes(span: SpanSummary, filter: Filter): boolean {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter
  return (
    (span.start_time ?? 0) >= since &&
    (span.start_time ?? 0) < until &&
    TEXT_FILTERS.every((key) => isOneOf(span[key], filter[key])) &&
    (filter.status === undefined || span.status === filter.status) &&
    (filter.tag === undefined || span.tags.some((tag) => isOneOf(tag, filter.tag))) &&
    Object.entries(filter.metadata ?? {}).every(([key, value]) =>
      isOneOf(span.metadata[key], value),
    ) &&
    RANGES.every((key) => isWithin(rangeValue(span, key), filter.ranges?.[key]))
  )
}

/** The values that are asked for. */
export function valuesOf<Value>(wanted: OneOf<Value>): readonly Value[] {
  return Array.isArray(wanted) ? (wanted as readonly Value[]) : [wanted as Value]
}

function isOneOf<Value>(value: unknown, wanted: OneOf<Value> | undefined): boolean {
  return wanted === undefined || valuesOf(wanted).includes(value as Value)
}

function rangeValue(span: SpanSummary, key: RangeFilter): number | null {
  if (key !== 'tokens') return span[key]
  const { input_tokens, output_tokens } = span
  if (input_tokens === null && output_tokens === null) return null
  return (input_tokens ?? 0) + (output_tokens ?? 0)
}

/** What is unknown is in no range. */
function isWithin(
  value: number | null,
  range: { at_least?: number; at_most?: number } | undefined,
): boolean {
  if (range === undefined) return true
  const { at_least = Number.NEGATIVE_INFINITY, at_most = Number.POSITIVE_INFINITY } = range
  return value !== null && value >= at_least && value <= at_most
}

function checkText(key: string, value: unknown): void {
  if (value === undefined) return
  for (const one of valuesOf(value))
    if (typeof one !== 'string')
      throw invalid(`Expected \`${key}\` to be a text or a list of texts, got ${typeof one}`)
}

function checkNumber(key: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'number' || Number.isNaN(value)))
    throw invalid(`Expected \`${key}\` to be a number, got ${String(value)}`)
}

function checkWord(key: string, value: unknown, words: readonly string[]): void {
  if (value !== undefined && !words.includes(String(value)))
    throw invalid(`Expected \`${key}\` to be one of ${words.join(', ')}, got ${String(value)}`)
}

function invalid(message: string): StoreError {
  return new StoreError('STORE_QUERY_INVALID', message)
}
