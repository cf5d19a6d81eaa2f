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

/** Numbers of which it is asked in the end how they are spread: eight bytes each. */
export class Values {
  #values: Float64Array = new Float64Array(16)
  #count = 0
  #sum = 0

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const wider = new Float64Array(this.#count * 2)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[this.#count] = value
    this.#count += 1
    this.#sum += value
  }

  /** The sum; null without values. */
  get sum(): number | null {
    return this.#count === 0 ? null : this.#sum
  }

  /** Of values in units of which so many are one. */
  spread(unit = 1): Spread {
    const values = this.#values.subarray(0, this.#count)
    const [p50 = null, p90 = null, p95 = null, p99 = null] = percentiles(values)
    const of = (value: number | null): number | null => (value === null ? null : value / unit)
    return {
      count: this.#count,
      mean: of(this.#count === 0 ? null : this.#sum / this.#count),
      max: of(this.#count === 0 ? null : largest(values)),
      ...{ p50: of(p50), p90: of(p90), p95: of(p95), p99: of(p99) },
    }
  }
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
