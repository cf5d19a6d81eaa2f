import { warnOnce } from './warnings.ts'

/** How much a map may hold. */
export interface Bounds {
  /** What it holds, in words: said where bytes run out. */
  readonly what: string
  readonly entries: number
  readonly bytes: number
}

interface Entry<T> {
  readonly value: T
  readonly bytes: number
}

/** What an entry takes beside what it holds, roughly. */
const ENTRY_BYTES = 100

/** A map of what outlives a call. When there are more entries or bytes than it may hold, those that came first are forgotten. */
export class BoundedMap<T> {
  readonly #bounds: Bounds
  readonly #entries = new Map<string, Entry<T>>()
  #bytes = 0

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value
  }

  /** Puts an entry last; `bytes` is what its value holds. One that is more than may be held is not taken. */
  set(key: string, value: T, bytes = 0): void {
    this.delete(key)
    const all = ENTRY_BYTES + 2 * key.length + bytes
    if (all + this.#bytes > this.#bounds.bytes) this.#tell()
    if (all > this.#bounds.bytes) return
    this.#entries.set(key, { value, bytes: all })
    this.#bytes += all
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#bounds.entries && this.#bytes <= this.#bounds.bytes) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0
    this.#entries.delete(key)
  }

  /** The entry, which is then no longer there. */
  take(key: string): T | undefined {
    const value = this.get(key)
    this.delete(key)
    return value
  }

  /** Entries come and go by number in any long-lived process; bytes run out only where they are uncommonly long. */
  #tell(): void {
    const { what, bytes } = this.#bounds
    warnOnce('CAPTURE_MEMORY_FULL', `More than ${bytes} bytes of ${what}: the oldest are forgotten`)
  }
}
