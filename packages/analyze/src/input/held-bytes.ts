/** Longest line or array element that is read whole: 16 MiB. Of a longer one the first 1 KiB is kept. */
export const MAX_LINE_BYTES: number = 16 * 1024 * 1024

const HEAD_BYTES = 1024

/** The beginning of something whose end has not been read yet; never more than `MAX_LINE_BYTES` of it. */
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
      if (part.length > 0) this.#parts.push(part)
    } else if (before <= MAX_LINE_BYTES) {
      // A copy, so that the rest of what it was cut from can be freed.
      this.#parts = [Buffer.from(Buffer.concat([...this.#parts, part]).subarray(0, HEAD_BYTES))]
    }
  }

  /** Hands over what is kept and the full length, and is empty again. */
  take(): { bytes: Buffer; length: number } {
    const [first] = this.#parts
    const bytes = this.#parts.length === 1 && first ? first : Buffer.concat(this.#parts)
    const length = this.#length
    this.#parts = []
    this.#length = 0
    return { bytes, length }
  }
}
