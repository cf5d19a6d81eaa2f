import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EMPTY_ROOT, Frontier, frontierLength, leafHash, nodeHash, rootOf } from '../src/merkle.ts'
import {
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
  RangeRoots,
  verifyConsistency,
  verifyInclusion,
} from '../src/proofs.ts'
import { jsonVectors, needsData } from './data-set.ts'

interface InclusionVector {
  readonly leafIdx: number
  readonly treeSize: number
  readonly root: string
  readonly leafHash: string
  readonly proof: readonly string[] | null
  readonly wantErr: boolean
}

interface ConsistencyVector {
  readonly size1: number
  readonly size2: number
  readonly root1: string
  readonly root2: string
  readonly proof: readonly string[] | null
  readonly wantErr: boolean
}

const VECTOR_FOLDER = 'rfc6962-merkle-testdata/testdata'

test('inclusion proofs of others pass and fail as they say', needsData, () => {
  const vectors = jsonVectors<InclusionVector>(`${VECTOR_FOLDER}/inclusion`)
  assert.ok(vectors.length > 80, `only ${vectors.length} vectors`)
  for (const [name, { leafIdx, treeSize, root, leafHash, proof, wantErr }] of vectors) {
    const passed = verifyInclusion(bytes(leafHash), leafIdx, treeSize, all(proof), bytes(root))
    assert.equal(passed, !wantErr, name)
  }
})

test('consistency proofs of others pass and fail as they say', needsData, () => {
  const vectors = jsonVectors<ConsistencyVector>(`${VECTOR_FOLDER}/consistency`)
  assert.ok(vectors.length > 80, `only ${vectors.length} vectors`)
  for (const [name, { size1, size2, root1, root2, proof, wantErr }] of vectors) {
    const from = { size: size1, root: bytes(root1) }
    const to = { size: size2, root: bytes(root2) }
    assert.equal(verifyConsistency(from, to, all(proof)), !wantErr, name)
  }
})

const leaves = Array.from({ length: 130 }, (_, at) => leafHash(Buffer.from(`entry ${at}`)))

test('a growing tree has the root that the definition gives it, at every size', () => {
  const tree = new Frontier()
  assert.deepEqual(tree.root(), EMPTY_ROOT)
  for (const [at, leaf] of leaves.entries()) {
    tree.push(leaf)
    assert.deepEqual(tree.root(), definedRoot(leaves.slice(0, at + 1)), `size ${at + 1}`)
    assert.equal(tree.state().frontier.length, frontierLength(at + 1))
  }
})

test('a tree goes on from its state as if it had never stopped', () => {
  const tree = new Frontier()
  for (const leaf of leaves.slice(0, 77)) tree.push(leaf)
  const { size, frontier } = tree.state()
  const next = new Frontier({ size, frontier })
  for (const leaf of leaves.slice(77)) next.push(leaf)
  assert.deepEqual(next.root(), rootOf(leaves))
  assert.equal(tree.size, 77)
})

test('every leaf of every tree has an inclusion proof, and it proves no other leaf, size or root', () => {
  for (let size = 1; size <= 40; size += 1) {
    const tree = leaves.slice(0, size)
    const root = rootOf(tree)
    for (const [index, leaf] of tree.entries()) {
      const proof = prove(inclusionRanges(index, size), tree)
      assert.ok(verifyInclusion(leaf, index, size, proof, root), `${index} of ${size}`)
      assert.ok(!verifyInclusion(leaf, index + 1, size, proof, root))
      assert.ok(!verifyInclusion(leaf, index, size * 2 + 1, proof, root))
      assert.ok(!verifyInclusion(leaf, index, size, [...proof, root], root))
      assert.ok(size === 1 || !verifyInclusion(leaf, index, size, proof.slice(1), root))
      assert.ok(!verifyInclusion(leafHash(leaf), index, size, proof, root))
    }
  }
})

test('every tree has a consistency proof to every larger one, and it proves no other', () => {
  for (let to = 1; to <= 64; to += 1) {
    const larger = { size: to, root: rootOf(leaves.slice(0, to)) }
    for (let from = 1; from <= to; from += 1) {
      const smaller = { size: from, root: rootOf(leaves.slice(0, from)) }
      const proof = prove(consistencyRanges(from, to), leaves.slice(0, to))
      assert.ok(verifyConsistency(smaller, larger, proof), `${from} to ${to}`)
      assert.ok(!verifyConsistency(smaller, { ...larger, root: EMPTY_ROOT }, proof))
      assert.ok(!verifyConsistency({ ...smaller, root: EMPTY_ROOT }, larger, proof))
      assert.ok(!verifyConsistency(smaller, larger, [...proof, EMPTY_ROOT]))
      assert.ok(!verifyConsistency({ ...smaller, size: 0 }, larger, proof))
    }
  }
})

test('a proof with a hash that is not 32 bytes long is none', () => {
  const [first, second] = leaves as [Buffer, Buffer]
  const root = nodeHash(first, second)
  assert.ok(verifyInclusion(first, 0, 2, [second], root))
  assert.ok(!verifyInclusion(first, 0, 2, [second.subarray(0, 31)], root))
  assert.ok(!verifyInclusion(first, 0, 2, [Buffer.alloc(0)], root))
  const grown = { size: 2, root }
  assert.ok(!verifyConsistency({ size: 1, root: first }, grown, [second.subarray(0, 31)]))
})

/** RFC 6962 2.1 word for word. */
function definedRoot(tree: readonly Buffer[]): Buffer {
  if (tree.length === 1) return tree[0] as Buffer
  let split = 1
  while (split * 2 < tree.length) split *= 2
  return nodeHash(definedRoot(tree.slice(0, split)), definedRoot(tree.slice(split)))
}

function prove(ranges: readonly LeafRange[], tree: readonly Buffer[]): Buffer[] {
  const roots = new RangeRoots(ranges)
  for (const leaf of tree) roots.push(leaf)
  return roots.roots()
}

function bytes(base64: string): Buffer {
  return Buffer.from(base64, 'base64')
}

function all(proof: readonly string[] | null): Buffer[] {
  return (proof ?? []).map(bytes)
}
