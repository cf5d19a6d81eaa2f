import { fromBase64 } from './base64.ts'
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { AuditError } from './errors.ts'
import { HASH_BYTES, leafHash } from './merkle.ts'
import { verifyInclusion } from './proofs.ts'
import { verifyNote } from './signed-note.ts'
import { parseVerifierKey, type VerifierKey } from './verifier-key.ts'

/** That one entry is in a log, in a form that can be verified without the log (C2SP tlog-proof). */
export interface TlogProof {
  readonly index: number
  /** From the leaf's sibling up to the root's child. */
  readonly hashes: readonly Buffer[]
  readonly checkpoint: SignedCheckpoint
  /** Ours: the entry's line. Nothing vouches for it but its hash. */
  readonly extra: Buffer | null
  /** Ours, in the extra data behind the line: proofs of the entries by which one key handed over to the next. */
  readonly handovers: readonly TlogProof[]
}

/** Why a proof does not hold; null where it holds. */
export type ProofFault = 'signature' | 'inclusion' | null

const HEADER = 'c2sp.org/tlog-proof@v1'
const HANDOVER = '\nhandover '
const MOST_HANDOVERS = 64
/** As many as a tree of 2^63 leaves needs. */
const MOST_HASHES = 63

/** A proof as a text. */
export function formatTlogProof(proof: {
  readonly index: number
  readonly hashes: readonly Uint8Array[]
  /** The signed note as it is. */
  readonly checkpoint: string
  readonly extra?: Uint8Array
  readonly handovers?: readonly string[]
}): string {
  const { index, hashes, checkpoint, handovers = [] } = proof
  const behind = handovers.map((text) => `${HANDOVER}${Buffer.from(text).toString('base64')}`)
  const extra = proof.extra && Buffer.concat([proof.extra, Buffer.from(behind.join(''))])
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${extra.toString('base64')}`]),
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
  const data = lines[0]?.startsWith('extra ') ? bytesOf(lines.shift()?.slice(6)) : null
  const { extra, handovers } = partsOf(data)
  const [, count] = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '') ?? []
  const index = Number(count)
  if (count === undefined || !Number.isSafeInteger(index)) throw invalid('a line "index N"')
  const hashes = lines.map(bytesOf)
  if (hashes.length > MOST_HASHES || hashes.some(({ length }) => length !== HASH_BYTES))
    throw invalid(`at most ${MOST_HASHES} hashes of ${HASH_BYTES} bytes`)
  return { index, hashes, checkpoint: parseCheckpoint(text.slice(end + 2)), extra, handovers }
}

/** The line, and what is behind it. A proof of a handover has none of its own. */
function partsOf(data: Buffer | null): Pick<TlogProof, 'extra' | 'handovers'> {
  const cut = data === null ? -1 : data.indexOf(HANDOVER)
  if (data === null || cut < 0) return { extra: data, handovers: [] }
  const texts = data.toString('latin1', cut + HANDOVER.length).split(HANDOVER)
  if (texts.length > MOST_HANDOVERS) throw invalid(`at most ${MOST_HANDOVERS} handovers`)
  const bodies = texts.map((text) => bytesOf(text).toString())
  return { extra: data.subarray(0, cut), handovers: bodies.map(parseHandover) }
}

function parseHandover(text: string): TlogProof {
  const proof = parseTlogProof(text)
  if (proof.handovers.length > 0) throw invalid('no handover within a handover')
  return proof
}

/** Verifies that an entry's bytes are where the proof says, in a tree that one of the keys signed, or one to which they handed over. */
export function verifyTlogProof(
  proof: TlogProof,
  entry: Uint8Array,
  keys: readonly VerifierKey[],
): ProofFault {
  const { origin } = proof.checkpoint
  const trusted = keys.filter(({ name, kind }) => kind === 'note' && name === origin)
  for (const handover of proof.handovers) {
    const next = handedOver(handover, trusted)
    if (next !== undefined) trusted.push(next)
  }
  return verifyProof(proof, entry, trusted)
}

/**
 * The key that a proven entry lets sign in place of a trusted one; undefined where it does not. Both have to sign a tree that ends with the entry: a
 * writer that finds one which it did not write signs no such tree.
 */
export function handedOver(
  proof: TlogProof,
  trusted: readonly VerifierKey[],
): VerifierKey | undefined {
  const { index, checkpoint, extra } = proof
  const line = extra ?? Buffer.alloc(0)
  if (index !== checkpoint.size - 1 || verifyProof(proof, line, trusted) !== null) return undefined
  try {
    const { action, sys } = JSON.parse(line.toString()) as Record<string, Record<string, unknown>>
    const isTrusted = trusted.some(({ vkey }) => vkey === sys?.old)
    if (String(action) !== 'audit.key_rotate' || !isTrusted) return undefined
    const next = parseVerifierKey(String(sys?.new))
    const hasSigned = verifyNote(checkpoint.note, [next]).verified.length > 0
    return hasSigned && next.name === checkpoint.origin ? next : undefined
  } catch {
    return undefined
  }
}

function verifyProof(
  { index, hashes, checkpoint }: TlogProof,
  entry: Uint8Array,
  trusted: readonly VerifierKey[],
): ProofFault {
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
