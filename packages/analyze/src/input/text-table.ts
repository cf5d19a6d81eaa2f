import { TAIL_MASKS } from './byte-rows.ts'
import type { ScanMemory } from './scan-memory.ts'

const FACTOR = 0x9e3779b1
const FIRST_WORDS = 4096

/** The arrays of a table: numbers by hash; hash, length in bytes and first word by number; words. */
export interface TextArrays {
  readonly slots: Uint16Array
  readonly hashes: Int32Array
  readonly lengths: Int32Array
  readonly starts: Int32Array
  readonly words: Int32Array
}

/** Hash of a text so far and its next four bytes. */
export function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, FACTOR)
  return product ^ (product >>> 15)
}

/** Hash of the bytes between two places; three more bytes have to follow them. */
export function hashOf(view: DataView, from: number, to: number): number {
  let hash = 0
  let at = from
  for (; at + 4 <= to; at += 4) hash = mixed(hash, view.getInt32(at, true))
  return mixed(hash, view.getInt32(at, true) & (TAIL_MASKS[to - at] as number))
}

/**
 * Texts as bytes, each kept once under a number from 1, so that a text that comes again and again
 * (a model, a user) does not become a string each time. Bytes are read from a view in which three
 * more follow.
 */
export class TextTable {
  readonly #maxTexts: number
  readonly #maxBytes: number
  /** The numbers by their hashes: small, and mostly free, so that a look at them rarely waits for memory. */
  readonly #slots: Uint16Array
  readonly #hashes: Int32Array
  readonly #lengths: Int32Array
  /** Where each text begins among the words. */
  readonly #starts: Int32Array
  #words: Int32Array
  #usedWords = 0
  #count = 0

  /** For at most so many texts, less than 65,536, of at most so many bytes each; all of `memory` if given. */
  constructor(maxTexts: number, maxBytes: number, memory?: ScanMemory) {
    this.#maxTexts = maxTexts
    this.#maxBytes = maxBytes
    const words = (length: number) => memory?.words(length) ?? new Int32Array(length)
    const slots = 2 ** Math.ceil(Math.log2(maxTexts * 4))
    this.#slots = memory?.halfWords(slots) ?? new Uint16Array(slots)
    this.#hashes = words(maxTexts + 1)
    this.#lengths = words(maxTexts + 1)
    this.#starts = words(maxTexts + 1)
    // What is of a memory cannot grow.
    this.#words = words(memory === undefined ? FIRST_WORDS : maxTexts * ((maxBytes >> 2) + 1))
  }

  /** What a table of a memory consists of. */
  get arrays(): TextArrays {
    return {
      slots: this.#slots,
      hashes: this.#hashes,
      lengths: this.#lengths,
      starts: this.#starts,
      words: this.#words,
    }
  }

  /** How many texts there are. */
  get count(): number {
    return this.#count
  }

  /** The bytes of a text. */
  bytes(number: number): Buffer {
    const { buffer, byteOffset } = this.#words
    const from = byteOffset + (this.#starts[number] as number) * 4
    return Buffer.from(buffer as ArrayBuffer, from, this.#lengths[number])
  }

  /** The number of the text between two places, which is the count when it is new; 0 where there is no room. */
  find(view: DataView, from: number, to: number, hash: number = hashOf(view, from, to)): number {
    const slot = this.#slotOf(view, from, to, hash)
    const number = this.#slots[slot] as number
    return number === 0 ? this.#add(slot, hash, view, from, to) : number
  }

  /** The same of a text that is there; 0 where it is not. */
  look(view: DataView, from: number, to: number, hash: number = hashOf(view, from, to)): number {
    return this.#slots[this.#slotOf(view, from, to, hash)] as number
  }

  /** Whether the text of a number stands between two places. */
  isAt(number: number, view: DataView, from: number, to: number): boolean {
    const words = this.#words
    const length = to - from
    if (this.#lengths[number] !== length) return false
    let word = this.#starts[number] as number
    let at = from
    for (let full = length >> 2; full > 0; full--) {
      if (view.getInt32(at, true) !== words[word++]) return false
      at += 4
    }
    return (view.getInt32(at, true) & (TAIL_MASKS[length & 3] as number)) === words[word]
  }

  /** Forgets all texts. */
  clear(): void {
    this.#slots.fill(0)
    this.#count = 0
    this.#usedWords = 0
  }

  /** Where a text is, or would be. */
  #slotOf(view: DataView, from: number, to: number, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot] as number
      if (number === 0) return slot
      if (this.#hashes[number] === hash && this.isAt(number, view, from, to)) return slot
    }
  }

  #add(slot: number, hash: number, view: DataView, from: number, to: number): number {
    const length = to - from
    if (this.#count === this.#maxTexts || length > this.#maxBytes) return 0
    const start = this.#usedWords
    this.#usedWords += (length >> 2) + 1
    this.#grow()
    let word = start
    let at = from
    for (; at + 4 <= to; at += 4) this.#words[word++] = view.getInt32(at, true)
    this.#words[word] = view.getInt32(at, true) & (TAIL_MASKS[length & 3] as number)
    const number = ++this.#count
    this.#slots[slot] = number
    this.#hashes[number] = hash
    this.#lengths[number] = length
    this.#starts[number] = start
    return number
  }

  #grow(): void {
    if (this.#usedWords <= this.#words.length) return
    const larger = new Int32Array(Math.max(this.#usedWords, this.#words.length * 2))
    larger.set(this.#words)
    this.#words = larger
  }
}
