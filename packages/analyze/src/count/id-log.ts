import { IdMap } from './id-map.ts'

const FIRST_IDS = 1024

/**
 * Ids by their 64-bit hashes in the order in which they came. They are only written down, and an
 * index is made of them when one is asked for: in many logs none ever is.
 */
export class IdLog {
  #words: Int32Array = new Int32Array(FIRST_IDS * 2)
  #count = 0
  #index: IdMap | undefined
  #indexed = 0

  /** How many were added, with those that were removed. */
  get added(): number {
    return this.#count
  }

  /** Adds an id, though it may be there. */
  add(high: number, low: number): void {
    const at = this.#count * 2
    if (at === this.#words.length) this.#grow()
    this.#words[at] = high
    this.#words[at + 1] = low
    this.#count += 1
  }

  /** Removes an id; whether it was there. */
  remove(high: number, low: number): boolean {
    return this.#count > 0 && this.#indexAll().remove(high, low)
  }

  clear(): void {
    this.#count = 0
    this.#index = undefined
    this.#indexed = 0
  }

  #indexAll(): IdMap {
    this.#index ??= new IdMap(this.#count)
    for (; this.#indexed < this.#count; this.#indexed++) {
      const at = this.#indexed * 2
      this.#index.add(this.#words[at] as number, this.#words[at + 1] as number)
    }
    return this.#index
  }

  #grow(): void {
    const larger = new Int32Array(this.#words.length * 2)
    larger.set(this.#words)
    this.#words = larger
  }
}
