import { verify } from 'node:crypto'
import { fromBase64 } from './base64.ts'
import { AuditError } from './errors.ts'
import type { Signer } from './signer.ts'
import { isKeyName, type VerifierKey } from './verifier-key.ts'

/** One signature of a note, not verified yet. */
export interface NoteSignature {
  readonly name: string
  /** Of the key, in hex. */
  readonly id: string
  readonly bytes: Buffer
  /** The signature as it stands in the note, with its line feed. */
  readonly line: string
}

/** A text and who is said to have signed it (C2SP signed-note). */
export interface SignedNote {
  /** With its last line feed; what is signed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** What verifying a note's signatures by known keys gave; those of unknown keys count for nothing. */
export interface NoteVerdict {
  readonly verified: readonly VerifiedSignature[]
  /** Known keys whose signature does not hold: the note is to be rejected. */
  readonly failed: readonly VerifierKey[]
}

/** A signature that holds. */
export interface VerifiedSignature {
  readonly key: VerifierKey
  /** Seconds since 1970, where the key is a witness's. */
  readonly time: number | null
  readonly line: string
}

const SIGNATURE_BYTES = 64
/** A note with more is refused: each known one costs a verification. */
const MOST_SIGNATURES = 64
const MOST_BYTES = 65_536

/** A note from its bytes. Throws `AUDIT_NOTE_INVALID`. */
export function parseNote(note: string | Uint8Array): SignedNote {
  const content = typeof note === 'string' ? note : utf8(note)
  const bytes = typeof note === 'string' ? Buffer.byteLength(note) : note.length
  // biome-ignore lint/suspicious/noControlCharactersInRegex: notes must not have them
  if (bytes > MOST_BYTES || /[\u0000-\u0009\u000b-\u001f]/.test(content))
    throw invalid(`at most ${MOST_BYTES} bytes, and no control characters`)
  const blank = content.lastIndexOf('\n\n')
  if (blank < 0 || !content.endsWith('\n')) throw invalid('a text, an empty line and signatures')
  const text = content.slice(0, blank + 1)
  const lines = content.slice(blank + 2, -1).split('\n')
  if (lines.length > MOST_SIGNATURES) throw invalid(`at most ${MOST_SIGNATURES} signatures`)
  return { text, signatures: lines.map(parseSignature) }
}

/** Verifies a note's signatures by those of the keys that signed it. */
export function verifyNote(
  { text, signatures }: SignedNote,
  keys: readonly VerifierKey[],
): NoteVerdict {
  const verified: VerifiedSignature[] = []
  const failed: VerifierKey[] = []
  for (const { name, id, bytes, line } of signatures) {
    const key = keys.find((known) => known.name === name && known.id === id)
    if (key === undefined) continue
    const time = key.kind === 'cosignature' ? cosignatureTime(bytes) : null
    if (holds(text, key, bytes, time)) verified.push({ key, time, line })
    else failed.push(key)
  }
  return { verified, failed }
}

/** The note that all these sign. Throws `AUDIT_NOTE_INVALID` where a text cannot be one. */
export async function signNote(text: string, signers: readonly Signer[]): Promise<string> {
  const lines = await Promise.all(signers.map((signer) => signatureLine(text, signer)))
  const note = `${text}\n${lines.join('')}`
  parseNote(note)
  return note
}

/** The line with which a signer signs a text; a witness's with the time (seconds since 1970). */
export async function signatureLine(
  text: string,
  signer: Signer,
  time: number = Math.floor(Date.now() / 1000),
): Promise<string> {
  const { key } = signer
  const isWitness = key.kind === 'cosignature'
  const message = isWitness ? cosigned(text, time) : text
  const signature = await signer.sign(Buffer.from(message))
  if (signature.length !== SIGNATURE_BYTES)
    throw invalid(`a signature of ${SIGNATURE_BYTES} bytes from the signer ${key.name}`)
  const stamp = Buffer.alloc(isWitness ? 8 : 0)
  if (isWitness) stamp.writeBigUInt64BE(BigInt(time))
  const bytes = Buffer.concat([Buffer.from(key.id, 'hex'), stamp, signature])
  return `— ${key.name} ${bytes.toString('base64')}\n`
}

function parseSignature(line: string): NoteSignature {
  const [, name = '', base64 = ''] = /^— (\S+) (\S+)$/.exec(line) ?? []
  const bytes = fromBase64(base64)
  if (!isKeyName(name) || bytes === undefined || bytes.length < 5)
    throw invalid('lines of the form "— name base64" after the last empty line')
  return { name, id: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4), line: `${line}\n` }
}

function holds(text: string, key: VerifierKey, bytes: Buffer, time: number | null): boolean {
  if (key.kind === 'note') return verify(null, Buffer.from(text), key.publicKey, bytes)
  if (time === null) return false
  return verify(null, Buffer.from(cosigned(text, time)), key.publicKey, bytes.subarray(8))
}

/** What a witness signs (C2SP tlog-cosignature). */
function cosigned(text: string, time: number): string {
  return `cosignature/v1\ntime ${time}\n${text}`
}

function cosignatureTime(bytes: Buffer): number | null {
  if (bytes.length !== 8 + SIGNATURE_BYTES) return null
  const time = Number(bytes.readBigUInt64BE(0))
  return Number.isSafeInteger(time) ? time : null
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw invalid('valid UTF-8', cause)
  }
}

function invalid(expected: string, cause?: unknown): AuditError {
  return new AuditError('AUDIT_NOTE_INVALID', `Expected a signed note to have ${expected}`, {
    cause,
  })
}
