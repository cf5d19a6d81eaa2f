/** Each bucket is this much wider than the one before it: so exact is the quantile. */
const GROWTH = 1.02
const BUCKETS = 1000
const SMALLEST_MS = 0.1
/** The quantile is looked for anew after so many values. */
const EVERY = 16

/**
 * A quantile of the values of the last while, to 2 %, in constant memory (two histograms, 8 KB) and without keeping values.
 * The window moves by halves: what it covers is between half of it and all of it.
 */
export class RecentQuantile {
  readonly #share: number
  readonly #halfMs: number
  #current: Uint32Array = new Uint32Array(BUCKETS)
  #before: Uint32Array = new Uint32Array(BUCKETS)
  #currentCount = 0
  #beforeCount = 0
  #began: number
  #known = 0
  #stale = 0

  constructor(share: number, windowMs: number, now: number) {
    this.#share = share
    this.#halfMs = windowMs / 2
    this.#began = now
  }

  /** Values in the window. */
  count(now: number): number {
    this.#move(now)
    return this.#currentCount + this.#beforeCount
  }

  add(value: number, now: number): void {
    this.#move(now)
    const bucket = bucketOf(value)
    this.#current[bucket] = (this.#current[bucket] ?? 0) + 1
    this.#currentCount += 1
    this.#stale += 1
  }

  /** The upper edge of the quantile's bucket: what is above it is above the quantile. */
  bound(now: number): number {
    this.#move(now)
    if (this.#stale >= EVERY || this.#known === 0) {
      this.#known = this.#find()
      this.#stale = 0
    }
    return this.#known
  }

  #find(): number {
    const rank = Math.ceil((this.#currentCount + this.#beforeCount) * this.#share)
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += (this.#current[bucket] ?? 0) + (this.#before[bucket] ?? 0)
      if (seen >= rank) return SMALLEST_MS * GROWTH ** (bucket + 1)
    }
    return Number.POSITIVE_INFINITY
  }

  #move(now: number): void {
    const halves = Math.floor((now - this.#began) / this.#halfMs)
    if (halves < 1) return
    const emptied = this.#before.fill(0)
    this.#before = this.#current
    this.#beforeCount = this.#currentCount
    this.#current = emptied
    this.#currentCount = 0
    this.#began += halves * this.#halfMs
    this.#stale = EVERY
    if (halves === 1) return
    this.#before.fill(0)
    this.#beforeCount = 0
  }
}

function bucketOf(value: number): number {
  const bucket = Math.floor(Math.log(value / SMALLEST_MS) / Math.log(GROWTH))
  return Math.min(Math.max(bucket, 0), BUCKETS - 1)
}
