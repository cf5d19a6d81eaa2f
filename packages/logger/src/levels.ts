import { LEVELS, type Status } from '@recount/record'

/** What decides the level of a call's terminal line. */
export interface CallFacts {
  readonly status: Status
  readonly duration_ms: number
  readonly slow_ms: number | undefined
  /** What was known before the call. */
  readonly subject: Readonly<Record<string, unknown>>
  /** What it came to. */
  readonly outcome: Readonly<Record<string, unknown>>
}

/** A window fuller than this is a warning. */
const NEAR_LIMIT = 0.8

/** The level that a model call earned (docs/record.md, "Levels"). */
export function callLevel({ status, duration_ms, slow_ms, subject, outcome }: CallFacts): number {
  if (status === 'error' || status === 'partial') return LEVELS.error
  if (outcome.finish_reason === 'content_filter') return LEVELS.error
  const attempt = subject.attempt
  const again =
    (typeof attempt === 'number' && attempt > 1) ||
    subject.retry_of !== undefined ||
    subject.fallback_of !== undefined
  const slow = slow_ms !== undefined && duration_ms > slow_ms
  return again || slow || nearLimit(outcome.context_window) ? LEVELS.warn : LEVELS.info
}

/** The level of anything else that ended. */
export function statusLevel(status: Status, otherwise: number): number {
  return status === 'error' || status === 'partial' ? LEVELS.error : otherwise
}

function nearLimit(window: unknown): boolean {
  if (typeof window !== 'object' || window === null) return false
  const { used } = window as { used?: unknown }
  return typeof used === 'number' && used > NEAR_LIMIT
}
