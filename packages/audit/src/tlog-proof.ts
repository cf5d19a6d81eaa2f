import { fromBase64 } from './base64.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { AuditError } from './errors.ts'
import { HASH_BYTES, leafHash } from './merkle.ts'
import { verifyInclusion } from './proofs.ts'
import { verifyNote } from './signed-note.ts'
import type { VerifierKey } from './verifier-key.ts'

/** That one entry is in a log, in a form that can be verified without the log (C2SP tlog-proof). */
export interface TlogProof {
  readonly index: number
  /** From the leaf's sibling up to the root's child. */
  readonly hashes: readonly Buffer[]
  readonly checkpoint: SignedCheckpoint
  /** Ours: the entry's line. Nothing vouches for it but its hash. */
  readonly extra: Buffer | null
}

/** Why a proof does not hold; null where it holds. */
export type ProofFault = 'signature' | 'inclusion' | null

const HEADER = 'c2sp.org/tlog-proof@v1'
/** As many as a tree of 2^63 leaves needs. */
const MOST_HASHES = 63

/** A proof as a text. */
export function formatTlogProof(proof: {
  readonly index: number
  readonly hashes: readonly Uint8Array[]
  /** The signed note as it is. */
  readonly checkpoint: string
  readonly extra?: Uint8Array
}): string {
  const { index, hashes, checkpoint, extra } = proof
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${Buffer.from(extra).toString('base64')}`]),
    `index ${index}`,
    ...hashes.map((hash) => Buffer.from(hash).toString('base64')),
  ]
  return `${lines.join('\n')}\n\n${checkpoint}`
}

/** A proof from its text. Nothing is verified. Throws `AUDIT_PROOF_INVALID`, `AUDIT_NOTE_INVALID` or `AUDIT_CHECKPOINT_INVALID`. */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf('\n\n')
  if (end < 0) throw invalid('an empty line before the checkpoint')
  const [header, ...lines] = text.slice(0, end).split('\n')
  if (header !== HEADER) throw invalid(`the first line ${HEADER}`)
  const extra = lines[0]?.startsWith('extra ') ? bytesOf(lines.shift()?.slice(6)) : null
  const [, count] = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '') ?? []
  const index = Number(count)
  if (count === undefined || !Number.isSafeInteger(index)) throw invalid('a line "index N"')
  const hashes = lines.map(bytesOf)
  if (hashes.length > MOST_HASHES || hashes.some(({ length }) => length !== HASH_BYTES))
    throw invalid(`at most ${MOST_HASHES} hashes of ${HASH_BYTES} bytes`)
  return { index, hashes, checkpoint: parseCheckpoint(text.slice(end + 2)), extra }
}

/** Verifies that an entry's bytes are where the proof says, in a tree that one of the keys signed. */
export function verifyTlogProof(
  { index, hashes, checkpoint }: TlogProof,
  entry: Uint8Array,
  keys: readonly VerifierKey[],
): ProofFault {
  const trusted = keys.filter(({ name, kind }) => kind === 'note' && name === checkpoint.origin)
  const { verified, failed } = verifyNote(checkpoint.note, trusted)
  if (verified.length === 0 || failed.length > 0) return 'signature'
  const { size, root } = checkpoint
  return verifyInclusion(leafHash(entry), index, size, hashes, root) ? null : 'inclusion'
}

function bytesOf(base64 = ''): Buffer {
  const bytes = fromBase64(base64)
  if (bytes === undefined) throw invalid('base64')
  return bytes
}

function invalid(expected: string): AuditError {
  return new AuditError('AUDIT_PROOF_INVALID', `Expected a proof to have ${expected}`)
}
