import type { DropReport } from './destination.ts'

/** Lines that wait for their destination. */
export interface Waiting {
  readonly bytes: Buffer
  readonly lines: number
  /** Bytes of it that are written. */
  written: number
  /** Losses that this line tells, when it is a report. */
  readonly report: DropReport | undefined
}

/** What is written next, at once. */
export interface Piece {
  readonly bytes: Buffer
  readonly from: number
  readonly length: number
  /** Whether it begins with the rest of a line. */
  readonly midLine: boolean
}

/** What an entry takes in memory beside its bytes, about. */
const ENTRY_BYTES = 128
const LINE_FEED = 10

/** Lines in their order, with a bound on the memory they take. */
export class LineQueue {
  /** Which opening of the sink holds the begun line's first part. */
  opening = 0
  /** Bytes still to be written. */
  bytes = 0
  #entries: Waiting[] = []
  /** Entries before this one are written. */
  #head = 0
  readonly #maxBytes: number

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get isEmpty(): boolean {
    return this.#head === this.#entries.length
  }

  get isHalfEmpty(): boolean {
    return this.#memory() <= this.#maxBytes / 2
  }

  fits(bytes: number): boolean {
    return this.#memory() + ENTRY_BYTES + bytes <= this.#maxBytes
  }

  add(entry: Waiting): void {
    this.#entries.push(entry)
    this.bytes += entry.bytes.length - entry.written
  }

  /** As many whole lines as `pieceBytes` holds, or one longer line. */
  next(pieceBytes: number): Piece | undefined {
    const first = this.#entries[this.#head]
    if (first === undefined) return undefined
    const midLine = startOfLine(first) !== first.written
    let length = first.bytes.length - first.written
    let end = this.#head + 1
    for (; end < this.#entries.length; end++) {
      const more = this.#entries[end]?.bytes.length ?? 0
      if (length + more > pieceBytes) break
      length += more
    }
    if (end === this.#head + 1) return { bytes: first.bytes, from: first.written, length, midLine }
    const parts = this.#entries
      .slice(this.#head, end)
      .map((entry) => entry.bytes.subarray(entry.written))
    return { bytes: Buffer.concat(parts, length), from: 0, length, midLine }
  }

  /** So many bytes of the last piece are written. */
  took(count: number, opening: number): void {
    this.opening = opening
    this.bytes -= count
    let left = count
    for (let entry = this.#entries[this.#head]; entry !== undefined && left > 0; ) {
      const rest = entry.bytes.length - entry.written
      if (left < rest) {
        entry.written += left
        break
      }
      left -= rest
      this.#head += 1
      entry = this.#entries[this.#head]
    }
    this.#forgetWritten()
  }

  /** Goes back to the start of the line that was begun; returns how many bytes of it are written. */
  restartLine(): number {
    const first = this.#entries[this.#head]
    if (first === undefined) return 0
    const start = startOfLine(first)
    const begun = first.written - start
    first.written = start
    this.bytes += begun
    return begun
  }

  /** Empties the queue and returns what was in it. */
  clear(): Waiting[] {
    const entries = this.#entries.slice(this.#head)
    this.#entries = []
    this.#head = 0
    this.bytes = 0
    return entries
  }

  /** Now and then, because moving all entries for each written one would cost too much. */
  #forgetWritten(): void {
    if (this.isEmpty) this.#entries = []
    else if (this.#head < 1024) return
    else this.#entries = this.#entries.slice(this.#head)
    this.#head = 0
  }

  #memory(): number {
    return this.bytes + (this.#entries.length - this.#head) * ENTRY_BYTES
  }
}

/** How many lines of an entry are not written. */
export function linesLeft(entry: Waiting): number {
  if (entry.written === 0) return entry.lines
  let count = 0
  for (let at = entry.written; at < entry.bytes.length; count++) {
    const end = entry.bytes.indexOf(LINE_FEED, at)
    at = end === -1 ? entry.bytes.length : end + 1
  }
  return count
}

function startOfLine(entry: Waiting): number {
  return entry.written === 0 ? 0 : entry.bytes.lastIndexOf(LINE_FEED, entry.written - 1) + 1
}
