import { isAscii } from 'node:buffer'
import { endOfNumber, endOfString, endOfValue, PLAIN, skipBlank } from './json-bytes.ts'
import { KeyTable, KIND_NESTED, KIND_NUMBER, KIND_TEXT, type ScanKeys } from './scan-keys.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const NULL = 0x6e

/** Digits up to which a number is a quotient of integers that doubles hold exactly. */
const EXACT_DIGITS = 15
const POWERS: Float64Array = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i)
/** Short texts that come again and again (models, endings) are kept. */
const KEPT_TEXTS = 1024
const MAX_KEPT_LENGTH = 64

/**
 * Takes single keys out of the object on a line without building the rest. What it finds is what
 * JSON.parse finds, to the last digit; of a line of which it cannot be sure it says nothing.
 */
export class LineScanner {
  /** By the order of the keys: the text, undefined where the line has none or null. */
  readonly texts: (string | undefined)[]
  /** By the order of the keys: NaN where the line has none or null. */
  readonly numbers: Float64Array
  /** By the order of the keys two places each: where an object or list begins and ends; -1 where there is none. */
  readonly nested: Int32Array
  readonly #keys: KeyTable
  readonly #kept: string[] = new Array<string>(KEPT_TEXTS).fill('')
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0

  constructor(keys: ScanKeys) {
    this.texts = new Array<undefined>(keys.texts.length).fill(undefined)
    this.numbers = new Float64Array(keys.numbers.length)
    this.nested = new Int32Array(keys.nested.length * 2)
    this.#keys = new KeyTable(keys)
  }

  /** Reads a line; false where JSON.parse has to be asked. */
  scan(bytes: Buffer): boolean {
    this.#bytes = bytes
    this.texts.fill(undefined)
    this.numbers.fill(Number.NaN)
    this.nested.fill(-1)
    this.#at = skipBlank(bytes, 0)
    if (bytes[this.#at] !== OPEN_OBJECT) return false
    do {
      if (!this.#member()) return false
    } while (bytes[this.#at] === COMMA)
    return bytes[this.#at] === CLOSE_OBJECT && skipBlank(bytes, this.#at + 1) === bytes.length
  }

  /** Reads a key and its value; false where they are none. */
  #member(): boolean {
    const bytes = this.#bytes
    let at = this.#at + 1
    if (bytes[at] !== QUOTE) {
      at = skipBlank(bytes, at)
      if (bytes[at] !== QUOTE) return false
    }
    const from = at + 1
    let hash = 0
    let byte = bytes[++at] as number
    while (PLAIN[byte] === 1) {
      hash = (Math.imul(hash, 31) + byte) | 0
      byte = bytes[++at] as number
    }
    // A key with an escape may be any.
    if (byte !== QUOTE) return false
    const code = this.#keys.find(bytes, from, at, hash)
    at++
    if (bytes[at] !== COLON) {
      at = skipBlank(bytes, at)
      if (bytes[at] !== COLON) return false
    }
    at++
    this.#at = (bytes[at] as number) > 0x20 ? at : skipBlank(bytes, at)
    if (!(code === 0 ? this.#skip() : this.#value(code & 3, code >> 2))) return false
    if ((bytes[this.#at] as number) <= 0x20) this.#at = skipBlank(bytes, this.#at)
    return true
  }

  #skip(): boolean {
    const bytes = this.#bytes
    let at = this.#at
    if (bytes[at] === QUOTE) {
      at++
      while (PLAIN[bytes[at] as number] === 1) at++
      if (bytes[at] !== QUOTE) at = endOfString(bytes, at)
      this.#at = at + 1
      return at !== -1
    }
    this.#at = endOfValue(bytes, at)
    return this.#at !== -1
  }

  /** Reads a value of a kind; another kind is left to JSON.parse. */
  #value(kind: number, index: number): boolean {
    const first = this.#bytes[this.#at]
    if (first === NULL) {
      if (kind === KIND_TEXT) this.texts[index] = undefined
      else if (kind === KIND_NUMBER) this.numbers[index] = Number.NaN
      else this.nested[index * 2] = -1
      return this.#skip()
    }
    if (kind === KIND_NUMBER) return this.#number(index)
    if (kind === KIND_TEXT) return first === QUOTE && this.#text(index)
    if (kind !== KIND_NESTED || (first !== OPEN_OBJECT && first !== OPEN_ARRAY)) return false
    this.nested[index * 2] = this.#at
    const isValue = this.#skip()
    this.nested[index * 2 + 1] = this.#at
    return isValue
  }

  /** Up to 15 digits are an integer by a power of ten, both exact: their quotient is the nearest double. */
  #number(index: number): boolean {
    const bytes = this.#bytes
    const from = this.#at
    let at = bytes[from] === 0x2d ? from + 1 : from
    const first = at
    let digits = 0
    let point = -1
    for (;;) {
      const byte = bytes[at] as number
      if (byte >= 0x30 && byte <= 0x39) digits = digits * 10 + byte - 0x30
      else if (byte === 0x2e && point === -1) point = at
      else break
      at++
    }
    if (!isSimple(bytes, first, point, at)) return this.#oddNumber(index)
    const value = point === -1 ? digits : digits / (POWERS[at - point - 1] as number)
    this.numbers[index] = from === first ? value : -value
    this.#at = at
    return true
  }

  #oddNumber(index: number): boolean {
    const from = this.#at
    this.#at = endOfNumber(this.#bytes, from)
    if (this.#at === -1) return false
    this.numbers[index] = Number(this.#bytes.toString('latin1', from, this.#at))
    return true
  }

  #text(index: number): boolean {
    const bytes = this.#bytes
    const from = this.#at + 1
    let at = from
    let hash = 0
    let byte = bytes[at] as number
    while (PLAIN[byte] === 1) {
      hash = (Math.imul(hash, 31) + byte) | 0
      byte = bytes[++at] as number
    }
    if (byte !== QUOTE) return this.#oddText(index)
    this.#at = at + 1
    if (at - from > MAX_KEPT_LENGTH) this.texts[index] = textOf(bytes, from, at)
    else this.texts[index] = this.#keptText(from, at, hash & (KEPT_TEXTS - 1))
    return true
  }

  #keptText(from: number, to: number, slot: number): string {
    const kept = this.#kept[slot] as string
    if (isText(kept, this.#bytes, from, to)) return kept
    const text = textOf(this.#bytes, from, to)
    this.#kept[slot] = text
    return text
  }

  /** A text with an escape. */
  #oddText(index: number): boolean {
    const from = this.#at
    const close = endOfString(this.#bytes, from + 1)
    if (close === -1) return false
    this.#at = close + 1
    this.texts[index] = JSON.parse(this.#bytes.toString('utf8', from, close + 1)) as string
    return true
  }
}

/** Whether the digits from `first` to `at`, with a point at `point` or none, are a number that needs no more care. */
function isSimple(bytes: Buffer, first: number, point: number, at: number): boolean {
  const isShort = at > first && at - first <= EXACT_DIGITS && point !== first && point !== at - 1
  const hasZero = bytes[first] === 0x30 && at - first > 1 && point !== first + 1
  return isShort && !hasZero && bytes[at] !== 0x65 && bytes[at] !== 0x45
}

/** Bytes without an escape as text. */
function textOf(bytes: Buffer, from: number, to: number): string {
  if (to - from > MAX_KEPT_LENGTH) {
    return bytes.toString(isAscii(bytes.subarray(from, to)) ? 'latin1' : 'utf8', from, to)
  }
  for (let at = from; at < to; at++) {
    if ((bytes[at] as number) > 0x7f) return bytes.toString('utf8', from, to)
  }
  return bytes.toString('latin1', from, to)
}

/** Whether bytes are this text; of a text that is not ASCII that is never said. */
function isText(text: string, bytes: Buffer, from: number, to: number): boolean {
  if (text.length !== to - from) return false
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte > 0x7f || text.charCodeAt(at - from) !== byte) return false
  }
  return true
}
