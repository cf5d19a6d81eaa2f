import type { Checkpoint } from './checkpoint.ts'
import { AuditError } from './errors.ts'
import { Frontier, leafHash, leafHashWithin } from './merkle.ts'
import { readLeaves } from './verify/log-leaves.ts'

const LF = 0x0a

/** Adds whole lines to a tree and says how many they were. The line feeds in `lines` are overwritten. */
export function growTree(tree: Frontier, lines: Buffer): number {
  let count = 0
  let start = 0
  for (let end = lines.indexOf(LF); end >= 0; end = lines.indexOf(LF, start)) {
    tree.push(start === 0 ? leafHash(lines.subarray(0, end)) : leafHashWithin(lines, start, end))
    count += 1
    start = end + 1
  }
  return count
}

/**
 * The tree of a log's first entries, held against a checkpoint of it that is kept elsewhere. Throws `AUDIT_FORK` where the two are different
 * histories, `AUDIT_TRUNCATED` where the log has fewer entries, `AUDIT_LOG_NOT_FOUND`.
 */
export async function treeAt(
  dir: string,
  { size, root }: Omit<Checkpoint, 'origin'>,
): Promise<Frontier> {
  const tree = new Frontier()
  const found = size === 0 ? 0 : await readLeaves(dir, size, (leaf) => tree.push(leaf))
  if (found < size)
    throw new AuditError(
      'AUDIT_TRUNCATED',
      `${dir} has ${found} entries, but a checkpoint of it elsewhere was signed over ${size}: it was put back or cut; restore it from there`,
    )
  if (size > 0 && !tree.root().equals(root))
    throw new AuditError(
      'AUDIT_FORK',
      `${dir} and a checkpoint of ${size} entries elsewhere are two different histories of one log; keep both, and find out who wrote the other`,
    )
  return tree
}
