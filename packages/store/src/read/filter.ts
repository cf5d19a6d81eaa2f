import type { Scalar, UserActionName } from '@recount/record'
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

/** Bounds, each included; one of them may be left out. What is unknown is in no range. */
export interface Bounds {
  readonly at_least?: number | undefined
  readonly at_most?: number | undefined
}

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
  readonly status?: OneOf<SpanStatus> | undefined
  /** What a user did with the answer. */
  readonly action?: OneOf<UserActionName> | undefined
  readonly tag?: OneOf<string> | undefined
  readonly metadata?: Readonly<Record<string, OneOf<Scalar>>> | undefined
  readonly ranges?: Partial<Readonly<Record<RangeFilter, Bounds | undefined>>> | undefined
}

/** Whether a span is asked for, as far as its own lines tell: scope and `action` are for others. */
export function passes(span: SpanSummary, filter: Filter): boolean {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter
  return (
    (span.start_time ?? 0) >= since &&
    (span.start_time ?? 0) < until &&
    TEXT_FILTERS.every((key) => isOneOf(span[key], filter[key])) &&
    isOneOf(span.status, filter.status) &&
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

/** Whether a value is asked for. */
export function isOneOf<Value>(value: unknown, wanted: OneOf<Value> | undefined): boolean {
  return wanted === undefined || valuesOf(wanted).includes(value as Value)
}

function rangeValue(span: SpanSummary, key: RangeFilter): number | null {
  if (key !== 'tokens') return span[key]
  const { input_tokens, output_tokens } = span
  if (input_tokens === null && output_tokens === null) return null
  return (input_tokens ?? 0) + (output_tokens ?? 0)
}

function isWithin(value: number | null, range: Bounds | undefined): boolean {
  if (range === undefined) return true
  const { at_least = Number.NEGATIVE_INFINITY, at_most = Number.POSITIVE_INFINITY } = range
  return value !== null && value >= at_least && value <= at_most
}
