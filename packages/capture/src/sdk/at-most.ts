/** Things that are waited for; when there are more, those that came first are forgotten. */
const MOST = 10_000

/** A map that holds at most 10,000 entries. */
export class AtMost<T> {
  readonly #entries = new Map<string, T>()

  get(key: string): T | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: T): void {
    this.#entries.set(key, value)
    const oldest = this.#entries.size > MOST ? this.#entries.keys().next().value : undefined
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  /** The entry, which is then no longer there. */
  take(key: string): T | undefined {
    const value = this.#entries.get(key)
    this.#entries.delete(key)
    return value
  }
}
