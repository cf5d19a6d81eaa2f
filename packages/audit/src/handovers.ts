import { join } from 'node:path'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { paddedSize } from './entry.ts'
import { readPublicKeys } from './log-file.ts'
import { inclusionRanges, RangeRoots } from './proofs.ts'
import { formatTlogProof } from './tlog-proof.ts'
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
 * ends with it, which both signed: who has the first key only can follow them. Those that have expired, or that nothing signed then, are left out.
 */
export async function proveHandovers(dir: string, size: number): Promise<string[]> {
  if ((await readPublicKeys(dir)).length < 2) return []
  const rotations: Rotation[] = []
  await readLeaves(dir, size, (_leaf, seq, line) => {
    if (line?.includes(ROTATE)) rotations.push({ seq, line: Buffer.from(line) })
  })
  const asked = rotations.flatMap(({ seq, line }) => {
    const signed = signedAt(dir, seq + 1)
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

/** The checkpoint of a size. */
function signedAt(dir: string, size: number): Signed | undefined {
  const text = readSmallFile(join(dir, 'checkpoints', `${paddedSize(size)}.note`))?.toString()
  return text === undefined ? undefined : { text, checkpoint: parseCheckpoint(text) }
}
