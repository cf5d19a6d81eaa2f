import type { SpanSummary } from './span-summary.ts'

/** An attempt of a model call that ended, by what it repeats. */
export interface Attempt {
  /** Empty for none. */
  readonly tenant: string
  readonly span_id: string
  readonly retry_of: string | null
  /** Epoch milliseconds; null where nobody knows. */
  readonly start_time: number | null
  readonly isUnpriced: boolean
}

/** Which attempts repeat which. */
export interface Attempts {
  /** Whether another attempt repeats it. */
  isRepeated(tenant: string, span_id: string): boolean
  /** Whether it repeats, directly or not, an attempt of unknown cost. */
  repeatsUnpriced(tenant: string, span_id: string): boolean
  /** When the first of the attempts began that it repeats, directly or not; null where nobody knows. */
  firstStart(tenant: string, span_id: string): number | null
}

/** How long a call took: a retry from the first attempt's start, where it does not say it itself. Clocks may have gone back in between. */
export function callLength(
  { retry_of, start_time, duration_ms, call_duration_ms }: Lengths,
  firstStart: number | null,
): number | null {
  if (retry_of === null) return duration_ms
  if (call_duration_ms !== null) return call_duration_ms
  if (duration_ms === null || start_time === null || firstStart === null) return duration_ms
  return lengthSince(duration_ms, start_time - firstStart)
}

/** The length of an attempt, and the time from the first attempt's start to its own. */
export function lengthSince(duration_ms: number, sinceFirst: number): number {
  // Times have microseconds at most; what is below comes of their fractions.
  return duration_ms + Math.max(0, Math.round(sinceFirst * 1000) / 1000)
}

type Lengths = Pick<SpanSummary, 'retry_of' | 'start_time' | 'duration_ms' | 'call_duration_ms'>

/** Brings attempts together; those that neither repeat another one nor are repeated may be left out. */
export function attemptsOf(all: Iterable<Attempt>): Attempts {
  const known = new Map<string, Attempt>()
  const repeated = new Set<string>()
  for (const attempt of all) {
    const { tenant, span_id, retry_of } = attempt
    known.set(keyOf(tenant, span_id), attempt)
    if (retry_of !== null) repeated.add(keyOf(tenant, retry_of))
  }

  /** What an attempt repeats, the first attempt last. */
  function* earlier(tenant: string, span_id: string): Generator<Attempt> {
    // Lines may name each other in a circle.
    const seen = new Set<Attempt>()
    let at = known.get(keyOf(tenant, span_id))
    while (at !== undefined && at.retry_of !== null && !seen.has(at)) {
      seen.add(at)
      at = known.get(keyOf(tenant, at.retry_of))
      if (at !== undefined) yield at
    }
  }

  return {
    isRepeated: (tenant, span_id) => repeated.has(keyOf(tenant, span_id)),
    repeatsUnpriced(tenant, span_id) {
      for (const { isUnpriced } of earlier(tenant, span_id)) if (isUnpriced) return true
      return false
    },
    firstStart(tenant, span_id) {
      const first = [...earlier(tenant, span_id)].at(-1)
      if (first === undefined) return null
      const { retry_of, start_time } = first
      return retry_of === null || !known.has(keyOf(tenant, retry_of)) ? start_time : null
    },
  }
}

function keyOf(tenant: string, span_id: string): string {
  return `${span_id} ${tenant}`
}
