import { type Bar, countInto, countValues, edgesFor } from './histogram.ts'
import { valuesAt } from './ranks.ts'
import { Sketch } from './sketch.ts'
import { ValueList } from './value-list.ts'
import { addSummed, addValues, COUNT, MAX, MIN, noNumbers, sumOf } from './value-numbers.ts'

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

/** What is asked for. */
const QUANTILES = [0.01, 0.5, 0.9, 0.95, 0.99] as const

/** Values that wait to be looked at together: a loop over many costs less each than a call for one. */
const FIRST_WAITING = 8
const MAX_WAITING = 256
const NONE = new Float64Array(0)

/** Values of a group. Holds the first million as they are, then turns into a sketch; sampled values, which stand for several, turn it into one at once. */
export class Distribution {
  readonly #exactValues: number
  #values = new ValueList()
  #waiting: Float64Array = NONE
  #waitingCount = 0
  /** Values of the ranks that are asked for, when there were so many. */
  #ranked: { readonly count: number; readonly values: ReadonlyMap<number, number> } | undefined
  #sketch: Sketch | undefined
  readonly #numbers = noNumbers()

  /** `exactValues`: so many are held as they are. */
  constructor(exactValues: number = EXACT_VALUES) {
    this.#exactValues = exactValues
  }

  /** How many values there are. */
  get count(): number {
    this.#settle()
    return Math.round(this.#numbers[COUNT] as number)
  }

  /** Takes a finite number from 0 up. */
  add(value: number): void {
    if (this.#waitingCount === this.#waiting.length) this.#makeRoom()
    this.#waiting[this.#waitingCount++] = value
  }

  /** Takes one which stands for `weight` values. What is not counted one by one makes it a sketch. */
  addWeighted(value: number, weight: number): void {
    if (weight === 1) {
      this.add(value)
      return
    }
    this.#settle()
    this.#startSketch().accept(value, weight)
    addSummed(this.#numbers, weight, value * weight, value, value)
  }

  summary(): Summary {
    this.#settle()
    const known = this.#count > 0
    return {
      count: Math.round(this.#count),
      mean: known ? this.#sum / this.#count : null,
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
    this.#settle()
    if (!this.#sketch) return this.#values.values().sort()
    const share = Math.min(1, EXACT_VALUES / this.#count)
    const values: number[] = []
    for (const [value, count] of this.#sketch.bins()) {
      for (let i = Math.round(count * share); i > 0; i--) values.push(value)
    }
    return Float64Array.from(values).sort()
  }

  /** All that is needed to go on counting elsewhere, as JSON: few values as they are, else a sketch. */
  state(): DistributionState {
    this.#settle()
    const known = {
      ...{ count: this.#count, sum: this.#sum },
      ...{ min: finite(this.#min), max: finite(this.#max) },
    }
    if (!this.#sketch && this.#count <= WRITTEN_VALUES)
      return { ...known, bins: [], values: [...this.#values.values()] }
    const sketch = this.#sketch ?? this.#sketched()
    return {
      ...known,
      bins: [...sketch.bins()].map(([value, count]) => [Number(value.toPrecision(6)), count]),
    }
  }

  /** Adds what another has counted. */
  mergeState({ count, sum, min, max, bins, values }: DistributionState): void {
    if (count === 0) return
    if (values !== undefined) {
      for (const value of values) this.add(value)
      return
    }
    this.#settle()
    const sketch = this.#startSketch()
    for (const [value, weight] of bins) sketch.accept(value, weight)
    addSummed(this.#numbers, count, sum, min ?? this.#min, max ?? this.#max)
  }

  /** Adds the values of another, whose memory they share where they are held as they are. */
  merge(other: Distribution): void {
    if (!other.#sketch && other.#values.length === 0) {
      for (let i = 0; i < other.#waitingCount; i++) this.add(other.#waiting[i] as number)
      return
    }
    this.#settle()
    other.#settle()
    const count = this.#count + other.#count
    const isExact = !this.#sketch && !other.#sketch && count <= this.#exactValues
    if (isExact) this.#values.share(other.#values)
    else other.#pourInto(this.#startSketch())
    addSummed(this.#numbers, other.#count, other.#sum, other.#min, other.#max)
  }

  /** How many values lie where, for a picture; empty when there are none. */
  histogram(): Bar[] {
    this.#settle()
    if (this.#count === 0) return []
    const edges = edgesFor(this.#min, this.#max, this.#percentile(0.01) ?? this.#min)
    return this.#sketch
      ? countInto(edges, this.#sketch.bins())
      : countValues(edges, this.#values.parts())
  }

  get #count(): number {
    return this.#numbers[COUNT] as number
  }

  get #min(): number {
    return this.#numbers[MIN] as number
  }

  get #max(): number {
    return this.#numbers[MAX] as number
  }

  get #sum(): number {
    return sumOf(this.#numbers)
  }

  /** Looks at the values that wait. */
  #settle(): void {
    const values = this.#waiting
    const count = this.#waitingCount
    if (count === 0) return
    this.#waitingCount = 0
    addValues(this.#numbers, values, count)
    const isExact = !this.#sketch && this.#count <= this.#exactValues
    if (isExact) this.#values.append(values, count)
    else this.#startSketch().acceptAll(values, count)
  }

  #makeRoom(): void {
    this.#settle()
    const room = Math.min(MAX_WAITING, Math.max(FIRST_WAITING, this.#waiting.length * 4))
    if (room > this.#waiting.length) this.#waiting = new Float64Array(room)
  }

  #startSketch(): Sketch {
    this.#sketch ??= this.#sketched()
    this.#values = new ValueList()
    return this.#sketch
  }

  #sketched(): Sketch {
    const sketch = new Sketch()
    this.#pourInto(sketch)
    return sketch
  }

  #pourInto(sketch: Sketch): void {
    for (const [value, weight] of this.#sketch?.bins() ?? []) sketch.accept(value, weight)
    for (const values of this.#values.parts()) sketch.acceptAll(values, values.length)
  }

  /** Type 7: linear interpolation between the closest ranks, as numpy's default. */
  #percentile(quantile: (typeof QUANTILES)[number]): number | null {
    if (this.#count === 0) return null
    const rank = this.#rank(quantile)
    const [below, above] = this.#neighbours(rank)
    const low = this.#sketch ? this.#estimated(this.#sketch, below) : this.#exact(below)
    const high = this.#sketch ? this.#estimated(this.#sketch, above) : this.#exact(above)
    return low + (high - low) * (rank - below)
  }

  #rank(quantile: number): number {
    return Math.max(0, this.#count - 1) * quantile
  }

  #neighbours(rank: number): [below: number, above: number] {
    const below = Math.floor(rank)
    return [below, Math.min(below + 1, this.#count - 1)]
  }

  /** The value of a rank from 0. */
  #exact(rank: number): number {
    if (this.#ranked?.count !== this.#count) {
      const ranks = QUANTILES.flatMap((quantile) => this.#neighbours(this.#rank(quantile)))
      this.#ranked = { count: this.#count, values: valuesAt(this.#values, ranks, this.#max) }
    }
    return this.#ranked.values.get(rank) as number
  }

  /** The same by a sketch; its ends are known as they are. */
  #estimated(sketch: Sketch, rank: number): number {
    if (rank <= 0) return this.#min
    if (rank >= this.#count - 1) return this.#max
    const value = sketch.at(rank)
    return Number.isNaN(value) ? this.#max : Math.min(Math.max(value, this.#min), this.#max)
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
