import { ByteRows } from './byte-rows.ts'
import type { ScanMemory } from './scan-memory.ts'
import { TextTable } from './text-table.ts'

/** Keys that are taken out of a line, by the kind of value that each must have. */
export interface ScanKeys {
  /** Texts of which there are few. */
  readonly texts: readonly string[]
  /** Texts that differ on every line: where they stand is told. */
  readonly ids: readonly string[]
  readonly numbers: readonly string[]
  /** Objects and lists; where they stand is told. */
  readonly nested: readonly string[]
}

/** What kind of value a key has; its number among those of its kind is in the bits above. */
const KIND_OTHER = 0
export const KIND_TEXT = 1
export const KIND_ID = 2
export const KIND_NUMBER = 3
export const KIND_NESTED = 4

/** Keys that are told apart, needed or not; further ones are found to be none of the needed. */
const MAX_KEYS = 512
const MAX_KEY_BYTES = 63
const MAX_VALUE_BYTES = 255
/** So often in a row a value may differ from the last one before it is no longer kept. */
const MAX_MISSES = 8
/** Any key for which there is no room. */
const UNKNOWN = MAX_KEYS - 1

/**
 * Keys of lines, each with its kind, the key that followed it on the last line and the value that it
 * had there: lines of one writer are alike, and what is as it was need only be compared.
 */
export class KeyTable {
  /** Kind and number by the key's own number. */
  readonly codes: Int32Array
  /** What followed, 0 where nothing is known to. Key 0 is the beginning of a line. */
  readonly next: Int32Array
  /** The keys with quotes and colon. */
  readonly names: ByteRows
  /** The last values, as they stood. */
  readonly values: ByteRows
  /** The numbers of the last values in a table of texts. */
  readonly valueTexts: Int32Array
  readonly #misses: Uint8Array
  readonly #numbers = new TextTable(MAX_KEYS - 2, MAX_KEY_BYTES - 1)
  readonly #needed: ReadonlyMap<string, number>
  #count = 0

  constructor(keys: ScanKeys, memory: ScanMemory) {
    this.codes = memory.words(MAX_KEYS)
    this.next = memory.words(MAX_KEYS)
    this.names = new ByteRows(MAX_KEYS, MAX_KEY_BYTES, memory)
    this.values = new ByteRows(MAX_KEYS, MAX_VALUE_BYTES, memory)
    this.valueTexts = memory.words(MAX_KEYS)
    this.#misses = memory.bytes(MAX_KEYS)
    this.#needed = neededCodes(keys)
    this.#misses[UNKNOWN] = MAX_MISSES
    // Before any other, so that there is room for them.
    for (const name of this.#needed.keys()) this.numberOf(viewOf(padded(name)), 0, name.length)
  }

  /** What it consists of, by names of their own. */
  get arrays(): Readonly<Record<string, Int32Array | Uint8Array>> {
    const { codes, next, names, values, valueTexts } = this
    return {
      ...{ codes, next, valueTexts, misses: this.#misses },
      ...{ names: names.words, nameLengths: names.lengths },
      ...{ values: values.words, valueLengths: values.lengths },
    }
  }

  /** The key that followed a key on the line before where it stands here as well, else 0. */
  followed(key: number, view: DataView, at: number): number {
    const guess = this.next[key] as number
    return guess !== 0 && this.names.isAt(guess, view, at) ? guess : 0
  }

  /** Keeps which key follows a key; one for which there is no room could be any. */
  follow(key: number, after: number): void {
    this.next[after] = key === UNKNOWN ? 0 : key
  }

  /** The number of the key from its opening to after its closing quote. */
  numberOf(view: DataView, from: number, to: number): number {
    const number = this.#numbers.find(view, from, to)
    if (number === 0) return UNKNOWN
    if (number <= this.#count) return number
    this.#count = number
    const name = this.#numbers.bytes(number).toString('latin1')
    this.codes[number] = this.#needed.get(name) ?? KIND_OTHER
    this.#setName(number, `${name}:`)
    return number
  }

  /** Keeps the value between two places to be compared with the next one, as long as that is worth while. */
  keepValue(key: number, view: DataView, from: number, to: number, text: number): void {
    const misses = this.#misses[key] as number
    if (misses === MAX_MISSES) return
    this.#misses[key] = misses + 1
    if (this.values.set(key, view, from, to)) this.valueTexts[key] = text
  }

  /** Whether the value that begins at a place is the last one of this key. */
  isLastValue(key: number, view: DataView, at: number): boolean {
    if (this.values.lengths[key] === 0 || !this.values.isAt(key, view, at)) return false
    this.#misses[key] = 0
    return true
  }

  /** Forgets all values: the numbers of their texts have been given to others. */
  forgetValues(): void {
    this.values.lengths.fill(0)
  }

  #setName(number: number, name: string): void {
    this.names.set(number, viewOf(padded(name)), 0, name.length)
  }
}

function neededCodes({ texts, ids, numbers, nested }: ScanKeys): Map<string, number> {
  const codes = new Map<string, number>()
  const kinds: readonly (readonly [number, readonly string[]])[] = [
    [KIND_TEXT, texts],
    [KIND_ID, ids],
    [KIND_NUMBER, numbers],
    [KIND_NESTED, nested],
  ]
  for (const [kind, names] of kinds) {
    for (const [i, name] of names.entries()) codes.set(`"${name}"`, kind | (i << 3))
  }
  return codes
}

/** Reads words at any place of these bytes, and behind them, where the memory goes on. */
export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset)
}

/** A text's bytes with some behind them. */
export function padded(text: string): Buffer {
  return Buffer.from(`${text}\0\0\0\0`)
}
