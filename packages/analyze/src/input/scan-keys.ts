/** Keys that are taken out of a line, by the kind of value that each must have. */
export interface ScanKeys {
  readonly texts: readonly string[]
  readonly numbers: readonly string[]
  /** Objects and lists; where they stand is told. */
  readonly nested: readonly string[]
}

/** What kind of value a key has; its number among those of its kind is in the bits above. */
export const KIND_TEXT = 1
export const KIND_NUMBER = 2
export const KIND_NESTED = 3

const SLOTS = 512

/** Finds keys by a hash of their bytes, and compares them whole. */
export class KeyTable {
  readonly #names: (Uint8Array | undefined)[] = new Array<undefined>(SLOTS).fill(undefined)
  readonly #codes = new Int32Array(SLOTS)

  constructor({ texts, numbers, nested }: ScanKeys) {
    for (const [i, name] of texts.entries()) this.#add(name, KIND_TEXT | (i << 2))
    for (const [i, name] of numbers.entries()) this.#add(name, KIND_NUMBER | (i << 2))
    for (const [i, name] of nested.entries()) this.#add(name, KIND_NESTED | (i << 2))
  }

  /** Kind and number of the key that stands between two places; 0 where it is none of these. */
  find(bytes: Uint8Array, from: number, to: number, hash: number): number {
    for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      const name = this.#names[slot]
      if (name === undefined) return 0
      if (name.length === to - from && isSame(name, bytes, from)) return this.#codes[slot] as number
    }
  }

  #add(name: string, code: number): void {
    const bytes = Buffer.from(name)
    let slot = hashOf(bytes, 0, bytes.length) & (SLOTS - 1)
    while (this.#names[slot] !== undefined) slot = (slot + 1) & (SLOTS - 1)
    this.#names[slot] = bytes
    this.#codes[slot] = code
  }
}

/** A hash of bytes, to be continued with `Math.imul(hash, 31) + byte`. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
  return hash
}

function isSame(name: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[from + i]) return false
  return true
}
