import { fromBase64 } from './base64.ts'
import { AuditError } from './errors.ts'
import { HASH_BYTES } from './merkle.ts'
import { parseNote, type SignedNote, signNote } from './signed-note.ts'
import type { Signer } from './signer.ts'

/** What a log says about itself: so many entries, with this root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** The log's name. */
  readonly origin: string
  readonly size: number
  /** Root of the Merkle tree over the entries. */
  readonly root: Buffer
}

/** A checkpoint with its signatures, not verified yet. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: SignedNote
}

/** A checkpoint as the text that is signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

/** A checkpoint as a note with a signature of each signer. */
export function signCheckpoint(
  checkpoint: Checkpoint,
  signers: readonly Signer[],
): Promise<string> {
  return signNote(checkpointText(checkpoint), signers)
}

/** A checkpoint from a note. Its signatures are not verified. Throws `AUDIT_NOTE_INVALID` or `AUDIT_CHECKPOINT_INVALID`. */
export function parseCheckpoint(content: string | Uint8Array): SignedCheckpoint {
  const note = parseNote(content)
  return { ...parseCheckpointText(note.text), note }
}

/** A checkpoint from the text that is signed; lines after the third are left out. Throws `AUDIT_CHECKPOINT_INVALID`. */
function parseCheckpointText(text: string): Checkpoint {
  const [origin = '', count = '', base64 = '', ...extensions] = text.slice(0, -1).split('\n')
  const root = fromBase64(base64)
  const size = Number(count)
  if (origin === '') throw invalid('a first line with the origin', origin)
  if (!/^(0|[1-9]\d*)$/.test(count) || !Number.isSafeInteger(size))
    throw invalid('a second line with the number of entries', count)
  if (root?.length !== HASH_BYTES) throw invalid('a third line with the root in base64', base64)
  if (extensions.includes('')) throw invalid('no empty line', text)
  return { origin, size, root }
}

function invalid(expected: string, got: string): AuditError {
  return new AuditError(
    'AUDIT_CHECKPOINT_INVALID',
    `Expected a checkpoint to have ${expected}, got ${JSON.stringify(got.slice(0, 100))}`,
  )
}
