import { TAIL_MASKS } from './byte-rows.ts'
import { endOfString, endOfValue, skipBlank } from './json-bytes.ts'
import { NumberReader } from './number-reader.ts'
import { bytesBelow, oddBytes, plainEnd } from './plain-bytes.ts'
import {
  KeyTable,
  KIND_ID,
  KIND_NESTED,
  KIND_NUMBER,
  KIND_TEXT,
  padded,
  type ScanKeys,
  viewOf,
} from './scan-keys.ts'
import { mixed, TextTable } from './text-table.ts'

const NEWLINE = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const NULL = 0x6e

/** Texts that are told apart before all are forgotten. */
const MAX_TEXTS = 4096
/** Longer ones are left to JSON.parse. */
const MAX_TEXT_BYTES = 255

/** Bytes that have to follow the end of a line. */
export const SCAN_MARGIN = 4

/**
 * Takes single keys out of the object on a line without building the rest. What it finds is what
 * JSON.parse finds, to the last digit; of a line of which it cannot be sure it says nothing.
 */
export class LineScanner {
  /** By the order of the keys: the text's number; 0 where the line has none or null. */
  readonly texts: Int32Array
  /** By the order of the keys two places each: where a text begins and ends; -1 where there is none. */
  readonly ids: Int32Array
  /** By the order of the keys: NaN where the line has none or null. */
  readonly numbers: Float64Array
  /** By the order of the keys two places each: where an object or list begins and ends; -1 where there is none. */
  readonly nested: Int32Array
  /** By the order of the keys: the number of an object's or list's JSON; 0 where it is long. */
  readonly nestedTexts: Int32Array
  readonly #known = new TextTable(MAX_TEXTS, MAX_TEXT_BYTES)
  readonly #keys: KeyTable
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #epoch = 0
  #at = 0
  readonly #number = new NumberReader()
  #hash = 0
  readonly #stop: string
  #stopNumber = 0
  #stopped = false

  /** Where the first of the texts is `stop`, the rest of the line is not read. */
  constructor(keys: ScanKeys, stop = '') {
    this.#stop = stop
    this.texts = new Int32Array(keys.texts.length)
    this.ids = new Int32Array(keys.ids.length * 2)
    this.numbers = new Float64Array(keys.numbers.length)
    this.nested = new Int32Array(keys.nested.length * 2)
    this.nestedTexts = new Int32Array(keys.nested.length)
    this.#keys = new KeyTable(keys)
    this.#stopNumber = stop === '' ? -1 : this.numberOf(stop)
  }

  /** The bytes as words. */
  get view(): DataView {
    return this.#view
  }

  /** Whether the last line was left at the text that stops. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** The text of a number; undefined for 0. */
  text(number: number): string | undefined {
    if (number === 0) return undefined
    const text = this.#known.bytes(number).toString('utf8')
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
  }

  /** The JSON of an object or list, by its number. */
  json(number: number): string {
    return this.#known.bytes(number).toString('utf8')
  }

  /** The value of an object or list. */
  value(index: number): unknown {
    const [from = -1, to = -1] = this.nested.subarray(index * 2, index * 2 + 2)
    return from === -1 ? undefined : JSON.parse(this.#bytes.toString('utf8', from, to))
  }

  /** The number of a text, which it keeps until `epoch` rises. */
  numberOf(text: string): number {
    const bytes = padded(text)
    return this.#known.find(viewOf(bytes), 0, bytes.length - 4)
  }

  /** Rises when numbers of texts have been given to others. */
  get epoch(): number {
    return this.#epoch
  }

  /** Looks at these bytes from now on. */
  use(bytes: Buffer): void {
    this.#bytes = bytes
    this.#view = viewOf(bytes)
  }

  /**
   * Reads the line that begins at `from`: where its line end stands; -1 where JSON.parse has to be
   * asked. A line end and `SCAN_MARGIN` more bytes of memory must be there.
   */
  scan(from: number): number {
    this.#begin()
    const bytes = this.#bytes
    let at = skipBlank(bytes, from)
    if (bytes[at] !== OPEN_OBJECT) return -1
    let key = 0
    do {
      at++
      const guess = this.#keys.next[key] as number
      if (this.#keys.names.isAt(guess, this.#view, at)) {
        at += this.#keys.names.lengths[guess] as number
        key = guess
      } else {
        const before = key
        key = this.#findKey(skipBlank(bytes, at))
        if (key === -1) return -1
        this.#keys.next[before] = key
        at = this.#at
      }
      if ((bytes[at] as number) <= 0x20) at = skipBlank(bytes, at)
      at = this.#value(key, at)
      if (at === -1) return -1
      if ((bytes[at] as number) <= 0x20) at = skipBlank(bytes, at)
    } while (bytes[at] === COMMA)
    if (bytes[at] !== CLOSE_OBJECT) return -1
    at = skipBlank(bytes, at + 1)
    return bytes[at] === NEWLINE ? at : -1
  }

  /** Empties the registers, and the tables of texts where they are full. */
  #begin(): void {
    // So few that a call of `fill` takes longer.
    const { texts, ids, numbers, nested } = this
    for (let i = 0; i < texts.length; i++) texts[i] = 0
    for (let i = 0; i < ids.length; i++) ids[i] = -1
    for (let i = 0; i < numbers.length; i++) numbers[i] = Number.NaN
    for (let i = 0; i < nested.length; i++) nested[i] = -1
    this.#stopped = false
    if (this.#known.count < MAX_TEXTS - this.texts.length - this.nested.length) return
    this.#known.clear()
    if (this.#stopNumber !== -1) this.#stopNumber = this.numberOf(this.#stop)
    this.#keys.forgetValues()
    this.#epoch += 1
  }

  /** The number of the key that begins here, -1 where there is none; where its value may begin is in `#at`. */
  #findKey(from: number): number {
    const bytes = this.#bytes
    if (bytes[from] !== QUOTE) return -1
    const close = plainEnd(this.#view, from + 1)
    // A key with an escape may be any.
    if (bytes[close] !== QUOTE) return -1
    const colon = skipBlank(bytes, close + 1)
    if (bytes[colon] !== COLON) return -1
    this.#at = colon + 1
    return this.#keys.numberOf(this.#view, from, close + 1)
  }

  /** Reads the value of a key; where it ends, -1 where JSON.parse has to be asked. */
  #value(key: number, at: number): number {
    const code = this.#keys.codes[key] as number
    const index = code >> 3
    const first = this.#bytes[at] as number
    switch (code & 7) {
      case KIND_NUMBER:
        return first === NULL
          ? this.#null(code, at)
          : this.#number.read(this.#bytes, this.#view, at, this.numbers, index)
      case KIND_ID:
        return first === QUOTE ? this.#id(index, at) : this.#null(code, at)
      case KIND_TEXT:
        return first === QUOTE ? this.#text(key, index, at) : this.#null(code, at)
      case KIND_NESTED:
        return first === OPEN_OBJECT || first === OPEN_ARRAY
          ? this.#object(key, index, at)
          : this.#null(code, at)
      default:
        return this.#other(key, first, at)
    }
  }

  /** A needed key without a value; another kind of value than it must have is left to JSON.parse. */
  #null(code: number, at: number): number {
    const index = code >> 3
    const kind = code & 7
    if (kind === KIND_NUMBER) this.numbers[index] = Number.NaN
    else if (kind === KIND_TEXT) this.texts[index] = 0
    else if (kind === KIND_ID) this.ids[index * 2] = -1
    else this.nested[index * 2] = -1
    return this.#bytes[at] === NULL ? endOfValue(this.#bytes, at) : -1
  }

  /** What is not needed. */
  #other(key: number, first: number, at: number): number {
    const isShort = first !== QUOTE && first !== OPEN_OBJECT && first !== OPEN_ARRAY
    if (isShort) return endOfValue(this.#bytes, at)
    if (this.#keys.isLastValue(key, this.#view, at))
      return at + (this.#keys.values.lengths[key] as number)
    const end = endOfValue(this.#bytes, at)
    if (end !== -1) this.#keys.keepValue(key, this.#view, at, end, 0)
    return end
  }

  #id(index: number, at: number): number {
    const end = plainEnd(this.#view, at + 1)
    if (this.#bytes[end] !== QUOTE) return -1
    this.ids[index * 2] = at + 1
    this.ids[index * 2 + 1] = end
    return end + 1
  }

  #object(key: number, index: number, at: number): number {
    this.nested[index * 2] = at
    if (this.#keys.isLastValue(key, this.#view, at)) {
      const end = at + (this.#keys.values.lengths[key] as number)
      this.nested[index * 2 + 1] = end
      this.nestedTexts[index] = this.#keys.valueTexts[key] as number
      return end
    }
    const end = endOfValue(this.#bytes, at)
    if (end === -1) return -1
    const text = end - at > MAX_TEXT_BYTES ? 0 : this.#known.find(this.#view, at, end)
    this.nested[index * 2 + 1] = end
    this.nestedTexts[index] = text
    this.#keys.keepValue(key, this.#view, at, end, text)
    return end
  }

  #text(key: number, index: number, at: number): number {
    if (this.#keys.isLastValue(key, this.#view, at)) {
      const end = at + (this.#keys.values.lengths[key] as number)
      return this.#setText(index, this.#keys.valueTexts[key] as number, end)
    }
    const close = this.#hashed(at + 1)
    const isPlain = this.#bytes[close] === QUOTE
    const to = isPlain ? close : endOfString(this.#bytes, close)
    if (to === -1) return -1
    const text = isPlain
      ? this.#known.find(this.#view, at + 1, to, this.#hash)
      : this.#known.find(this.#view, at + 1, to)
    if (text === 0) return -1
    this.#keys.keepValue(key, this.#view, at, to + 1, text)
    return this.#setText(index, text, to + 1)
  }

  #setText(index: number, text: number, end: number): number {
    this.texts[index] = text
    this.#stopped = index === 0 && text === this.#stopNumber
    return this.#stopped ? -1 : end
  }

  /** Where the plain bytes end; their hash is in `#hash`. */
  #hashed(from: number): number {
    const view = this.#view
    let hash = 0
    for (let at = from; ; at += 4) {
      const word = view.getInt32(at, true)
      const odd = oddBytes(word)
      if (odd !== 0) {
        const rest = bytesBelow(odd)
        this.#hash = mixed(hash, word & (TAIL_MASKS[rest] as number))
        return at + rest
      }
      hash = mixed(hash, word)
    }
  }
}
