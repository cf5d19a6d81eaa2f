/** How values are spread; null where there are none. Percentiles are exact, between closest ranks linear. */
export interface Spread {
  readonly count: number
  readonly mean: number | null
  readonly max: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
}

const SHARES = [0.5, 0.9, 0.95, 0.99] as const

/** Numbers of which it is asked in the end how they are spread: eight bytes each, sixteen where they are weighed. */
export class Values {
  #values: Float64Array = new Float64Array(16)
  /** For how many each stands; undefined as long as each stands for itself. */
  #weights: Float64Array | undefined
  #count = 0
  #weight = 0
  #sum = 0

  add(value: number, weight = 1): void {
    if (this.#count === this.#values.length) this.#grow()
    if (weight !== 1)
      this.#weights ??= new Float64Array(this.#values.length).fill(1, 0, this.#count)
    if (this.#weights !== undefined) this.#weights[this.#count] = weight
    this.#values[this.#count] = value
    this.#count += 1
    this.#weight += weight
    this.#sum += value * weight
  }

  /** The sum; null without values. */
  get sum(): number | null {
    return this.#count === 0 ? null : this.#sum
  }

  /** Of values in units of which so many are one; to twelve digits, which leaves out what comes of adding fractions. */
  spread(unit = 1): Spread {
    const values = this.#values.subarray(0, this.#count)
    const weights = this.#weights?.subarray(0, this.#count)
    const most = this.#count === 0 ? null : largest(values)
    const [p50 = null, p90 = null, p95 = null, p99 = null] =
      weights === undefined ? percentiles(values) : weighedPercentiles(values, weights)
    const of = (value: number | null): number | null =>
      value === null ? null : Number((value / unit).toPrecision(12))
    return {
      count: Math.round(this.#weight),
      mean: of(this.#count === 0 ? null : this.#sum / this.#weight),
      max: of(most),
      ...{ p50: of(p50), p90: of(p90), p95: of(p95), p99: of(p99) },
    }
  }

  #grow(): void {
    this.#values = widened(this.#values)
    if (this.#weights !== undefined) this.#weights = widened(this.#weights)
  }
}

function widened(values: Float64Array): Float64Array {
  const wider = new Float64Array(values.length * 2)
  wider.set(values)
  return wider
}

/** The same as if each value stood there as often as it counts. */
function weighedPercentiles(values: Float64Array, weights: Float64Array): number[] {
  const order = Uint32Array.from(values.keys()).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  )
  const ends = new Float64Array(order.length)
  let all = 0
  for (const [place, at] of order.entries()) {
    all += weights[at] as number
    ends[place] = all
  }
  return SHARES.map((share) => {
    const rank = Math.max(0, all - 1) * share
    const below = Math.floor(rank)
    const low = values[order[placeOf(ends, below)] as number] as number
    const high = values[order[placeOf(ends, Math.min(below + 1, all - 1))] as number] as number
    return low + (high - low) * (rank - below)
  })
}

/** The first place that ends behind a rank; the last one where none does. */
function placeOf(ends: Float64Array, rank: number): number {
  let [low, high] = [0, ends.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] as number) > rank) high = middle
    else low = middle + 1
  }
  return low
}

function largest(values: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) if (value > most) most = value
  return most
}

/** Linear between closest ranks: numpy's default, type 7. Puts the values into another order. */
function percentiles(values: Float64Array): number[] {
  if (values.length === 0) return []
  let from = 0
  return SHARES.map((share) => {
    const place = (values.length - 1) * share
    const [below, above] = [Math.floor(place), Math.ceil(place)]
    const low = ranked(values, below, from)
    const high = above === below ? low : ranked(values, above, below)
    from = below
    return low + (high - low) * (place - below)
  })
}

/** The value of a rank: what is before it is no larger, what is behind it no smaller; from this place on nothing is settled yet. */
function ranked(values: Float64Array, rank: number, from: number): number {
  let [low, high] = [from, values.length - 1]
  while (low < high) {
    const [left, right] = parted(values, low, high)
    if (rank <= right) high = right
    else if (rank >= left) low = left
    else break
  }
  return values[rank] as number
}

/** Puts small values before large ones; answers where the large ones begin and where the small ones end. */
function parted(values: Float64Array, low: number, high: number): [left: number, right: number] {
  const pivot = middle(values, low, high)
  let [left, right] = [low, high]
  while (left <= right) {
    while ((values[left] as number) < pivot) left += 1
    while ((values[right] as number) > pivot) right -= 1
    if (left > right) break
    const held = values[left] as number
    values[left] = values[right] as number
    values[right] = held
    left += 1
    right -= 1
  }
  return [left, right]
}

/** The median of three, so that values in order take no longer. */
function middle(values: Float64Array, low: number, high: number): number {
  const [a, b, c] = [values[low], values[(low + high) >> 1], values[high]] as [
    number,
    number,
    number,
  ]
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
