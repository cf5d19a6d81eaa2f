import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { paddedSize } from './entry.ts'
import { readPublicKeys } from './log-file.ts'
import { inclusionRanges, RangeRoots } from './proofs.ts'
import { formatTlogProof } from './tlog-proof.ts'
import { readLogFolder } from './verify/log-folder.ts'
import { readLeaves } from './verify/log-leaves.ts'
import { readSmallFile } from './verify/small-file.ts'

interface Rotation {
  readonly seq: number
  readonly line: Buffer
}

interface Signed {
  readonly text: string
  readonly checkpoint: Checkpoint
}

const ROTATE = '"action":"audit.key_rotate"'

/**
 * Proofs (C2SP tlog-proof) of the entries among the first `size` by which one key handed over to the next, each against the checkpoint that
 * both signed: who has the first key only can follow them. Those that have expired are left out.
 */
export async function proveHandovers(dir: string, size: number): Promise<string[]> {
  if ((await readPublicKeys(dir)).length < 2) return []
  const rotations: Rotation[] = []
  await readLeaves(dir, size, (_leaf, seq, line) => {
    if (line?.includes(ROTATE)) rotations.push({ seq, line: Buffer.from(line) })
  })
  const { checkpoints } = await readLogFolder(dir)
  const asked = rotations.flatMap(({ seq, line }) => {
    const signed = signedAfter(dir, seq, checkpoints)
    if (signed === undefined) return []
    return [
      { seq, line, signed, roots: new RangeRoots(inclusionRanges(seq, signed.checkpoint.size)) },
    ]
  })
  const last = Math.max(0, ...asked.map(({ signed }) => signed.checkpoint.size))
  await readLeaves(dir, last, (leaf) => {
    for (const { roots } of asked) roots.push(leaf)
  })
  return asked.map(({ seq, line, signed, roots }) =>
    formatTlogProof({ index: seq, hashes: roots.roots(), checkpoint: signed.text, extra: line }),
  )
}

/** The first checkpoint under the new key, which the old one signed too. */
function signedAfter(dir: string, seq: number, sizes: readonly number[]): Signed | undefined {
  const size = sizes.find((kept) => kept > seq)
  if (size === undefined) return undefined
  const text = readSmallFile(join(dir, 'checkpoints', `${paddedSize(size)}.note`))?.toString()
  return text === undefined ? undefined : { text, checkpoint: parseCheckpoint(text) }
}
