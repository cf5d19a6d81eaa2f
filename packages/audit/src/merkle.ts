import { hash } from 'node:crypto'

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32

/** The root of a tree without leaves: SHA-256 of nothing (RFC 6962 2.1). */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer')

/** SHA-256 of `0x00` and an entry's bytes (RFC 6962 2.1). */
export function leafHash(entry: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(entry.length + 1)
  bytes[0] = 0
  bytes.set(entry, 1)
  return hash('sha256', bytes, 'buffer')
}

// One for all: hashing ends before anything else can run.
const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

/** SHA-256 of `0x01` and the hashes of two neighbours (RFC 6962 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1)
  pair.set(right, 1 + HASH_BYTES)
  return hash('sha256', pair, 'buffer')
}

/** What is needed to let a tree grow, as plain data. */
export interface TreeState {
  readonly size: number
  /** Roots of the largest complete subtrees from the left: one for each 1 in the size's binary form. */
  readonly frontier: readonly Buffer[]
}

/** A tree of which only the right edge is kept: 53 hashes at most. */
export class Frontier {
  #size: number
  readonly #hashes: Buffer[]

  constructor({ size, frontier }: TreeState = { size: 0, frontier: [] }) {
    this.#size = size
    this.#hashes = [...frontier]
  }

  /** Leaves so far. */
  get size(): number {
    return this.#size
  }

  /** Adds the hash of the next leaf. */
  push(leaf: Buffer): void {
    let hashed = leaf
    // Each trailing 1 of the size is a complete subtree that the new leaf completes to one of twice its size.
    for (let size = this.#size; size % 2 === 1; size = Math.floor(size / 2)) {
      hashed = nodeHash(this.#hashes.pop() as Buffer, hashed)
    }
    this.#hashes.push(hashed)
    this.#size += 1
  }

  /** The root of the tree so far. */
  root(): Buffer {
    let root: Buffer | undefined
    for (let at = this.#hashes.length - 1; at >= 0; at -= 1) {
      const left = this.#hashes[at] as Buffer
      root = root === undefined ? left : nodeHash(left, root)
    }
    return root ?? EMPTY_ROOT
  }

  /** A copy of what is needed to go on later. */
  state(): TreeState {
    return { size: this.#size, frontier: [...this.#hashes] }
  }
}

/** The root of a tree with these leaves. */
export function rootOf(leaves: Iterable<Buffer>): Buffer {
  const tree = new Frontier()
  for (const leaf of leaves) tree.push(leaf)
  return tree.root()
}

/** Complete subtrees in a tree of that size: the number of 1s in its binary form. */
export function frontierLength(size: number): number {
  let ones = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2
  return ones
}
