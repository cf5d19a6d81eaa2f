/**
 * A map that remembers at least the newest `limit` entries and at most twice as many. Two
 * generations, the older dropped as a whole: taking the oldest entry of a `Map` one at a time
 * walks over all the holes that earlier removals left.
 */
export class RecentMap<Value> {
  readonly #limit: number
  readonly #onForget: (value: Value) => void
  #newer = new Map<string, Value>()
  #older = new Map<string, Value>()

  constructor(limit: number, onForget: (value: Value) => void = () => {}) {
    this.#limit = limit
    this.#onForget = onForget
  }

  has(key: string): boolean {
    return this.#newer.has(key) || this.#older.has(key)
  }

  get(key: string): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key)
  }

  set(key: string, value: Value): void {
    this.#older.delete(key)
    this.#newer.set(key, value)
    if (this.#newer.size < this.#limit) return
    const forgotten = this.#older
    this.#older = this.#newer
    this.#newer = new Map()
    for (const old of forgotten.values()) this.#onForget(old)
  }

  /** Removes an entry and hands it over. */
  take(key: string): Value | undefined {
    const generation = this.#newer.has(key) ? this.#newer : this.#older
    const value = generation.get(key)
    generation.delete(key)
    return value
  }

  /** All values, the older first. */
  values(): Value[] {
    return [...this.#older.values(), ...this.#newer.values()]
  }

  /** Empties it; nobody is told. */
  drop(): void {
    this.#older.clear()
    this.#newer.clear()
  }

  /** Forgets everything. */
  clear(): void {
    const all = this.values()
    this.drop()
    for (const value of all) this.#onForget(value)
  }
}
