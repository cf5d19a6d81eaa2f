/** An attempt of a model call that ended, by what it repeats. */
export interface Attempt {
  /** Empty for none. */
  readonly tenant: string
  readonly span_id: string
  readonly retry_of: string | null
  readonly isUnpriced: boolean
}

/** Which attempts repeat which. */
export interface Attempts {
  /** Whether another attempt repeats it. */
  isRepeated(tenant: string, span_id: string): boolean
  /** Whether it repeats, directly or not, an attempt of unknown cost. */
  repeatsUnpriced(tenant: string, span_id: string): boolean
}

/** Brings attempts together; those that neither repeat another one nor are repeated may be left out. */
export function attemptsOf(all: Iterable<Attempt>): Attempts {
  const known = new Map<string, Attempt>()
  const repeated = new Set<string>()
  for (const attempt of all) {
    const { tenant, span_id, retry_of } = attempt
    known.set(keyOf(tenant, span_id), attempt)
    if (retry_of !== null) repeated.add(keyOf(tenant, retry_of))
  }

  return {
    isRepeated: (tenant, span_id) => repeated.has(keyOf(tenant, span_id)),
    repeatsUnpriced(tenant, span_id) {
      // Lines may name each other in a circle.
      const seen = new Set<Attempt>()
      let at = known.get(keyOf(tenant, span_id))
      while (at !== undefined && at.retry_of !== null && !seen.has(at)) {
        seen.add(at)
        at = known.get(keyOf(tenant, at.retry_of))
        if (at?.isUnpriced) return true
      }
      return false
    },
  }
}

function keyOf(tenant: string, span_id: string): string {
  return `${span_id} ${tenant}`
}
