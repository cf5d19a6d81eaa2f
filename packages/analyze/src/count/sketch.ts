/** A bucket is told by the upper bits of a double: exponent and seven bits of the fraction. Its middle is at most 1/256 from every value in it. */
const SHIFT = 13
const EMPTY = new Float64Array(0)
/** What is smaller counts as 0: buckets down to the smallest double would take a megabyte. */
const LEAST = 2 ** -64

/** How many values from 0 up lie where, each place within 0.4 %: 128 buckets to a doubling, of which only those between the least and the largest value take memory. */
export class Sketch {
  #zeros = 0
  #first = 0
  #counts: Float64Array = EMPTY
  readonly #double = new Float64Array(1)
  readonly #words = new Uint32Array(this.#double.buffer)

  /** How many buckets it has memory for. */
  get size(): number {
    return this.#counts.length
  }

  /** Takes a value which stands for `weight` values. */
  accept(value: number, weight: number): void {
    if (value < LEAST) {
      this.#zeros += weight
      return
    }
    this.#double[0] = value
    const bucket = (this.#words[HIGH] as number) >>> SHIFT
    const at = bucket - this.#first
    if (at < 0 || at >= this.#counts.length) this.#makeRoom(bucket)
    const place = bucket - this.#first
    this.#counts[place] = (this.#counts[place] as number) + weight
  }

  /** Takes the first `count` of these values. */
  acceptAll(values: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) this.accept(values[i] as number, 1)
  }

  /** The middle of each bucket that has values, in rising order, and how many it has. */
  *bins(): Generator<readonly [value: number, count: number]> {
    if (this.#zeros > 0) yield [0, this.#zeros]
    for (const [i, count] of this.#counts.entries()) {
      if (count > 0) yield [this.#middle(this.#first + i), count]
    }
  }

  /** The middle of the bucket in which the value of a rank from 0 lies; NaN beyond the last. */
  at(rank: number): number {
    const counts = this.#counts
    let before = this.#zeros
    if (before > rank) return 0
    for (let i = 0; i < counts.length; i++) {
      before += counts[i] as number
      if (before > rank) return this.#middle(this.#first + i)
    }
    return Number.NaN
  }

  #middle(bucket: number): number {
    this.#words[1 - HIGH] = 0
    this.#words[HIGH] = ((bucket << SHIFT) | (1 << (SHIFT - 1))) >>> 0
    return this.#double[0] as number
  }

  #makeRoom(bucket: number): void {
    const counts = this.#counts
    const isFirst = counts.length === 0
    const from = isFirst ? bucket : Math.min(this.#first, bucket)
    const to = isFirst ? bucket + 1 : Math.max(this.#first + counts.length, bucket + 1)
    // Half as much again, so that rising values do not copy it each time.
    const margin = (to - from) >> 2
    const first = Math.max(0, from - margin)
    const larger = new Float64Array(to + margin - first)
    if (!isFirst) larger.set(counts, this.#first - first)
    this.#first = first
    this.#counts = larger
  }
}

/** Which of the two words of a double has the exponent. */
const HIGH: 0 | 1 = new Uint32Array(new Float64Array([1]).buffer)[1] === 0 ? 0 : 1
