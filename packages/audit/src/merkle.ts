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

/**
 * The same in base64 for bytes within a larger buffer, from `start` to `end`. For speed the byte before `start` is overwritten with the
 * prefix, and nothing is copied or allocated.
 */
export function leafHashWithin(bytes: Buffer, start: number, end: number): string {
  bytes[start - 1] = 0
  return hash('sha256', bytes.subarray(start - 1, end), 'base64')
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
  /** In base64: hashes as texts are made several times faster than as buffers. */
  readonly #hashes: string[]

  constructor({ size, frontier }: TreeState = { size: 0, frontier: [] }) {
    this.#size = size
    this.#hashes = frontier.map((hash) => hash.toString('base64'))
  }

  /** Leaves so far. */
  get size(): number {
    return this.#size
  }

  /** Adds the hash of the next leaf, as bytes or in base64. */
  push(leaf: Buffer | string): void {
    let hashed = typeof leaf === 'string' ? leaf : leaf.toString('base64')
    // Each trailing 1 of the size is a complete subtree that the new leaf completes to one of twice its size.
    for (let size = this.#size; size % 2 === 1; size = Math.floor(size / 2)) {
      hashed = textNodeHash(this.#hashes.pop() as string, hashed)
    }
    this.#hashes.push(hashed)
    this.#size += 1
  }

  /** The root of the tree so far. */
  root(): Buffer {
    let root: string | undefined
    for (let at = this.#hashes.length - 1; at >= 0; at -= 1) {
      const left = this.#hashes[at] as string
      root = root === undefined ? left : textNodeHash(left, root)
    }
    return root === undefined ? EMPTY_ROOT : Buffer.from(root, 'base64')
  }

  /** A copy of what is needed to go on later. */
  state(): TreeState {
    const frontier = this.#hashes.map((hash) => Buffer.from(hash, 'base64'))
    return { size: this.#size, frontier }
  }
}

function textNodeHash(left: string, right: string): string {
  pair.write(left, 1, HASH_BYTES, 'base64')
  pair.write(right, 1 + HASH_BYTES, HASH_BYTES, 'base64')
  return hash('sha256', pair, 'base64')
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
