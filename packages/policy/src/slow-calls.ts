import type { Status } from '@recount/record'
import { isFunction, isPositive, optional } from './options.ts'
import { RecentQuantile } from './recent-quantile.ts'

/** What slow means. */
export interface SlowCallsOptions {
  /** Longer is slow, whatever is usual. Default: no bound. */
  readonly boundMs?: number
  /** How far back the usual reaches; default 15 minutes. */
  readonly windowMs?: number
  /** So many calls of a model must have ended well in the window before its p95 says anything; default 100. */
  readonly warmup?: number
  /** Epoch milliseconds; default `Date.now`. */
  readonly clock?: () => number
}

/** Tells slow calls. */
export interface SlowCalls {
  /** Whether a call that has just ended was slow; then the call itself counts for what is usual, if it ended well. */
  isSlow(model: string, duration_ms: number, status: Status): boolean
  /** The model's recent p95, milliseconds, to 2 %; null before the warm-up is over. */
  p95(model: string): number | null
}

const P95 = 0.95
/** Models beyond so many push out the one that was not called for longest. */
const MAX_MODELS = 200

/** Slow means over a bound, or over the model's p95 of the last while. Retries and failures do not count for what is usual. */
export function createSlowCalls(options: SlowCallsOptions = {}): SlowCalls {
  optional('boundMs', options.boundMs, 'a number above 0', isPositive)
  optional('windowMs', options.windowMs, 'a number above 0', isPositive)
  optional('warmup', options.warmup, 'a number above 0', isPositive)
  optional('clock', options.clock, 'a function', isFunction)
  const { boundMs, windowMs = 900_000, warmup = 100, clock = Date.now } = options
  const models = new Map<string, RecentQuantile>()

  function usual(model: string, now: number): number | null {
    const recent = models.get(model)
    if (recent === undefined || recent.count(now) < warmup) return null
    return recent.bound(now)
  }

  function learn(model: string, duration_ms: number, now: number): void {
    const recent = models.get(model) ?? new RecentQuantile(P95, windowMs, now)
    recent.add(duration_ms, now)
    // Set again, so that the order of the map is the order of use.
    models.delete(model)
    models.set(model, recent)
    const [oldest] = models.keys()
    if (models.size > MAX_MODELS && oldest !== undefined) models.delete(oldest)
  }

  return {
    p95: (model) => usual(model, clock()),
    isSlow(model, duration_ms, status) {
      if (!(duration_ms >= 0)) return false
      const now = clock()
      const bound = usual(model, now)
      if (status === 'ok') learn(model, duration_ms, now)
      if (boundMs !== undefined && duration_ms > boundMs) return true
      return bound !== null && duration_ms > bound
    },
  }
}
