import { STATUSES, type Status } from '@recount/record'
import type { Reading } from '@recount/record/shapes'
import { isRow, takeSource, toMilliseconds, toMoment, toNumber } from '@recount/record/shapes'
import { toNanoDollars } from '../count/money.ts'

/** How a call ended; `unknown` where its line says it in a word that is none. */
export type CallStatus = Status | 'unknown'

/** One terminal line, with everything that is counted; null is unknown, of numbers NaN. */
export interface Call {
  /** `ok` where nothing says otherwise. */
  readonly status: CallStatus
  /** Whether the line says how the call ended. */
  readonly statusKnown: boolean
  /** Epoch milliseconds. */
  readonly startTime: number
  readonly model: string | null
  readonly durationMs: number
  /** What a retry says that the call took with all attempts before it. */
  readonly callMs: number
  readonly ttftMs: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly nanoDollars: number
  readonly errorType: string | null
  readonly errorCategory: string | null
  readonly finishReason: string | null
  readonly traceId: string | null
  readonly spanId: string | null
  /** The failed attempt that this one repeats. */
  readonly retryOf: string | null
  /** How many calls the line stands for: the inverse of the rate at which calls were sampled, else 1. */
  readonly weight: number
}

/** Longest name that is kept of a model, an error type or a group. */
export const MAX_NAME = 200

/** Reads a record in our keys, whoever wrote it; what is not of the right kind is unknown. */
export function toCall(row: Reading): Call {
  const error = isRow(row.error) ? row.error : undefined
  const diagnosis = isRow(row.diagnosis) ? row.diagnosis : undefined
  const status = toStatus(row, error)
  const spanId = toName(row.span_id)
  const retryOf = toRetryOf(row.retry_of, spanId)
  const failed = status === 'error' || status === 'partial'
  return {
    status,
    statusKnown: status !== 'unknown' && (row.status !== undefined || error !== undefined),
    startTime: toMoment(row.start_time) ?? Number.NaN,
    model: toName(row.model) ?? toName(row.response_model),
    durationMs: toLatency(row) ?? Number.NaN,
    callMs: toCallLength(row, retryOf),
    ttftMs: toLength(row.ttft_ms) ?? toFirstToken(row) ?? Number.NaN,
    inputTokens: toTokens(row.input_tokens),
    outputTokens: toTokens(row.output_tokens),
    cacheReadTokens: toTokens(row.cache_read_tokens),
    finishReason: toName(row.finish_reason),
    traceId: toName(row.trace_id),
    nanoDollars: toNanoDollars(row.cost_usd) ?? Number.NaN,
    errorType: failed
      ? (toName(row.error_type) ?? toName(error?.type) ?? toName(error?.code))
      : null,
    errorCategory: failed ? (toName(row.error_category) ?? toName(diagnosis?.category)) : null,
    spanId,
    retryOf,
    weight: toWeight(row.sample_rate),
  }
}

/** Whether a number of a call is there. */
export function isKnown(number: number): boolean {
  return !Number.isNaN(number)
}

/** Whether nobody knows what it cost. What was refused, or stopped before anything came, has no price that somebody could know. */
export function isUnpriced({ status, inputTokens, outputTokens, nanoDollars }: Call): boolean {
  if (isKnown(nanoDollars)) return false
  const isRefused = status === 'error' || status === 'aborted'
  return !isRefused || isKnown(inputTokens) || isKnown(outputTokens)
}

/** A short text; numbers and booleans are named too, anything else has no name. */
export function toName(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string' || value === '') return null
  return value.length > MAX_NAME ? `${value.slice(0, MAX_NAME).toWellFormed()}…` : value
}

/** What says that it repeats itself repeats nothing. */
function toRetryOf(value: unknown, spanId: string | null): string | null {
  const repeated = toName(value)
  return repeated === spanId ? null : repeated
}

/** In our words or, as other writers have them, in any for success, failure and cancellation. */
function toStatus(row: Reading, error: unknown): CallStatus {
  const { status } = row
  if ((STATUSES as readonly unknown[]).includes(status)) return status as Status
  if (error !== undefined) return 'error'
  if (status === undefined) return 'ok'
  const named: Reading = {}
  const isNamed = takeSource(named, 'status', { path: 'status' }, row)
  return isNamed ? (named.status as Status) : 'unknown'
}

/** Longer is no length of time of a call: more than thirty years. */
export const MAX_LENGTH_MS = 1e12

/** Milliseconds that a call can have taken; null for anything else. */
export function toLength(value: unknown): number | null {
  const ms = toMilliseconds(value)
  return ms !== null && ms <= MAX_LENGTH_MS ? ms : null
}

function toLatency(row: Reading): number | null {
  const own = toLength(row.duration_ms)
  if (own !== null || typeof row.end_time !== 'number') return own
  return typeof row.start_time === 'number' ? toLength(row.end_time - row.start_time) : null
}

function toCallLength(row: Reading, retryOf: string | null): number {
  return (retryOf === null ? null : toLength(row.call_duration_ms)) ?? Number.NaN
}

/** From the start to the first token, where the call went on after it: what does not stream names its end. */
function toFirstToken({ first_token_time, start_time, end_time }: Reading): number | null {
  if (typeof first_token_time !== 'number' || typeof start_time !== 'number') return null
  if (typeof end_time === 'number' && first_token_time >= end_time) return null
  return toLength(first_token_time - start_time)
}

/** A line does not stand for more than a million calls. */
const MIN_RATE = 1e-6

/** How many calls one stands for that was kept at this rate; 1 where it is no rate. */
export function toWeight(rate: unknown): number {
  const number = toNumber(rate)
  return number !== null && isRate(number) && number < 1 ? 1 / number : 1
}

/** Whether calls can have been sampled at it. */
export function isRate(number: number): boolean {
  return number >= MIN_RATE && number <= 1
}

function toTokens(value: unknown): number {
  const tokens = toNumber(value)
  return tokens !== null && tokens >= 0 && tokens <= Number.MAX_SAFE_INTEGER ? tokens : Number.NaN
}
