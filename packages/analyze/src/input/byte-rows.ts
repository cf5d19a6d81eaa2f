import type { ScanMemory } from './scan-memory.ts'

/** By the number of bytes that count, from 0 to 3: which bits of a word of four they are. */
export const TAIL_MASKS: Int32Array = Int32Array.of(0, 0xff, 0xffff, 0xffffff)

/**
 * Short runs of bytes in numbered rows, compared four bytes at a time. Whoever compares lets three
 * more bytes follow than the row has.
 */
export class ByteRows {
  /** Length of each row in bytes; 0 where there is nothing that could be equal. */
  readonly lengths: Int32Array
  /** The rows one behind the other, each of as many words as the longest needs. */
  readonly words: Int32Array
  readonly #stride: number

  /** So many rows of at most so many bytes each. */
  constructor(rows: number, maxBytes: number, memory: ScanMemory) {
    this.lengths = memory.words(rows)
    this.#stride = (maxBytes >> 2) + 1
    this.words = memory.words(rows * this.#stride)
  }

  /** Keeps the bytes between two places; false where they are too many. */
  set(row: number, view: DataView, from: number, to: number): boolean {
    const length = to - from
    if (length >> 2 >= this.#stride) return false
    let word = row * this.#stride
    let at = from
    for (; at + 4 <= to; at += 4) this.words[word++] = view.getInt32(at, true)
    this.words[word] = view.getInt32(at, true) & (TAIL_MASKS[length & 3] as number)
    this.lengths[row] = length
    return true
  }

  /** Whether a row's bytes stand at a place. */
  isAt(row: number, view: DataView, at: number): boolean {
    const words = this.words
    const length = this.lengths[row] as number
    let word = row * this.#stride
    let place = at
    for (let full = length >> 2; full > 0; full--) {
      if (view.getInt32(place, true) !== words[word++]) return false
      place += 4
    }
    return (view.getInt32(place, true) & (TAIL_MASKS[length & 3] as number)) === words[word]
  }
}
