import { type ReadOptions, readText } from './chunks.ts'
import { HeldBytes, MAX_LINE_BYTES } from './held-bytes.ts'
import type { Input } from './inputs.ts'

/** One line of an input, or one element of a JSON array in it. */
export interface Line {
  /** The line on which it begins, from 1. */
  readonly number: number
  /** Its bytes without the line end; UTF-8 as a rule, but nothing is promised. */
  readonly bytes: Buffer
  /** Its length in bytes, more than `bytes` has when it is over `MAX_LINE_BYTES`. */
  readonly length: number
  /** Whether its end was seen; only the last one may lack it. */
  readonly terminated: boolean
}

/** Whether a line was longer than `MAX_LINE_BYTES`, so that its `bytes` are only the first 1 KiB. */
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

/** Cuts chunks into lines. */
export class LineSplitter {
  #number: number
  readonly #held: HeldBytes = new HeldBytes()

  constructor(firstNumber = 1) {
    this.#number = firstNumber
  }

  /** Bytes of the unfinished line that are kept. */
  get heldBytes(): number {
    return this.#held.kept
  }

  /** The lines that this chunk completes. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end)
      if (this.#held.length > 0 || part.length > MAX_LINE_BYTES) {
        this.#held.add(part)
        const { bytes, length } = this.#held.take()
        lines.push(this.#finish(bytes, length))
      } else {
        lines.push(this.#finish(part, part.length))
      }
      start = end + 1
    }
    if (start < chunk.length) this.#held.add(chunk.subarray(start))
    return lines
  }

  /** What is left when the input has ended: nothing, or one line without an end. */
  end(): Line[] {
    if (this.#held.length === 0) return []
    return [{ number: this.#number++, ...this.#held.take(), terminated: false }]
  }

  #finish(bytes: Buffer, length: number): Line {
    const ending = length === bytes.length && bytes[length - 1] === 13 ? 1 : 0
    return {
      number: this.#number++,
      bytes: ending === 1 ? bytes.subarray(0, length - 1) : bytes,
      length: length - ending,
      terminated: true,
    }
  }
}
