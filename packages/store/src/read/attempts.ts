import type { SpanSummary } from './span-summary.ts'

/** An attempt of a model call that ended, by what it repeats. */
export type Attempt = Pick<
  SpanSummary,
  | 'tenant_id'
  | 'span_id'
  | 'retry_of'
  | 'status'
  | 'start_time'
  | 'duration_ms'
  | 'call_duration_ms'
> & {
  readonly isUnpriced: boolean
}

/** Which attempts repeat which. */
export interface Attempts {
  /** Whether another attempt repeats it. */
  isRepeated(attempt: Named): boolean
  /** Whether it repeats, directly or not, a failed attempt of unknown cost. */
  repeatsUnpriced(attempt: Named): boolean
  /** How long the whole call took up to the end of this attempt, milliseconds. */
  lengthOf(attempt: Omit<Attempt, 'isUnpriced'>): number | null
}

type Named = Pick<Attempt, 'tenant_id' | 'span_id' | 'retry_of'>

/** Brings attempts together; those that neither repeat another one nor are repeated may be left out. */
export function attemptsOf(all: Iterable<Attempt>): Attempts {
  const known = new Map<string, Attempt>()
  const repeated = new Set<string>()
  for (const attempt of all) {
    known.set(keyOf(attempt), attempt)
    if (attempt.retry_of !== null) repeated.add(keyOf({ ...attempt, span_id: attempt.retry_of }))
  }

  /** The failed attempts before it, the last one first. */
  function before({ tenant_id, retry_of }: Named): Set<Attempt> {
    // Lines may name each other in a circle.
    const found = new Set<Attempt>()
    for (let span_id = retry_of; span_id !== null; ) {
      const attempt = known.get(keyOf({ tenant_id, span_id }))
      if (attempt === undefined || attempt.status === 'ok' || found.has(attempt)) break
      found.add(attempt)
      span_id = attempt.retry_of
    }
    return found
  }

  return {
    isRepeated: (attempt) => repeated.has(keyOf(attempt)),
    repeatsUnpriced: (attempt) => [...before(attempt)].some(({ isUnpriced }) => isUnpriced),
    lengthOf(attempt) {
      const { start_time, duration_ms, call_duration_ms, retry_of } = attempt
      if (retry_of === null || duration_ms === null) return duration_ms
      if (call_duration_ms !== null) return call_duration_ms
      const first = [...before(attempt)].at(-1)
      if (first?.retry_of !== null || first.start_time === null || start_time === null)
        return duration_ms
      // Clocks may have gone back in between.
      const sinceFirst = Math.round((start_time - first.start_time) * 1000) / 1000
      return sinceFirst > 0 ? sinceFirst + duration_ms : duration_ms
    },
  }
}

function keyOf({ tenant_id, span_id }: Pick<Attempt, 'tenant_id' | 'span_id'>): string {
  return `${span_id} ${tenant_id ?? ''}`
}
