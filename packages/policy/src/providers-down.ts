import { isFunction, isPositive, optional } from './options.ts'

/** When all providers count as down. */
export interface ProvidersDownOptions {
  /** How far back a provider counts as seen; default five minutes. */
  readonly windowMs?: number
  /** So many failures of every provider are needed; default 1. */
  readonly leastFailures?: number
  /** Epoch milliseconds; default `Date.now`. */
  readonly clock?: () => number
}

/** How a call to a provider ended. One that the caller stopped says nothing and is not told. */
export interface ProviderEnding {
  readonly ok: boolean
  /** For failures: whether trying again could help. */
  readonly retryable?: boolean
}

/** Watches whether any provider still answers. */
export interface ProvidersDown {
  /** `down` when the last provider that worked is gone, `up` when one answers again, else null: each is said once. */
  note(provider: string, ending: ProviderEnding): 'down' | 'up' | null
}

interface Seen {
  okAt: number
  failedAt: number
  retryableAt: number
  failures: number
}

const NEVER = Number.NEGATIVE_INFINITY
/** Providers beyond so many push out the one that was seen first. */
const MAX_PROVIDERS = 100

/** All are down when every provider seen in the window has only failed, and at least one failure is worth a retry. */
export function createProvidersDown(options: ProvidersDownOptions = {}): ProvidersDown {
  optional('windowMs', options.windowMs, 'a number above 0', isPositive)
  optional('leastFailures', options.leastFailures, 'a number above 0', isPositive)
  optional('clock', options.clock, 'a function', isFunction)
  const { windowMs = 300_000, leastFailures = 1, clock = Date.now } = options
  const providers = new Map<string, Seen>()
  let down = false

  function seenProvider(name: string, since: number): Seen {
    const seen = providers.get(name)
    if (seen !== undefined && Math.max(seen.okAt, seen.failedAt) >= since) return seen
    const fresh = { okAt: NEVER, failedAt: NEVER, retryableAt: NEVER, failures: 0 }
    providers.set(name, fresh)
    const [oldest] = providers.keys()
    if (providers.size > MAX_PROVIDERS && oldest !== undefined) providers.delete(oldest)
    return fresh
  }

  function allFail(since: number): boolean {
    const recent = [...providers.values()].filter(
      ({ okAt, failedAt }) => Math.max(okAt, failedAt) >= since,
    )
    return (
      recent.every(({ okAt, failures }) => okAt < since && failures >= leastFailures) &&
      recent.some(({ retryableAt }) => retryableAt >= since)
    )
  }

  return {
    note(name, { ok, retryable = false }) {
      const now = clock()
      const since = now - windowMs
      const seen = seenProvider(name, since)
      if (ok) {
        seen.okAt = now
        seen.failures = 0
        if (!down) return null
        down = false
        return 'up'
      }
      seen.failedAt = now
      seen.failures += 1
      if (retryable) seen.retryableAt = now
      if (down || !allFail(since)) return null
      down = true
      return 'down'
    },
  }
}
