/** A slot's first word when it is free, and when what was there was removed; hashes are never these. */
const FREE = 0
const REMOVED = 1
const WORDS = 3

/**
 * A number for each id, by the id's 64-bit hash: 12 bytes a slot, and no string is kept alive. Two
 * ids that hash alike (by chance one in 10^19 pairs) are taken for one.
 */
export class IdMap {
  #words: Int32Array
  #mask: number
  #used = 0
  #count = 0

  /** With room for so many; it grows beyond. */
  constructor(room: number) {
    this.#words = newWords(room)
    this.#mask = this.#words.length / WORDS - 1
  }

  /** How many there are. */
  get count(): number {
    return this.#count
  }

  /** How many were added since it was emptied, with those that were removed. */
  get added(): number {
    return this.#used
  }

  /** Adds an id, though it may be there. */
  add(high: number, low: number, value = 0): void {
    if ((this.#used + 1) * 2 * WORDS > this.#words.length) this.#grow()
    const words = this.#words
    let at = (low & this.#mask) * WORDS
    while (words[at] !== FREE) at = next(at, words)
    words[at] = high
    words[at + 1] = low
    words[at + 2] = value
    this.#used += 1
    this.#count += 1
  }

  /** The number of an id; -1 where it is not there. */
  get(high: number, low: number): number {
    const at = this.#find(high, low)
    return at === -1 ? -1 : (this.#words[at + 2] as number)
  }

  /** Gives an id another number; whether it was there. */
  replace(high: number, low: number, value: number): boolean {
    const at = this.#find(high, low)
    if (at !== -1) this.#words[at + 2] = value
    return at !== -1
  }

  /** Removes an id; whether it was there. */
  remove(high: number, low: number): boolean {
    if (this.#count === 0) return false
    const at = this.#find(high, low)
    if (at === -1) return false
    // The slot stays used, so that what lies behind it is found.
    this.#words[at] = REMOVED
    this.#count -= 1
    return true
  }

  clear(): void {
    this.#words.fill(FREE)
    this.#used = 0
    this.#count = 0
  }

  #find(high: number, low: number): number {
    const words = this.#words
    for (let at = (low & this.#mask) * WORDS; words[at] !== FREE; at = next(at, words)) {
      if (words[at] === high && words[at + 1] === low) return at
    }
    return -1
  }

  #grow(): void {
    const old = this.#words
    this.#words = newWords(Math.max(this.#count * 2, 64))
    this.#mask = this.#words.length / WORDS - 1
    this.#used = 0
    this.#count = 0
    for (let at = 0; at < old.length; at += WORDS) {
      const high = old[at] as number
      if (high !== FREE && high !== REMOVED)
        this.add(high, old[at + 1] as number, old[at + 2] as number)
    }
  }
}

/** Two slots an id, so that half of them stay free. */
function newWords(room: number): Int32Array {
  return new Int32Array(2 ** Math.ceil(Math.log2(room * 2)) * WORDS)
}

function next(at: number, words: Int32Array): number {
  return at + WORDS === words.length ? 0 : at + WORDS
}
