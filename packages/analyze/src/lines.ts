import { type ReadOptions, readText } from './chunks.ts'
import type { Input } from './inputs.ts'

/** One line of an input, or one element of a JSON array in it. */
export interface Line {
  /** Where it begins, from 1. */
  readonly number: number
  /** Its bytes without the line end; UTF-8 as a rule, but nothing is promised. */
  readonly bytes: Buffer
  /** Its length in bytes, more than `bytes` has when it is over `MAX_LINE_BYTES`. */
  readonly length: number
  /** Whether its end was seen; only the last one may lack it. */
  readonly terminated: boolean
}

/** Longest line that is read whole: 16 MiB. Of a longer one the first 1 KiB is kept. */
export const MAX_LINE_BYTES: number = 16 * 1024 * 1024

/** What is kept of a line that is too long. */
export const HEAD_BYTES = 1024

/** Whether a line was longer than `MAX_LINE_BYTES`, so that its `bytes` are only the head. */
export function isTooLong(line: Line): boolean {
  return line.length > MAX_LINE_BYTES
}

/**
 * The lines of an input, one at a time, in constant memory. LF and CRLF end a line, a byte order
 * mark is dropped, gzip is decompressed, a last line without an end is delivered.
 */
export async function* readLines(input: Input, options: ReadOptions = {}): AsyncGenerator<Line> {
  const splitter = new LineSplitter()
  for await (const chunk of readText(input, options)) yield* splitter.push(chunk)
  yield* splitter.end()
}

/** Cuts chunks into lines. State: the unfinished line, at most `MAX_LINE_BYTES` of it. */
export class LineSplitter {
  #number: number
  #pending: Buffer[] = []
  #length = 0

  constructor(firstNumber = 1) {
    this.#number = firstNumber
  }

  /** Bytes of the unfinished line that are kept. */
  get heldBytes(): number {
    return this.#pending.reduce((sum, part) => sum + part.length, 0)
  }

  /** The lines that this chunk completes. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      lines.push(this.#finish(chunk.subarray(start, end), true))
      start = end + 1
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start))
    return lines
  }

  /** What is left when the input has ended: nothing, or one line without an end. */
  end(): Line[] {
    return this.#length === 0 ? [] : [this.#finish(Buffer.alloc(0), false)]
  }

  #hold(part: Buffer): void {
    const before = this.#length
    this.#length += part.length
    if (this.#length <= MAX_LINE_BYTES) {
      this.#pending.push(part)
    } else if (before <= MAX_LINE_BYTES) {
      this.#pending = [Buffer.from(Buffer.concat([...this.#pending, part]).subarray(0, HEAD_BYTES))]
    }
  }

  #finish(part: Buffer, terminated: boolean): Line {
    let bytes = part
    let length = part.length
    if (this.#length > 0) {
      this.#hold(part)
      bytes =
        this.#pending.length === 1 ? (this.#pending[0] as Buffer) : Buffer.concat(this.#pending)
      length = this.#length
      this.#pending = []
      this.#length = 0
    } else if (length > MAX_LINE_BYTES) {
      bytes = part.subarray(0, HEAD_BYTES)
    }
    if (terminated && length === bytes.length && bytes[length - 1] === 13) {
      length -= 1
      bytes = bytes.subarray(0, length)
    }
    return { number: this.#number++, bytes, length, terminated }
  }
}
