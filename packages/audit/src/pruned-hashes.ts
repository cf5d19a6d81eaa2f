import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from './errors.ts'
import { namesIn } from './folder.ts'
import { HASH_BYTES } from './merkle.ts'

/** Leaf hashes of the entries before a sequence number, whose segments were deleted. Throws `AUDIT_DAMAGED` where some are missing. */
export async function prunedLeaves(dir: string, before: number): Promise<Buffer[]> {
  const leaves: Buffer[] = []
  if (before === 0) return leaves
  const folder = join(dir, 'hashes')
  const names = (await namesIn(folder)).filter((name) => /^\d{20}\.bin$/.test(name)).sort()
  for (const name of names) {
    if (Number(name.slice(0, 20)) !== leaves.length || leaves.length >= before) continue
    leaves.push(...hashesIn(await readFile(join(folder, name))))
  }
  if (leaves.length < before) {
    throw new AuditError(
      'AUDIT_DAMAGED',
      `The entries before ${before} of ${dir} are missing, and so are their hashes; restore them from a copy`,
    )
  }
  return leaves.slice(0, before)
}

/** The hashes in the bytes of a file. */
function hashesIn(bytes: Buffer): Buffer[] {
  const hashes: Buffer[] = []
  for (let at = 0; at + HASH_BYTES <= bytes.length; at += HASH_BYTES) {
    hashes.push(bytes.subarray(at, at + HASH_BYTES))
  }
  return hashes
}
