/** Each array begins at a multiple of so many bytes. */
const ALIGNMENT = 64

/** Hands out arrays, one behind the other in one piece of memory that is all zeros; a RangeError where it is full. */
export class ScanMemory {
  readonly #buffer: ArrayBuffer
  /** An address of 0 is none. */
  #used = ALIGNMENT

  constructor(buffer: ArrayBuffer) {
    this.#buffer = buffer
  }

  bytes(length: number): Uint8Array {
    return new Uint8Array(this.#buffer, this.#take(length), length)
  }

  halfWords(length: number): Uint16Array {
    return new Uint16Array(this.#buffer, this.#take(length * 2), length)
  }

  words(length: number): Int32Array {
    return new Int32Array(this.#buffer, this.#take(length * 4), length)
  }

  doubles(length: number): Float64Array {
    return new Float64Array(this.#buffer, this.#take(length * 8), length)
  }

  #take(bytes: number): number {
    const from = this.#used
    this.#used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
    return from
  }
}
