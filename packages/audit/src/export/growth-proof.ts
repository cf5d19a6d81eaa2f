import { formatConsistency } from '../consistency-proof.ts'
import { consistencyRanges, RangeRoots } from '../proofs.ts'
import { readLeaves } from '../verify/log-leaves.ts'

/** The proof that a log only grew from one size to another, as a text. */
export async function growthProof(dir: string, from: number, to: number): Promise<string> {
  const roots = new RangeRoots(consistencyRanges(from, to))
  await readLeaves(dir, to, (leaf) => roots.push(leaf))
  return formatConsistency({ from, to, hashes: roots.roots() })
}
