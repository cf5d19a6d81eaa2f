import { IdLog } from './id-log.ts'

/**
 * Remembers at least the newest `limit` ids and at most twice as many, by their hashes. Two
 * generations, the older dropped as a whole.
 */
export class RecentIds {
  readonly #limit: number
  #newer = new IdLog()
  #older: IdLog | undefined
  #forgotten = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether any id had to be forgotten. */
  get forgotten(): boolean {
    return this.#forgotten
  }

  /** Adds an id, though it may be there. */
  add(high: number, low: number): void {
    if (this.#newer.added >= this.#limit) {
      this.#forgotten = this.#older !== undefined
      const recycled = this.#older
      recycled?.clear()
      this.#older = this.#newer
      this.#newer = recycled ?? new IdLog()
    }
    this.#newer.add(high, low)
  }

  /** Removes an id; whether it was there. */
  take(high: number, low: number): boolean {
    return this.#newer.remove(high, low) || (this.#older?.remove(high, low) ?? false)
  }
}
