import type { DistributionState } from '../count/distribution.ts'
import type { Report } from '../report.ts'

/** Bounds in seconds that the GenAI conventions advise for the duration of a call. */
const DURATION_BOUNDS = [
  ...[0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
]
/** The same for the time to the first token. */
const FIRST_TOKEN_BOUNDS = [
  ...[0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
]

/** The buckets of a point of an OTLP histogram: one more than bounds, each with its upper bound in it. */
export interface Buckets {
  readonly bucketCounts: readonly string[]
  readonly explicitBounds: readonly number[]
}

type Measured = 'latency_ms' | 'ttft_ms'

/** Finds the buckets of a model or a group; undefined where the report was not made with `mergeable`. */
export function bucketFinder(
  { mergeable, by }: Report,
  key: Measured,
): (name: unknown) => Buckets | undefined {
  if (mergeable === undefined) return () => undefined
  const states = by.length === 0 ? mergeable.models : mergeable.groups
  const found = new Map(
    states.map(([name, { latency, ttft }]) => [
      JSON.stringify(name),
      key === 'latency_ms' ? latency : ttft,
    ]),
  )
  const bounds = key === 'latency_ms' ? DURATION_BOUNDS : FIRST_TOKEN_BOUNDS
  return (name) => {
    const state = found.get(JSON.stringify(name))
    return state === undefined ? undefined : bucketsOf(state, bounds)
  }
}

function bucketsOf({ bins, values, count }: DistributionState, bounds: readonly number[]): Buckets {
  const weighed = values?.map((value) => [value, 1] as const) ?? bins
  const counts = new Array<number>(bounds.length + 1).fill(0)
  for (const [ms, weight] of weighed) {
    const at = bounds.findIndex((bound) => ms <= bound * 1000)
    const bucket = at === -1 ? bounds.length : at
    counts[bucket] = (counts[bucket] ?? 0) + weight
  }
  return { bucketCounts: rounded(counts, Math.round(count)), explicitBounds: bounds }
}

/** Whole numbers that add up to the total, though sampled calls stand for parts of calls. */
function rounded(counts: readonly number[], total: number): string[] {
  let exact = 0
  let given = 0
  return counts.map((count, i) => {
    exact += count
    const until = i === counts.length - 1 ? total : Math.min(total, Math.round(exact))
    const whole = until - given
    given = until
    return String(whole)
  })
}
