import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { fromBase64 } from './base64.ts'
import { AuditError } from './errors.ts'

/** What a key signs: notes as they are (`0x01`, C2SP signed-note), or checkpoints with a time as a witness does (`0x04`, C2SP tlog-cosignature). */
export type KeyKind = 'note' | 'cosignature'

/** A public Ed25519 key with the name under which it signs. */
export interface VerifierKey {
  readonly name: string
  readonly kind: KeyKind
  /** First 4 bytes of the SHA-256 of name, kind and key, in hex. */
  readonly id: string
  readonly publicKey: KeyObject
  /** The key as one line: `name+id+base64` (C2SP vkey). */
  readonly vkey: string
}

const KIND_BYTES: Readonly<Record<KeyKind, number>> = { note: 0x01, cosignature: 0x04 }
const KEY_BYTES = 32
/** What comes before the 32 bytes of an Ed25519 key in its SPKI form (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** A key from its line. Throws `AUDIT_KEY_INVALID`. */
export function parseVerifierKey(line: string): VerifierKey {
  const text = line.trim()
  // The key's base64 may have a plus of its own; names have none.
  const [, name, id, base64] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? []
  const bytes = base64 === undefined ? undefined : fromBase64(base64)
  const kind = kindOf(bytes?.[0])
  if (name === undefined || bytes?.length !== 1 + KEY_BYTES || kind === undefined)
    throw invalid('Expected a key of the form name+id+base64 with an Ed25519 key', text)
  const key = verifierKey(name, bytes.subarray(1), kind)
  if (key.id !== id)
    throw invalid(`Expected the key id ${key.id}, which name and key give, got ${id}`, text)
  return key
}

/** The key of a log, which signs notes. Throws `AUDIT_KEY_INVALID`. */
export function parseLogKey(line: string): VerifierKey {
  const key = parseVerifierKey(line)
  if (key.kind !== 'note') throw invalid('Expected the key of a log, got that of a witness', line)
  return key
}

/** A key from its 32 bytes. Throws `AUDIT_KEY_INVALID` where no note can carry the name. */
export function verifierKey(name: string, bytes: Uint8Array, kind: KeyKind = 'note'): VerifierKey {
  if (!isKeyName(name))
    throw invalid('Expected a name without spaces, pluses and control characters', name)
  const typed = Buffer.concat([Buffer.of(KIND_BYTES[kind]), bytes])
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8)
  let publicKey: KeyObject | undefined
  return {
    name,
    kind,
    id,
    vkey: `${name}+${id}+${typed.toString('base64')}`,
    // Made when it is first used: most keys are only compared.
    get publicKey() {
      publicKey ??= createPublicKey({
        key: Buffer.concat([SPKI_PREFIX, bytes]),
        format: 'der',
        type: 'spki',
      })
      return publicKey
    },
  }
}

/** The 32 bytes of a public Ed25519 key. */
export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length)
}

/** Whether a note can carry a signature under this name. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\s+\p{Cc}\u0085]/u.test(name)
}

function kindOf(byte: number | undefined): KeyKind | undefined {
  if (byte === KIND_BYTES.note) return 'note'
  return byte === KIND_BYTES.cosignature ? 'cosignature' : undefined
}

function invalid(expected: string, got: string): AuditError {
  const shown = got.length > 120 ? `${got.slice(0, 117)}...` : got
  return new AuditError('AUDIT_KEY_INVALID', `${expected}, got ${JSON.stringify(shown)}`)
}
