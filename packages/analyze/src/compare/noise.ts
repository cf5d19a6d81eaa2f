import { exceedanceNoise } from './exceedance.ts'
import { gamma, seededRandom } from './random.ts'

/** Draws of the bootstrap, and their seed: the same logs give the same verdicts. */
const DRAWS = 500
const SEED = 20_260_301
/** Values beyond a quantile that it takes to say anything about it. */
const MIN_BEYOND = 10
/** Values that it takes to say anything about a mean or a share. */
const MIN_VALUES = 20

/** How probable a difference as large as this is where nothing changed; null where there are too few values to say. */
export type Probability = number | null

/**
 * Of the difference of a quantile between two samples in rising order: by the bootstrap of its
 * logarithm, and by how many values of either lie beyond it, whichever says less. A quantile of a
 * resample is the value at a beta distributed place, so none is resorted.
 */
export function quantileNoise(a: Float64Array, b: Float64Array, quantile: number): Probability {
  const enough = ({ length }: Float64Array) =>
    length * Math.min(quantile, 1 - quantile) >= MIN_BEYOND
  if (!enough(a) || !enough(b)) return null
  const random = seededRandom(SEED)
  const [x, y] = [a, b].map((values) => spread(values, quantile, random)) as [Spread, Spread]
  const bySpread = fromScore(y.center - x.center, Math.sqrt(x.variance + y.variance))
  return bySpread === 1 ? 1 : Math.max(bySpread, exceedanceNoise(a, b, quantile))
}

interface Spread {
  readonly center: number
  readonly variance: number
}

function spread(sorted: Float64Array, quantile: number, random: () => number): Spread {
  const rank = (sorted.length - 1) * quantile
  const at = (place: number) =>
    Math.log1p(sorted[Math.min(sorted.length - 1, Math.floor(place))] ?? 0)
  let sum = 0
  let squares = 0
  for (let draw = 0; draw < DRAWS; draw++) {
    const below = gamma(rank + 1, random)
    const value = at((below / (below + gamma(sorted.length - rank, random))) * sorted.length)
    sum += value
    squares += value * value
  }
  const mean = sum / DRAWS
  return { center: at(rank), variance: Math.max(0, squares / DRAWS - mean * mean) }
}

/** Of the difference of two shares: the test of two proportions, with a correction for small counts. */
export function shareNoise(
  [hitsA, allA]: readonly [number, number],
  [hitsB, allB]: readonly [number, number],
): Probability {
  if (allA < MIN_VALUES || allB < MIN_VALUES) return null
  const pooled = (hitsA + hitsB) / (allA + allB)
  const correction = 0.5 * (1 / allA + 1 / allB)
  const difference = Math.max(0, Math.abs(hitsB / allB - hitsA / allA) - correction)
  return fromScore(difference, Math.sqrt(pooled * (1 - pooled) * (1 / allA + 1 / allB)))
}

/** Of the difference of two means, by their sums, weights and sums of squares (Welch's test). */
export function meanNoise(a: readonly number[], b: readonly number[]): Probability {
  const [x, y] = [a, b].map(meanSpread)
  if (x === undefined || y === undefined) return null
  const difference = y.center - x.center
  // Sums of equal numbers differ by the dust of binary fractions.
  if (Math.abs(difference) <= Math.abs(y.center) * 1e-9) return 1
  const variance = x.variance + y.variance
  const [n = 0, m = 0] = [a[1], b[1]]
  const freedom = variance ** 2 / (x.variance ** 2 / (n - 1) + y.variance ** 2 / (m - 1))
  return fromScore(scoreOf(difference / Math.sqrt(variance), freedom), 1)
}

/** What in the normal distribution is as improbable as this in that of Student (Wallace's approximation). */
function scoreOf(t: number, freedom: number): number {
  if (!Number.isFinite(t) || Number.isNaN(freedom)) return t
  const root = Math.sqrt(freedom * Math.log1p(t ** 2 / freedom))
  return ((8 * freedom + 1) / (8 * freedom + 3)) * root
}

function meanSpread([sum = 0, weight = 0, squares = 0]: readonly number[]): Spread | undefined {
  if (weight < MIN_VALUES) return undefined
  const mean = sum / weight
  return { center: mean, variance: Math.max(0, squares / weight - mean * mean) / (weight - 1) }
}

function fromScore(difference: number, error: number): number {
  if (difference === 0) return 1
  return error === 0 ? 0 : 2 * upperTail(Math.abs(difference) / error)
}

/** The area of the standard normal distribution above a number from 0 up (Abramowitz and Stegun 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  const terms = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429]
  return density * terms.reduceRight((sum, term) => (sum + term) * t, 0)
}
