import { Frontier, HASH_BYTES, nodeHash } from './merkle.ts'

/** Leaves from `start` up to but not including `end`. */
export interface LeafRange {
  readonly start: number
  readonly end: number
}

/** The ranges whose roots prove that the leaf `index` is in the tree of `size` leaves, in the order of the proof (RFC 6962 2.1.1). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + split(end - start)
    if (index < middle) {
      ranges.unshift({ start: middle, end })
      end = middle
    } else {
      ranges.unshift({ start, end: middle })
      start = middle
    }
  }
  return ranges
}

/** The ranges whose roots prove that the tree of `from` leaves is the beginning of that of `to`, in the order of the proof (RFC 6962 2.1.2). */
export function consistencyRanges(from: number, to: number): LeafRange[] {
  if (from === 0 || from === to) return []
  const ranges: LeafRange[] = []
  let start = 0
  let end = to
  while (end !== from) {
    const middle = start + split(end - start)
    if (from <= middle) {
      ranges.unshift({ start: middle, end })
      end = middle
    } else {
      ranges.unshift({ start, end: middle })
      start = middle
    }
  }
  // The old tree's root is known where the old tree is one complete subtree.
  return start === 0 ? ranges : [{ start, end }, ...ranges]
}

/** Takes leaves in their order and keeps the roots of some ranges. */
export class RangeRoots {
  readonly #ranges: readonly { readonly range: LeafRange; readonly tree: Frontier }[]
  #index = 0

  constructor(ranges: readonly LeafRange[]) {
    this.#ranges = ranges.map((range) => ({ range, tree: new Frontier() }))
  }

  /** Takes the next leaf, as bytes or in base64. */
  push(leaf: Buffer | string): void {
    for (const { range, tree } of this.#ranges)
      if (this.#index >= range.start && this.#index < range.end) tree.push(leaf)
    this.#index += 1
  }

  /** The roots, in the order of the ranges. */
  roots(): Buffer[] {
    return this.#ranges.map(({ tree }) => tree.root())
  }
}

/** Whether the proof leads from the leaf at `index` to the root of a tree of `size` leaves (RFC 9162 2.1.3.2). */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size) return false
  if (![leaf, ...proof].every(isHash)) return false
  let node = index
  let last = size - 1
  let found: Uint8Array = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      found = nodeHash(sibling, found)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      found = nodeHash(found, sibling)
    }
    node = half(node)
    last = half(last)
  }
  // Both the proof and the size have to be used up: a proof for another size must not pass.
  return last === 0 && Buffer.compare(found, root) === 0
}

/** Whether the proof shows that the tree `from` is the beginning of the tree `to` (RFC 9162 2.1.4.2). An empty tree begins every tree, which proves nothing: false. */
export function verifyConsistency(
  from: { readonly size: number; readonly root: Uint8Array },
  to: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!isIndex(from.size) || !isIndex(to.size) || from.size === 0) return false
  if (from.size === to.size) return proof.length === 0 && Buffer.compare(from.root, to.root) === 0
  if (from.size > to.size || ![from.root, ...proof].every(isHash)) return false
  return verifyGrowth(from, to, proof)
}

function verifyGrowth(
  from: { readonly size: number; readonly root: Uint8Array },
  to: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  let node = from.size - 1
  let last = to.size - 1
  while (node % 2 === 1) {
    node = half(node)
    last = half(last)
  }
  // Where the old tree is one complete subtree, its root starts the proof and is left out.
  const [first, ...rest] = node === 0 ? [from.root, ...proof] : proof
  if (first === undefined) return false
  let old: Uint8Array = first
  let grown: Uint8Array = first
  for (const sibling of rest) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      old = nodeHash(sibling, old)
      grown = nodeHash(sibling, grown)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      grown = nodeHash(grown, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && Buffer.compare(old, from.root) === 0 && Buffer.compare(grown, to.root) === 0
}

/** The largest power of two below a number of two or more. */
function split(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

function half(number: number): number {
  return Math.floor(number / 2)
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES
}

function isIndex(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
