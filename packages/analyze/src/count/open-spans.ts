import { IdHash } from './id-hash.ts'
import { IdMap } from './id-map.ts'
import { RecentIds } from './recent-ids.ts'

/** Starts without an end that are remembered. */
const MAX_OPEN_SPANS = 1_000_000
/** Ends whose start has not been read that are remembered: at least the newest so many. */
const MAX_EARLY_ENDS = 131_072
const FIRST_OPEN = 1024
/** Ids that are handed on to the next run. */
const MAX_CARRIED = 100_000

/** Ids of calls without an end that one run hands on to the next. */
export interface CarriedSpans {
  /** Those that a run has reported as interrupted. */
  readonly interrupted: readonly string[]
  /** Those that had begun in the last run. */
  readonly open: readonly string[]
}

/** What became of starts. */
export interface SpanTally {
  /** Those without an end; where runs follow each other, those that had begun before this run. */
  readonly interrupted: number
  /** Where runs follow each other, those that began in this run and may end in the next. */
  readonly inFlight: number
  /** Those that have ended though an earlier run has reported them as interrupted. */
  readonly interruptedEnded: number
}

/**
 * Counts the spans that started and never ended, in whatever order their lines come (several
 * processes, rotated files read newest first). Holds only those that still wait for the other.
 * Where runs follow each other, what has begun in one may end in the next: it is interrupted when
 * that one has not seen its end, and in that one only.
 */
export class OpenSpans {
  readonly #open = new IdMap(FIRST_OPEN)
  readonly #ended: RecentIds
  readonly #maxOpen: number
  /** Ids by their numbers, which rise, where runs follow each other. */
  readonly #names: Map<number, string> | undefined
  readonly #hash = new IdHash()
  /** Of those that earlier runs have reported, and of all that they handed on, the last number. */
  readonly #lastReported: number
  readonly #lastCarried: number
  #unheld = 0
  #nextName = 1

  /** `carried`: by the run before, where runs follow each other. */
  constructor(
    carried?: CarriedSpans,
    maxOpen: number = MAX_OPEN_SPANS,
    maxEarlyEnds: number = MAX_EARLY_ENDS,
  ) {
    this.#names = carried && new Map()
    this.#maxOpen = maxOpen
    this.#ended = new RecentIds(maxEarlyEnds)
    for (const id of carried?.interrupted ?? []) this.start(id)
    this.#lastReported = this.#nextName - 1
    for (const id of carried?.open ?? []) this.start(id)
    this.#lastCarried = this.#nextName - 1
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

  /** What became of the starts that were read. */
  tally(): SpanTally {
    const all = this.#open.count + this.#unheld
    if (this.#names === undefined) return { interrupted: all, inFlight: 0, interruptedEnded: 0 }
    const left = [...this.#names.keys()]
    const reported = left.filter((number) => number <= this.#lastReported).length
    const inFlight = this.carried().open.length
    return {
      interrupted: all - reported - inFlight,
      inFlight,
      interruptedEnded: this.#lastReported - reported,
    }
  }

  /** What the next run is told, the newest 100,000. */
  carried(): CarriedSpans {
    const kept = [...(this.#names ?? [])].slice(-MAX_CARRIED)
    const isOld = ([number]: readonly [number, string]) => number <= this.#lastCarried
    const ids = (spans: typeof kept) => spans.map(([, id]) => id)
    return { interrupted: ids(kept.filter(isOld)), open: ids(kept.filter((one) => !isOld(one))) }
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
