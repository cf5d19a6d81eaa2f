import { TAIL_MASKS } from '../input/byte-rows.ts'
import { IdBytes } from './id-bytes.ts'

const FIRST = 0x9e3779b1
const SECOND = 0x5f356495

/** A 64-bit hash of an id in two numbers of 32 bits, by its UTF-8 bytes; made again and again in place. */
export class IdHash {
  /** Never 0 or 1. */
  high = 2
  low = 0
  readonly #bytes = new IdBytes()

  /** Of bytes between two places; three more have to follow them. */
  ofBytes(view: DataView, from: number, to: number): this {
    let a = 0x3c6ef372
    let b = to - from
    let at = from
    for (; at + 4 <= to; at += 4) {
      const word = view.getInt32(at, true)
      a = Math.imul(a ^ word, FIRST)
      b = Math.imul(b ^ word, SECOND)
      a ^= a >>> 15
      b ^= b >>> 13
    }
    const tail = view.getInt32(at, true) & (TAIL_MASKS[to - at] as number)
    a = Math.imul(a ^ tail, FIRST)
    b = Math.imul(b ^ tail, SECOND)
    const mixedA = Math.imul(a ^ (a >>> 16), SECOND) ^ Math.imul(b ^ (b >>> 13), FIRST)
    const mixedB = Math.imul(b ^ (b >>> 16), FIRST) ^ Math.imul(mixedA ^ (mixedA >>> 13), SECOND)
    this.high = mixedA | 2
    this.low = mixedB
    return this
  }

  /** Of a text. */
  ofText(text: string): this {
    const { view, length } = this.#bytes.ofText(text)
    return this.ofBytes(view, 0, length)
  }
}
