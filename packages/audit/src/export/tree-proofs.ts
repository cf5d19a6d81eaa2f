import { formatConsistency } from '../consistency-proof.ts'
import { consistencyRanges, inclusionRanges, RangeRoots } from '../proofs.ts'
import { readLeaves } from '../verify/log-leaves.ts'

/** The root that a log had at a size, base64, and the proof that it only grew from there to another. */
export async function growthProof(dir: string, from: number, to: number): Promise<string> {
  const roots = new RangeRoots(consistencyRanges(from, to))
  await readLeaves(dir, to, (leaf) => roots.push(leaf))
  return formatConsistency({ from, to, hashes: roots.roots() })
}

/** The hashes that lead from an entry to the root of a tree. */
export async function inclusionHashes(dir: string, seq: number, size: number): Promise<Buffer[]> {
  const roots = new RangeRoots(inclusionRanges(seq, size))
  await readLeaves(dir, size, (leaf) => roots.push(leaf))
  return roots.roots()
}
