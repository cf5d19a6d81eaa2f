import { endOfNumber } from './json-bytes.ts'

const MINUS = 0x2d
const POINT = 0x2e

/** Digits up to which a number is a quotient of integers that doubles hold exactly. */
const EXACT_DIGITS = 15
const POWERS: Float64Array = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i)

/** Reads numbers of JSON four digits at a time, to the last digit. */
export class NumberReader {
  #digits = 0

  /**
   * Puts the number that begins at `from` into a register; where it ends, -1 where it is no number of
   * JSON. Up to 15 digits are an integer by a power of ten, both exact: their quotient is the nearest
   * double.
   */
  read(bytes: Buffer, view: DataView, from: number, numbers: Float64Array, index: number): number {
    const first = bytes[from] === MINUS ? from + 1 : from
    this.#digits = 0
    const point = this.#readDigits(bytes, view, first)
    let at = point
    if (bytes[point] === POINT) {
      at = this.#readDigits(bytes, view, point + 1)
      if (at === point + 1) return -1
    }
    const count = at - first - (at === point ? 0 : 1)
    const isOdd =
      point === first ||
      count > EXACT_DIGITS ||
      (bytes[first] === 0x30 && point - first > 1) ||
      ((bytes[at] as number) | 0x20) === 0x65
    if (isOdd) return oddNumber(bytes, from, numbers, index)
    const value = at === point ? this.#digits : this.#digits / (POWERS[at - point - 1] as number)
    numbers[index] = from === first ? value : -value
    return at
  }

  /** Goes on with `#digits`; where they end. */
  #readDigits(bytes: Buffer, view: DataView, from: number): number {
    let digits = this.#digits
    let at = from
    for (;;) {
      const word = view.getInt32(at, true) ^ 0x30303030
      if (((word | (word + 0x76767676)) & -0x7f7f7f80) !== 0) break
      const pairs = Math.imul(word, 10) + (word >>> 8)
      digits = digits * 10_000 + (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff)
      at += 4
    }
    for (let byte = bytes[at] as number; byte >= 0x30 && byte <= 0x39; ) {
      digits = digits * 10 + byte - 0x30
      byte = bytes[++at] as number
    }
    this.#digits = digits
    return at
  }
}

/** A number that needs more care. */
function oddNumber(bytes: Buffer, from: number, numbers: Float64Array, index: number): number {
  const end = endOfNumber(bytes, from)
  if (end !== -1) numbers[index] = Number(bytes.toString('latin1', from, end))
  return end
}
