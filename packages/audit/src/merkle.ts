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
 * prefix, and nothing is copied.
 */
export function leafHashWithin(bytes: Buffer, start: number, end: number): string {
  return hash('sha256', prefixed(bytes, start, end), 'base64')
}

/** The same as a text in which each character is a byte. */
export function leafBytesWithin(bytes: Buffer, start: number, end: number): string {
  return hash('sha256', prefixed(bytes, start, end), 'binary')
}

/** A plain array is made quicker than a `Buffer`. */
function prefixed(bytes: Buffer, start: number, end: number): Uint8Array {
  bytes[start - 1] = 0
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start - 1, end - start + 1)
}

// Where two neighbours stand behind their prefix.
const LEFT = 1
const RIGHT = LEFT + HASH_BYTES

// One for all: hashing ends before anything else can run.
const pair = Buffer.alloc(RIGHT + HASH_BYTES, 1)

/** SHA-256 of `0x01` and the hashes of two neighbours (RFC 6962 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, LEFT)
  pair.set(right, RIGHT)
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
  /** For each level the bytes that its next node is the hash of. On the left is the root of a complete subtree where the size has a 1 there. */
  readonly #pairs: Buffer[] = []

  constructor({ size, frontier }: TreeState = { size: 0, frontier: [] }) {
    this.#size = size
    let next = frontier.length
    for (let level = 0, rest = size; rest > 0; level += 1, rest = Math.floor(rest / 2))
      if (rest % 2 === 1) this.#pair(level).set(frontier[--next] as Buffer, LEFT)
  }

  /** Leaves so far. */
  get size(): number {
    return this.#size
  }

  /** Adds the hash of the next leaf, as bytes or in base64. */
  push(leaf: Buffer | string): void {
    const place = this.#size % 2 === 0 ? LEFT : RIGHT
    if (typeof leaf === 'string') this.#pair(0).write(leaf, place, HASH_BYTES, 'base64')
    else this.#pair(0).set(leaf, place)
    this.#grow()
  }

  /** The same for a hash as a text in which each character is a byte. */
  pushBytes(leaf: string): void {
    putBytes(this.#pair(0), this.#size % 2 === 0 ? LEFT : RIGHT, leaf)
    this.#grow()
  }

  #grow(): void {
    let pair = this.#pair(0)
    let rest = this.#size
    // Each trailing 1 of the size is a complete subtree that the new leaf completes to one of twice its size.
    for (let level = 1; rest % 2 === 1; level += 1) {
      const node = hash('sha256', pair, 'binary')
      pair = this.#pair(level)
      rest = Math.floor(rest / 2)
      putBytes(pair, rest % 2 === 0 ? LEFT : RIGHT, node)
    }
    this.#size += 1
  }

  /** The root of the tree so far. */
  root(): Buffer {
    let root: Buffer | undefined
    for (const left of this.#complete()) root = root === undefined ? left : nodeHash(left, root)
    return root ?? EMPTY_ROOT
  }

  /** A copy of what is needed to go on later. */
  state(): TreeState {
    return { size: this.#size, frontier: this.#complete().reverse() }
  }

  /** Copies of the roots of the complete subtrees, the smallest first. */
  #complete(): Buffer[] {
    const roots: Buffer[] = []
    for (let level = 0, rest = this.#size; rest > 0; level += 1, rest = Math.floor(rest / 2))
      if (rest % 2 === 1) roots.push(Buffer.from(this.#pair(level).subarray(LEFT, RIGHT)))
    return roots
  }

  #pair(level: number): Buffer {
    const pair = this.#pairs[level]
    if (pair !== undefined) return pair
    const made = Buffer.alloc(RIGHT + HASH_BYTES, 1)
    this.#pairs[level] = made
    return made
  }
}

/** As `write` does with the encoding `binary`, which takes longer for so few. */
function putBytes(bytes: Buffer, start: number, hashed: string): void {
  for (let at = 0; at < HASH_BYTES; at += 1) bytes[start + at] = hashed.charCodeAt(at)
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
