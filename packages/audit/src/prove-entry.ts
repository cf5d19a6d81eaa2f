import { join } from 'node:path'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { paddedSize } from './entry.ts'
import { AuditError } from './errors.ts'
import { proveHandovers } from './handovers.ts'
import { inclusionRanges, RangeRoots, verifyInclusion } from './proofs.ts'
import { formatTlogProof } from './tlog-proof.ts'
import { readLogFolder } from './verify/log-folder.ts'
import { readLeaves } from './verify/log-leaves.ts'
import { readSmallFile } from './verify/small-file.ts'

/** That an entry is in a log, for somebody who has neither the log nor a network. */
export interface EntryProof {
  readonly seq: number
  /** The entry's line. */
  readonly entry: string
  /** C2SP tlog-proof with the line as its extra data, and behind it what lets who has the first key only follow to the one that signed. */
  readonly proof: string
}

/**
 * Proves one entry against the newest checkpoint that covers it. Throws `AUDIT_ENTRY_NOT_FOUND` where the entry is not there, has expired or is
 * not signed yet, and `AUDIT_DAMAGED` where the log is not what the checkpoint was signed over.
 */
export async function proveEntry(dir: string, seq: number): Promise<EntryProof> {
  const { text, checkpoint } = await newestCheckpoint(dir)
  const { size, root } = checkpoint
  if (!Number.isSafeInteger(seq) || seq < 0 || seq >= size)
    throw notFound(`the newest checkpoint covers the entries from 0 to ${size - 1}, and not ${seq}`)
  const roots = new RangeRoots(inclusionRanges(seq, size))
  let entry: Buffer | undefined
  let leaf = ''
  await readLeaves(dir, size, (hash, at, line) => {
    roots.push(hash)
    if (at !== seq) return
    leaf = hash
    entry = line === null ? undefined : Buffer.from(line)
  })
  if (leaf !== '' && entry === undefined) throw notFound(`entry ${seq} has expired`)
  const hashes = roots.roots()
  if (entry === undefined || !verifyInclusion(Buffer.from(leaf, 'base64'), seq, size, hashes, root))
    throw new AuditError(
      'AUDIT_DAMAGED',
      `Expected ${dir} to be what its newest checkpoint was signed over; verify it`,
    )
  const handovers = await proveHandovers(dir, size)
  const proof = formatTlogProof({ index: seq, hashes, checkpoint: text, extra: entry, handovers })
  return { seq, entry: entry.toString(), proof }
}

/** The newest checkpoint of a log's folder, with the note as it is. Its signatures are not verified. Throws `AUDIT_LOG_NOT_FOUND`. */
export async function newestCheckpoint(
  dir: string,
): Promise<{ text: string; checkpoint: SignedCheckpoint }> {
  const { checkpoints } = await readLogFolder(dir)
  const kept = checkpoints.at(-1)
  const names = [
    'checkpoint',
    ...(kept === undefined ? [] : [`checkpoints/${paddedSize(kept)}.note`]),
  ]
  const found = names.flatMap((name) => {
    const text = readSmallFile(join(dir, name))?.toString()
    return text === undefined ? [] : [{ text, checkpoint: parseCheckpoint(text) }]
  })
  const [newest] = found.sort((a, b) => b.checkpoint.size - a.checkpoint.size)
  if (newest === undefined)
    throw new AuditError('AUDIT_LOG_NOT_FOUND', `Expected a checkpoint in ${dir}, found none`)
  return newest
}

function notFound(why: string): AuditError {
  return new AuditError('AUDIT_ENTRY_NOT_FOUND', `There is nothing to prove: ${why}`)
}
