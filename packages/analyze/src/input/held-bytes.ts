/** Longest line or array element that is read whole: 16 MiB. Of a longer one the first 1 KiB is kept. */
export const MAX_LINE_BYTES: number = 16 * 1024 * 1024

const HEAD_BYTES = 1024

/**
 * The beginning of something whose end has not been read yet, as a copy: what it was read into is
 * used again. Never more than `MAX_LINE_BYTES` of it.
 */
export class HeldBytes {
  #parts: Buffer[] = []
  #length = 0

  /** Bytes seen so far, kept or not. */
  get length(): number {
    return this.#length
  }

  /** Bytes kept. */
  get kept(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0)
  }

  add(part: Buffer): void {
    const before = this.#length
    this.#length += part.length
    if (this.#length <= MAX_LINE_BYTES) {
      if (part.length > 0) this.#parts.push(Buffer.from(part))
    } else if (before <= MAX_LINE_BYTES) {
      this.#parts = [headOf([...this.#parts, part])]
    }
  }

  /** Hands over what is kept and the last part, with the full length, and is empty again. */
  take(last: Buffer): { bytes: Buffer; length: number } {
    const parts = last.length === 0 ? this.#parts : [...this.#parts, last]
    const length = this.#length + last.length
    const isWhole = length <= MAX_LINE_BYTES
    const bytes = parts.length === 1 && isWhole ? (parts[0] as Buffer) : Buffer.concat(parts)
    this.#parts = []
    this.#length = 0
    return { bytes: isWhole ? bytes : headOf([bytes]), length }
  }
}

/** A copy, so that the rest of what it was cut from can be freed. */
function headOf(parts: readonly Buffer[]): Buffer {
  return Buffer.from(Buffer.concat(parts).subarray(0, HEAD_BYTES))
}
