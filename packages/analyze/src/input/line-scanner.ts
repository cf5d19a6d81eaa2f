import { endOfString, endOfValue, skipBlank } from './json-bytes.ts'
import { LineScan } from './line-scan.ts'
import { NumberReader } from './number-reader.ts'
import { plainEnd } from './plain-bytes.ts'
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
import { TextTable } from './text-table.ts'

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
  readonly #known: TextTable
  readonly #keys: KeyTable
  readonly #scan: LineScan
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #epoch = 0
  #key = 0
  #at = 0
  readonly #number = new NumberReader()
  readonly #stop: string
  #stopNumber = -1
  #stopped = false

  /** Where the first of the texts is `stop`, the rest of the line is not read; `isPlain` does without WebAssembly. */
  constructor(keys: ScanKeys, stop = '', isPlain = false) {
    this.#stop = stop
    this.#scan = new LineScan(isPlain)
    const { memory } = this.#scan
    this.texts = memory.words(keys.texts.length)
    this.numbers = memory.doubles(keys.numbers.length)
    this.ids = memory.words(keys.ids.length * 2)
    this.nested = memory.words(keys.nested.length * 2)
    this.nestedTexts = memory.words(keys.nested.length)
    this.#keys = new KeyTable(keys, memory)
    this.#known = new TextTable(MAX_TEXTS, MAX_TEXT_BYTES, memory)
    const { texts, ids, numbers, nested, nestedTexts } = this
    const registers = { texts, numbers, ids, nested, nestedTexts }
    this.#scan.start({ ...registers, ...this.#keys.arrays, ...this.#known.arrays })
    this.#findStop()
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
    this.#scan.use(bytes)
  }

  /**
   * Reads the line that begins at `from`: where its line end stands; -1 where JSON.parse has to be
   * asked. A line end and `SCAN_MARGIN` more bytes of memory must be there.
   */
  scan(from: number): number {
    const bytes = this.#bytes
    if (this.#known.count >= MAX_TEXTS - this.texts.length - this.nested.length) this.#forget()
    let at = this.#begin(from)
    if (at === from) {
      at = skipBlank(bytes, from)
      if (bytes[at] !== OPEN_OBJECT) return -1
      at = this.#member(at + 1)
    }
    while (bytes[at] === COMMA) at = this.#member(at + 1)
    if (bytes[at] !== CLOSE_OBJECT) return -1
    at = skipBlank(bytes, at + 1)
    return bytes[at] === NEWLINE ? at : -1
  }

  /** Empties the registers; behind the members that were read in WebAssembly, `from` where none were. */
  #begin(from: number): number {
    this.#stopped = false
    this.#key = 0
    if (this.#scan.isOn) {
      const at = this.#scan.line(from)
      this.#key = this.#scan.key
      return at === from ? from : skipBlank(this.#bytes, at)
    }
    this.texts.fill(0)
    this.ids.fill(-1)
    this.numbers.fill(Number.NaN)
    this.nested.fill(-1)
    return from
  }

  /** Empties the tables of texts. */
  #forget(): void {
    this.#known.clear()
    this.#findStop()
    this.#keys.forgetValues()
    this.#epoch += 1
  }

  #findStop(): void {
    if (this.#stop !== '') this.#stopNumber = this.numberOf(this.#stop)
    this.#scan.stop = this.#stopNumber
  }

  /**
   * Reads the member that begins here and, in WebAssembly, as many of those behind it as it can; what follows, -1 where
   * JSON.parse has to be asked.
   */
  #member(from: number): number {
    const bytes = this.#bytes
    const followed = this.#keys.followed(this.#key, this.#view, from)
    if (followed !== 0) {
      this.#key = followed
      this.#at = from + (this.#keys.names.lengths[followed] as number)
    } else if (!this.#readKey(skipBlank(bytes, from))) return -1
    let at = this.#value(this.#key, skipBlank(bytes, this.#at))
    if (at === -1) return -1
    at = skipBlank(bytes, at)
    if (bytes[at] !== COMMA || !this.#scan.isOn) return at
    at = this.#scan.members(at, this.#key)
    this.#key = this.#scan.key
    return skipBlank(bytes, at)
  }

  /** Reads the key that begins here, false where there is none; where its value may begin is in `#at`. */
  #readKey(from: number): boolean {
    const bytes = this.#bytes
    if (bytes[from] !== QUOTE) return false
    const close = plainEnd(this.#view, from + 1)
    // A key with an escape may be any.
    if (bytes[close] !== QUOTE) return false
    const colon = skipBlank(bytes, close + 1)
    if (bytes[colon] !== COLON) return false
    this.#at = colon + 1
    const key = this.#keys.numberOf(this.#view, from, close + 1)
    this.#keys.follow(key, this.#key)
    this.#key = key
    return true
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
    const plain = plainEnd(this.#view, at + 1)
    const to = this.#bytes[plain] === QUOTE ? plain : endOfString(this.#bytes, plain)
    if (to === -1) return -1
    const text = this.#known.find(this.#view, at + 1, to)
    if (text === 0) return -1
    this.#keys.keepValue(key, this.#view, at, to + 1, text)
    return this.#setText(index, text, to + 1)
  }

  #setText(index: number, text: number, end: number): number {
    this.texts[index] = text
    this.#stopped = index === 0 && text === this.#stopNumber
    return this.#stopped ? -1 : end
  }
}
