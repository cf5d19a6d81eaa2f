import { RecentMap } from './recent-map.ts'

/** Starts without an end that are remembered. */
export const MAX_OPEN_SPANS = 1_000_000
/** Ends whose start has not been read that are remembered: at least the newest so many. */
export const MAX_EARLY_ENDS = 125_000

/**
 * Counts the spans that started and never ended, in whatever order their lines come (several
 * processes, rotated files read newest first). Holds only the ids that still wait for the other.
 */
export class OpenSpans {
  readonly #open = new Set<string>()
  readonly #ended: RecentMap<true>
  readonly #maxOpen: number
  #unheld = 0
  #forgotten = false

  constructor(maxOpen: number = MAX_OPEN_SPANS, maxEarlyEnds: number = MAX_EARLY_ENDS) {
    this.#maxOpen = maxOpen
    this.#ended = new RecentMap(maxEarlyEnds, () => {
      this.#forgotten = true
    })
  }

  start(id: string): void {
    if (this.#ended.take(id)) return
    if (this.#open.size < this.#maxOpen) this.#open.add(id)
    else this.#unheld += 1
  }

  end(id: string): void {
    if (!this.#open.delete(id)) this.#ended.set(id, true)
  }

  /** Starts without an end. */
  get count(): number {
    return this.#open.size + this.#unheld
  }

  /** False when ids had to be forgotten and something is open: then `count` is an upper bound. */
  get exact(): boolean {
    return this.#unheld === 0 && !(this.#forgotten && this.#open.size > 0)
  }
}
