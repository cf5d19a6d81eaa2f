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

/** Ended lines that lie one behind the other, to be read from the first to the last without making an object of each. */
export class LineRun {
  bytes: Buffer = Buffer.alloc(0)
  /** Where the next line begins. */
  at = 0
  /** Behind the last line end. */
  end = 0
  /** Number of the next line, from 1. */
  number: number

  constructor(number: number) {
    this.number = number
  }

  /** Where the last line ends behind which there is so much memory. */
  endBefore(margin: number): number {
    const { bytes, end } = this
    const last = bytes.buffer.byteLength - bytes.byteOffset - margin
    if (end <= last) return end
    return last < 1 ? 0 : bytes.lastIndexOf(10, last - 1) + 1
  }

  /** Takes the next line, whose line end stands at `lineEnd`, or has to be looked for. */
  take(lineEnd: number = this.bytes.indexOf(10, this.at)): Line {
    const line = lineOf(this.number, new HeldBytes().take(this.bytes.subarray(this.at, lineEnd)))
    this.skip(lineEnd)
    return line
  }

  /** Goes on behind a line end. */
  skip(lineEnd: number): void {
    this.at = lineEnd + 1
    this.number += 1
  }
}

/** Cuts chunks into lines. */
export class LineSplitter {
  readonly #run: LineRun
  readonly #held: HeldBytes = new HeldBytes()

  constructor(firstNumber = 1) {
    this.#run = new LineRun(firstNumber)
  }

  /** Bytes of the unfinished line that are kept. */
  get heldBytes(): number {
    return this.#held.kept
  }

  /** The lines that this chunk completes. */
  push(chunk: Buffer): Line[] {
    const { first, run } = this.split(chunk)
    const lines = first === undefined ? [] : [first]
    while (run.at < run.end) lines.push(run.take())
    return lines
  }

  /** The same: the line that was begun by earlier chunks, and the others, which have to be read before the next chunk comes. */
  split(chunk: Buffer): { readonly first: Line | undefined; readonly run: LineRun } {
    const run = this.#run
    const end = chunk.lastIndexOf(10) + 1
    let first: Line | undefined
    run.bytes = chunk
    run.at = 0
    run.end = end
    if (end > 0 && this.#held.length > 0) {
      const lineEnd = chunk.indexOf(10)
      first = lineOf(run.number, this.#held.take(chunk.subarray(0, lineEnd)))
      run.skip(lineEnd)
    }
    this.#held.add(chunk.subarray(end))
    return { first, run }
  }

  /** What is left when the input has ended: nothing, or one line without an end. */
  end(): Line[] {
    if (this.#held.length === 0) return []
    const held = this.#held.take(Buffer.alloc(0))
    return [{ number: this.#run.number++, ...held, terminated: false }]
  }
}

function lineOf(number: number, { bytes, length }: { bytes: Buffer; length: number }): Line {
  const ending = length === bytes.length && bytes[length - 1] === 13 ? 1 : 0
  return {
    number,
    bytes: ending === 1 ? bytes.subarray(0, length - 1) : bytes,
    length: length - ending,
    terminated: true,
  }
}
