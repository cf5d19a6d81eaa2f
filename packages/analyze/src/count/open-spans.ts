import { RecentIds } from './recent-ids.ts'

/** Starts without an end that are remembered. */
const MAX_OPEN_SPANS = 1_000_000
/** Ends whose start has not been read that are remembered: at least the newest so many. */
const MAX_EARLY_ENDS = 131_072

/**
 * Counts the spans that started and never ended, in whatever order their lines come (several
 * processes, rotated files read newest first). Holds only the ids that still wait for the other.
 */
export class OpenSpans {
  readonly #open = new Set<string>()
  readonly #ended: RecentIds
  readonly #maxOpen: number
  #unheld = 0

  constructor(maxOpen: number = MAX_OPEN_SPANS, maxEarlyEnds: number = MAX_EARLY_ENDS) {
    this.#maxOpen = maxOpen
    this.#ended = new RecentIds(maxEarlyEnds)
  }

  start(id: string): void {
    if (this.#ended.take(id)) return
    if (this.#open.size < this.#maxOpen) this.#open.add(id)
    else this.#unheld += 1
  }

  end(id: string): void {
    if (!this.#open.delete(id)) this.#ended.add(id)
  }

  /** Starts without an end. */
  get count(): number {
    return this.#open.size + this.#unheld
  }

  /** Ids of starts without an end, the newest `limit` of them. */
  ids(limit: number): string[] {
    return [...this.#open].slice(-limit)
  }

  /** False when ids had to be forgotten and something is open: then `count` is an upper bound. */
  get exact(): boolean {
    return this.#unheld === 0 && !(this.#ended.forgotten && this.#open.size > 0)
  }
}
