import { type Scalar, STATUSES, USER_ACTIONS, type UserActionName } from '@recount/record'
import { StoreError } from '../errors.ts'
import type { Scoped } from '../scope.ts'
import { type OneOf, valuesOf } from './one-of.ts'
import { SCORE_KEYS, type ScoreFilter } from './score-filter.ts'
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
  /** What somebody thought of it. */
  readonly score?: ScoreFilter | undefined
  readonly tag?: OneOf<string> | undefined
  readonly metadata?: Readonly<Record<string, OneOf<Scalar>>> | undefined
  /** Bounds, each end included; `at_least` or `at_most` may be left out. */
  readonly ranges?:
    | Partial<Readonly<Record<RangeFilter, { at_least?: number; at_most?: number }>>>
    | undefined
}

const OTHER_KEYS = [
  'tenant',
  'since',
  'until',
  'status',
  'action',
  'score',
  'tag',
  'metadata',
  'ranges',
]

/** Checks a filter. Throws `STORE_QUERY_INVALID`. */
export function checkFilter(filter: Filter, more: readonly string[] = []): void {
  const known: readonly string[] = [...TEXT_FILTERS, ...OTHER_KEYS, ...more]
  for (const key of Object.keys(filter)) {
    if (known.includes(key)) continue
    throw invalid(`\`${key}\` is no filter; filters are ${known.join(', ')}`)
  }
  for (const key of [...TEXT_FILTERS, 'tag'] as const) checkText(key, filter[key])
  for (const key of ['since', 'until'] as const) checkNumber(key, filter[key])
  checkWords('status', filter.status, [...STATUSES, 'interrupted'])
  checkWords('action', filter.action, USER_ACTIONS)
  if (filter.score !== undefined) checkScore(filter.score)
  checkObject('metadata', filter.metadata)
  for (const [key, value] of Object.entries(filter.metadata ?? {})) {
    if (!valuesOf<unknown>(value).every(isScalar))
      throw invalid(`Expected \`metadata.${key}\` to be a text, number, boolean or null`)
  }
  checkObject('ranges', filter.ranges)
  for (const [key, range] of Object.entries(filter.ranges ?? {})) {
    checkWords('ranges', key, RANGES)
    checkRange(key, range)
  }
}

function checkRange(key: string, range: object | undefined): void {
  checkObject(`ranges.${key}`, range)
  for (const [end, bound] of Object.entries(range ?? {})) {
    checkWords(`ranges.${key}`, end, ['at_least', 'at_most'])
    checkNumber(`ranges.${key}.${end}`, bound)
  }
  if (range !== undefined && Object.values(range).every((bound) => bound === undefined))
    throw invalid(`Expected \`ranges.${key}\` to have \`at_least\`, \`at_most\` or both`)
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

function checkScore(score: ScoreFilter): void {
  checkObject('score', score)
  for (const key of Object.keys(score)) checkWords('score', key, SCORE_KEYS)
  if (typeof score.name !== 'string' || score.name === '')
    throw invalid('Expected `score.name` to say what was judged')
  checkText('score.label', score.label)
  checkNumber('score.at_least', score.at_least)
  checkNumber('score.at_most', score.at_most)
  checkWords('score.evaluator', score.evaluator, ['human', 'model', 'code'])
}

/** Whether a span is asked for, as far as its own lines tell: scope, `action` and `score` are for others. */
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

function checkWords(key: string, value: unknown, words: readonly string[]): void {
  if (value === undefined) return
  for (const one of valuesOf(value))
    if (typeof one !== 'string' || !words.includes(one))
      throw invalid(`Expected \`${key}\` to be one of ${words.join(', ')}, got ${String(one)}`)
}

function checkObject(key: string, value: unknown): void {
  const isOne = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (value !== undefined && !isOne)
    throw invalid(`Expected \`${key}\` to be an object, got ${String(value)}`)
}

function invalid(message: string): StoreError {
  return new StoreError('STORE_QUERY_INVALID', message)
}
