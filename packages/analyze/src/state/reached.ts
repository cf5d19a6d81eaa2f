import { PART_BYTES } from './fingerprint.ts'

const NEWLINE = 10
const CARRIAGE_RETURN = 13

/** How far the text of a log was read, and what stands before that place. */
export class Reached {
  #offset: number
  #begin: number
  /** What stands before the place: the next fingerprint needs it. */
  #last: Buffer
  #begun: Buffer = Buffer.alloc(0)
  #begunBytes = 0
  /** Whether the line before the place was counted before it had an end. */
  #isOpen: boolean

  /** `last` are the bytes before the place. */
  constructor(offset: number, last: Buffer) {
    this.#offset = offset
    this.#begin = offset
    this.#last = last
    this.#isOpen = last.length > 0 && last.at(-1) !== NEWLINE
  }

  /** Bytes of text that were read: all before are lines that were counted. */
  get offset(): number {
    return this.#offset
  }

  /** The bytes before that place, at most 1 KiB. */
  get last(): Buffer {
    return this.#last
  }

  /** Where the first line begins that is new, once a chunk was taken. */
  get begin(): number {
    return this.#begin
  }

  /** Bytes of the line that has no end yet. */
  get begunBytes(): number {
    return this.#begunBytes
  }

  /** What of a chunk is new: without the end of a line that was counted before. */
  take(chunk: Buffer): Buffer {
    const skipped = this.#isOpen ? lineEndBytes(chunk) : 0
    this.#isOpen = false
    this.#begin += skipped
    if (skipped > 0) this.#move(chunk.subarray(0, skipped))
    const rest = chunk.subarray(skipped)
    // Only ended lines count as read.
    const end = rest.lastIndexOf(NEWLINE) + 1
    if (end > 0) this.#move(rest.subarray(0, end))
    this.#begun = lastOf(this.#begun, rest.subarray(end))
    this.#begunBytes += rest.length - end
    return rest
  }

  /** The line without an end was counted, too. */
  takeBegun(): void {
    this.#move(Buffer.alloc(0))
  }

  #move(bytes: Buffer): void {
    this.#offset += this.#begunBytes + bytes.length
    this.#last = lastOf(this.#last, this.#begun, bytes)
    this.#begun = Buffer.alloc(0)
    this.#begunBytes = 0
  }
}

function lineEndBytes(chunk: Buffer): number {
  if (chunk[0] === CARRIAGE_RETURN && chunk[1] === NEWLINE) return 2
  return chunk[0] === NEWLINE ? 1 : 0
}

/** A copy of the last bytes. */
function lastOf(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.map((part) => part.subarray(-PART_BYTES))).subarray(-PART_BYTES)
}
