import { HeldBytes } from './held-bytes.ts'
import type { Line } from './lines.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const NEWLINE = 0x0a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Cuts objects that follow each other out of a text, each over several lines or on one, in constant
 * memory and without parsing. What is no object is an entry by the line. A raw line end ends a
 * string, and a brace at the very beginning of a line begins a new object, so that one that was cut
 * spoils itself and not the rest of the file.
 */
export class ObjectSplitter {
  #line: number
  #depth = 0
  #inString = false
  #escaped = false
  #started = false
  #startLine = 0
  #atLineStart = true
  readonly #held: HeldBytes = new HeldBytes()

  /** Begins on the given line. */
  constructor(line: number) {
    this.#line = line
  }

  /** The entries that this chunk completes. */
  push(chunk: Buffer): Line[] {
    const entries: Line[] = []
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number
      const begins = this.#begins(byte)
      if (this.#started && begins) {
        entries.push(this.#finish(chunk.subarray(from, at), true))
        this.#reset()
      }
      if (begins) {
        this.#started = true
        this.#startLine = this.#line
        from = at
      }
      if (this.#ends(byte)) {
        entries.push(this.#finish(chunk.subarray(from, at + (byte === NEWLINE ? 0 : 1)), true))
      }
    }
    if (this.#started) this.#held.add(chunk.subarray(from))
    return entries
  }

  /** The entry that was cut by the end of the input, if any. */
  end(): Line[] {
    return this.#started ? [this.#finish(Buffer.alloc(0), this.#depth === 0)] : []
  }

  #begins(byte: number): boolean {
    if (this.#started) return this.#atLineStart && byte === OPEN_OBJECT && this.#depth > 0
    return byte > 0x20 && byte !== COMMA
  }

  /** Takes a byte in; whether an entry ends with it. */
  #ends(byte: number): boolean {
    this.#atLineStart = byte === NEWLINE
    if (byte === NEWLINE) {
      this.#line += 1
      this.#inString = false
      this.#escaped = false
      return this.#started && this.#depth === 0
    }
    if (this.#inString) this.#inside(byte)
    else if (byte === QUOTE && this.#depth > 0) this.#inString = true
    else if (byte === OPEN_OBJECT) this.#depth += 1
    else if (byte === CLOSE_OBJECT && this.#depth > 0) {
      this.#depth -= 1
      return this.#depth === 0
    }
    return false
  }

  #inside(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  #reset(): void {
    this.#depth = 0
    this.#inString = false
    this.#escaped = false
  }

  #finish(part: Buffer, terminated: boolean): Line {
    this.#started = false
    return { number: this.#startLine, ...this.#held.take(part), terminated }
  }
}
