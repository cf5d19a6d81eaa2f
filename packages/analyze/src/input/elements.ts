import { HeldBytes } from './held-bytes.ts'
import type { Line } from './lines.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const NEWLINE = 0x0a
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Cuts the top-level elements out of a JSON array, in constant memory and without parsing: it knows
 * strings, escapes and depth. A raw line end inside a string cannot be JSON; it ends the string, so
 * that a lost quote spoils one element and not the rest of the file.
 */
export class ElementSplitter {
  #line: number
  #depth = 1
  #inString = false
  #escaped = false
  #started = false
  #startLine = 0
  readonly #held: HeldBytes = new HeldBytes()
  #closed = false

  /** Begins after the opening bracket, which is on the given line. */
  constructor(line: number) {
    this.#line = line
  }

  /** The line it has come to. */
  get line(): number {
    return this.#line
  }

  /** Whether the closing bracket was seen. */
  get closed(): boolean {
    return this.#closed
  }

  /** The elements that this chunk completes, and how many of its bytes belong to the array. */
  push(chunk: Buffer): { elements: Line[]; used: number } {
    const elements: Line[] = []
    let from = 0
    let at = 0
    for (; at < chunk.length && !this.#closed; at++) {
      const byte = chunk[at] as number
      if (this.#isBoundary(byte)) {
        if (this.#started) elements.push(this.#finish(chunk.subarray(from, at), true))
      } else if (byte > 0x20 && !this.#started) {
        this.#started = true
        this.#startLine = this.#line
        from = at
      }
    }
    if (this.#started) this.#held.add(chunk.subarray(from))
    return { elements, used: at }
  }

  /** The element that was cut by the end of the input, if any. */
  end(): Line[] {
    return this.#started ? [this.#finish(Buffer.alloc(0), false)] : []
  }

  /** Whether this byte ends an element; keeps track of strings and depth. */
  #isBoundary(byte: number): boolean {
    if (byte === NEWLINE) {
      this.#line += 1
      this.#inString = false
      this.#escaped = false
    } else if (this.#inString) {
      this.#inside(byte)
    } else if (this.#depth === 1 && (byte === COMMA || byte === CLOSE_ARRAY)) {
      this.#closed = byte === CLOSE_ARRAY
      return true
    } else {
      this.#outside(byte)
    }
    return false
  }

  #inside(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  #outside(byte: number): void {
    if (byte === QUOTE) this.#inString = true
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.#depth += 1
    else if ((byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) && this.#depth > 1) this.#depth -= 1
  }

  #finish(part: Buffer, terminated: boolean): Line {
    this.#started = false
    return { number: this.#startLine, ...this.#held.take(part), terminated }
  }
}
