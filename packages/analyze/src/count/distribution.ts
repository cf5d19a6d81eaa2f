import { DDSketch } from '@datadog/sketches-js'
import { type Bar, countInto, edgesFor } from './histogram.ts'
import { Ranks } from './ranks.ts'

/** Values of a group up to which its percentiles are exact. */
export const EXACT_VALUES = 1_000_000

/** Bound of a sketch's percentiles, relative to the exact value. */
export const SKETCH_RELATIVE_ERROR = 0.005

/** Values up to which they are written into a mergeable report as they are, so that small reports merge exactly. */
const WRITTEN_VALUES = 1_000

/** What is known of a number over many calls; null where there was no value. */
export interface Summary {
  readonly count: number
  readonly mean: number | null
  readonly min: number | null
  readonly max: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  /** `exact`, or `sketch` beyond a million values and where calls were sampled; then percentiles are within `max_relative_error`. */
  readonly method: 'exact' | 'sketch'
  readonly max_relative_error: number
}

/** What was counted of values, as it is written into a mergeable report: the values while they are few, else how many lie at which value of the sketch. */
export interface DistributionState {
  readonly count: number
  readonly sum: number
  readonly min: number | null
  readonly max: number | null
  readonly bins: readonly (readonly [value: number, count: number])[]
  /** All values, in place of `bins`. */
  readonly values?: readonly number[]
}

/** The same to 12 significant digits: what differs beyond is the dust of binary fractions. */
export function withoutDust(summary: Summary): Summary {
  const clean: { -readonly [key in keyof Summary]: Summary[key] } = { ...summary }
  for (const key of ['mean', 'min', 'max', 'p50', 'p90', 'p95', 'p99'] as const) {
    const value = summary[key]
    if (value !== null) clean[key] = Number(value.toPrecision(12))
  }
  return clean
}

/** Values of a group. Holds the first million as they are, then turns into a sketch; sampled values, which stand for several, turn it into one at once. */
export class Distribution {
  readonly #exactValues: number
  #values: Float64Array = new Float64Array(8)
  #ranks: Ranks | undefined
  #sketch: DDSketch | undefined
  #count = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  // Neumaier's sum: the error of an addition is kept and added at the end.
  #sum = 0
  #correction = 0

  /** `exactValues`: so many are held as they are. */
  constructor(exactValues: number = EXACT_VALUES) {
    this.#exactValues = exactValues
  }

  /** How many values there are. */
  get count(): number {
    return Math.round(this.#count)
  }

  /** Takes a finite number from 0 up, which stands for `weight` values. What is not counted one by one makes it a sketch. */
  add(value: number, weight = 1): void {
    const weighed = value * weight
    const sum = this.#sum + weighed
    this.#correction += this.#sum >= weighed ? this.#sum - sum + weighed : weighed - sum + this.#sum
    this.#sum = sum
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    if (this.#sketch === undefined && (this.#count >= this.#exactValues || weight !== 1))
      this.#startSketch()
    if (this.#sketch) this.#sketch.accept(value, weight)
    else this.#keep(value)
    this.#count += weight
  }

  summary(): Summary {
    const known = this.#count > 0
    return {
      count: Math.round(this.#count),
      mean: known ? (this.#sum + this.#correction) / this.#count : null,
      min: known ? this.#min : null,
      max: known ? this.#max : null,
      p50: this.#percentile(0.5),
      p90: this.#percentile(0.9),
      p95: this.#percentile(0.95),
      p99: this.#percentile(0.99),
      method: this.#sketch ? 'sketch' : 'exact',
      max_relative_error: this.#sketch ? SKETCH_RELATIVE_ERROR : 0,
    }
  }

  /** The values in rising order: as they are, or those of the sketch as often as they count, at most a million. */
  sample(): Float64Array {
    if (!this.#sketch) return this.#values.slice(0, this.#count).sort()
    const share = Math.min(1, EXACT_VALUES / this.#count)
    const values: number[] = []
    for (const [value, count] of sketchBins(this.#sketch)) {
      for (let i = Math.round(count * share); i > 0; i--) values.push(value)
    }
    return Float64Array.from(values).sort()
  }

  /** All that is needed to go on counting elsewhere, as JSON: few values as they are, else a sketch. */
  state(): DistributionState {
    const known = {
      ...{ count: this.#count, sum: this.#sum + this.#correction },
      ...{ min: finite(this.#min), max: finite(this.#max) },
    }
    if (!this.#sketch && this.#count <= WRITTEN_VALUES)
      return { ...known, bins: [], values: [...this.#values.subarray(0, this.#count)] }
    const sketch = this.#sketch ?? this.#sketched()
    return {
      ...known,
      bins: [...sketchBins(sketch)].map(([value, count]) => [Number(value.toPrecision(6)), count]),
    }
  }

  /** Adds what another has counted. */
  mergeState({ count, sum, min, max, bins, values }: DistributionState): void {
    if (count === 0) return
    if (values !== undefined) {
      for (const value of values) this.add(value)
      return
    }
    this.#startSketch()
    for (const [value, weight] of bins) this.#sketch?.accept(value, weight)
    this.#count += count
    const before = this.#sum
    this.#sum = before + sum
    this.#correction += before >= sum ? before - this.#sum + sum : sum - this.#sum + before
    this.#min = Math.min(this.#min, min ?? this.#min)
    this.#max = Math.max(this.#max, max ?? this.#max)
  }

  /** Adds the values of another. */
  merge(other: Distribution): void {
    if (other.#sketch) this.mergeState(other.state())
    else for (const value of other.#values.subarray(0, other.#count)) this.add(value)
  }

  /** How many values lie where, for a picture; empty when there are none. */
  histogram(): Bar[] {
    if (this.#count === 0) return []
    const edges = edgesFor(this.#min, this.#max, this.#percentile(0.01) ?? this.#min)
    return countInto(edges, this.#sketch ? sketchBins(this.#sketch) : this.#exactBins())
  }

  #keep(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(Math.min(this.#exactValues, this.#count * 2))
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#count] = value
    this.#ranks = undefined
  }

  #startSketch(): void {
    this.#sketch ??= this.#sketched()
    this.#values = new Float64Array(0)
  }

  #sketched(): DDSketch {
    const sketch = new DDSketch({ relativeAccuracy: SKETCH_RELATIVE_ERROR })
    for (const value of this.#values.subarray(0, this.#count)) sketch.accept(value)
    return sketch
  }

  /** Type 7: linear interpolation between the closest ranks, as numpy's default. */
  #percentile(quantile: number): number | null {
    if (this.#count === 0) return null
    const rank = Math.max(0, this.#count - 1) * quantile
    const below = Math.floor(rank)
    const above = Math.min(below + 1, this.#count - 1)
    const low = this.#sketch ? this.#estimated(this.#sketch, below) : this.#ranked(below)
    const high = this.#sketch ? this.#estimated(this.#sketch, above) : this.#ranked(above)
    return low + (high - low) * (rank - below)
  }

  /** The value of a rank from 0. */
  #ranked(rank: number): number {
    this.#ranks ??= new Ranks(this.#values.subarray(0, this.#count))
    return this.#ranks.at(rank)
  }

  /** The same by a sketch; its ends are known as they are. */
  #estimated(sketch: DDSketch, rank: number): number {
    if (rank <= 0) return this.#min
    if (rank >= this.#count - 1) return this.#max
    let before = 0
    for (const [value, count] of sketchBins(sketch)) {
      before += count
      if (before > rank) return Math.min(Math.max(value, this.#min), this.#max)
    }
    return this.#max
  }

  *#exactBins(): Generator<readonly [number, number]> {
    for (const value of this.#values.subarray(0, this.#count)) yield [value, 1]
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function* sketchBins(sketch: DDSketch): Generator<readonly [number, number]> {
  if (sketch.zeroCount > 0) yield [0, sketch.zeroCount]
  for (const [index, count] of sketch.store.bins.entries()) {
    if (count > 0) yield [sketch.mapping.value(index + sketch.store.offset), count]
  }
}
