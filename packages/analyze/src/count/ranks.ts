/** Fewer values are sorted: that is quicker than counting them. */
const MIN_COUNTED = 4096
/** A bucket is told by the upper bits of a double: sign, exponent and five bits of the fraction. */
const SHIFT = 15
const BUCKETS = 2 ** (32 - SHIFT)

/**
 * Finds single values of an order without sorting them all: doubles from 0 up rise with their bits,
 * so that those in the bucket of a rank can be told by counting, and only they are sorted. The
 * values must not change.
 */
export class Ranks {
  readonly #values: Float64Array
  readonly #words: Uint32Array
  readonly #sorted = new Map<number, Float64Array>()
  #counts: Uint32Array | undefined

  constructor(values: Float64Array) {
    this.#values = values
    this.#words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
  }

  /** How many values there are. */
  get count(): number {
    return this.#values.length
  }

  /** The value of a rank from 0. */
  at(rank: number): number {
    if (this.#values.length < MIN_COUNTED) return this.#bucket(-1)[rank] as number
    this.#counts ??= this.#count()
    let bucket = 0
    let before = 0
    for (; before + (this.#counts[bucket] as number) <= rank; bucket++) {
      before += this.#counts[bucket] as number
    }
    return this.#bucket(bucket)[rank - before] as number
  }

  #count(): Uint32Array {
    const counts = new Uint32Array(BUCKETS)
    const words = this.#words
    for (let at = HIGH; at < words.length; at += 2) {
      const bucket = (words[at] as number) >>> SHIFT
      counts[bucket] = (counts[bucket] as number) + 1
    }
    return counts
  }

  /** The values of a bucket in order; -1 is all of them. */
  #bucket(bucket: number): Float64Array {
    const known = this.#sorted.get(bucket)
    if (known !== undefined) return known
    const sorted = (bucket === -1 ? this.#values.slice() : this.#valuesIn(bucket)).sort()
    this.#sorted.set(bucket, sorted)
    return sorted
  }

  #valuesIn(bucket: number): Float64Array {
    const found = new Float64Array(this.#counts?.[bucket] ?? 0)
    const words = this.#words
    let count = 0
    for (let i = 0; i < this.#values.length; i++) {
      if ((words[i * 2 + HIGH] as number) >>> SHIFT === bucket)
        found[count++] = this.#values[i] as number
    }
    return found
  }
}

/** Which of the two words of a double has the exponent. */
const HIGH: 0 | 1 = new Uint32Array(new Float64Array([1]).buffer)[1] === 0 ? 0 : 1
