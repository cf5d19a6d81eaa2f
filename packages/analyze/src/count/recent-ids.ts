/** Two slots an id, so that half of the table stays free. */
const SLOTS_PER_ID = 2
/** A slot's first word when it is free, and when what was there was removed; ids never hash to these. */
const FREE = 0
const REMOVED = 1

/**
 * Remembers at least the newest `limit` ids and at most twice as many, by 64-bit hash: 32 bytes an
 * id, and no string is kept alive. Two generations, the older dropped as a whole. Two ids that
 * hash alike (by chance one in 10^19 pairs) are taken for one.
 */
export class RecentIds {
  readonly #limit: number
  #newer: Generation
  #older: Generation | undefined
  #forgotten = false

  constructor(limit: number) {
    this.#limit = limit
    this.#newer = newGeneration(limit)
  }

  /** Whether any id had to be forgotten. */
  get forgotten(): boolean {
    return this.#forgotten
  }

  add(id: string): void {
    if (this.#newer.used >= this.#limit) {
      this.#forgotten = this.#older !== undefined
      const recycled = this.#older
      recycled?.words.fill(FREE)
      this.#older = this.#newer
      this.#newer = recycled ? { words: recycled.words, used: 0 } : newGeneration(this.#limit)
    }
    const [high, low] = hash(id)
    const { words } = this.#newer
    let at = slotOf(low, words)
    while (words[at] !== FREE) at = next(at, words)
    words[at] = high
    words[at + 1] = low
    this.#newer.used += 1
  }

  /** Removes an id; whether it was there. */
  take(id: string): boolean {
    const [high, low] = hash(id)
    return (
      remove(this.#newer, high, low) ||
      (this.#older !== undefined && remove(this.#older, high, low))
    )
  }
}

/** Slots of two words each. Removed slots stay used, so that a search never fails to end. */
interface Generation {
  readonly words: Uint32Array
  used: number
}

function newGeneration(limit: number): Generation {
  const slots = 2 ** Math.ceil(Math.log2(limit * SLOTS_PER_ID))
  return { words: new Uint32Array(slots * 2), used: 0 }
}

function remove({ words }: Generation, high: number, low: number): boolean {
  for (let at = slotOf(low, words); words[at] !== FREE; at = next(at, words)) {
    if (words[at] !== high || words[at + 1] !== low) continue
    words[at] = REMOVED
    return true
  }
  return false
}

function slotOf(low: number, words: Uint32Array): number {
  return (low << 1) & (words.length - 1)
}

function next(at: number, words: Uint32Array): number {
  return (at + 2) & (words.length - 1)
}

/** Two independent 32-bit hashes (cyrb53's mixing); the first is never 0 or 1. */
function hash(id: string): [high: number, low: number] {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return [(a | 2) >>> 0, b >>> 0]
}
