import { IdHash } from './id-hash.ts'
import { IdMap } from './id-map.ts'
import { RecentIds } from './recent-ids.ts'

/** Starts without an end that are remembered. */
const MAX_OPEN_SPANS = 1_000_000
/** Ends whose start has not been read that are remembered: at least the newest so many. */
const MAX_EARLY_ENDS = 131_072
const FIRST_OPEN = 1024

/**
 * Counts the spans that started and never ended, in whatever order their lines come (several
 * processes, rotated files read newest first). Holds only those that still wait for the other.
 */
export class OpenSpans {
  readonly #open = new IdMap(FIRST_OPEN)
  readonly #ended: RecentIds
  readonly #maxOpen: number
  /** Ids by their hashes, where somebody will ask for them. */
  readonly #names: Map<number, string> | undefined
  readonly #hash = new IdHash()
  #unheld = 0
  #nextName = 1

  /** `keepsNames`: whether `ids` will be asked for. */
  constructor(
    keepsNames = false,
    maxOpen: number = MAX_OPEN_SPANS,
    maxEarlyEnds: number = MAX_EARLY_ENDS,
  ) {
    this.#names = keepsNames ? new Map() : undefined
    this.#maxOpen = maxOpen
    this.#ended = new RecentIds(maxEarlyEnds)
  }

  start(id: string): void {
    this.#start(this.#hash.ofText(id), () => id)
  }

  /** The same for the id between two places. */
  startAt(bytes: Buffer, view: DataView, from: number, to: number): void {
    this.#start(this.#hash.ofBytes(view, from, to), () => bytes.toString('utf8', from, to))
  }

  end(id: string): void {
    this.#end(this.#hash.ofText(id))
  }

  /** The same for the id between two places. */
  endAt(view: DataView, from: number, to: number): void {
    this.#end(this.#hash.ofBytes(view, from, to))
  }

  /** Starts without an end. */
  get count(): number {
    return this.#open.count + this.#unheld
  }

  /** Ids of starts without an end, the newest `limit` of them. */
  ids(limit: number): string[] {
    return [...(this.#names?.values() ?? [])].slice(-limit)
  }

  /** False when ids had to be forgotten and something is open: then `count` is an upper bound. */
  get exact(): boolean {
    return this.#unheld === 0 && !(this.#ended.forgotten && this.#open.count > 0)
  }

  #start({ high, low }: IdHash, id: () => string): void {
    if (this.#ended.take(high, low) || this.#open.get(high, low) !== -1) return
    if (this.#open.count >= this.#maxOpen) {
      this.#unheld += 1
      return
    }
    this.#names?.set(this.#nextName, id())
    this.#open.add(high, low, this.#nextName++)
  }

  #end({ high, low }: IdHash): void {
    const name = this.#open.count === 0 ? -1 : this.#open.get(high, low)
    if (name === -1) {
      this.#ended.add(high, low)
      return
    }
    this.#open.remove(high, low)
    this.#names?.delete(name)
  }
}
