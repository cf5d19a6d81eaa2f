import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { fromBase64 } from './base64.ts'
import { AuditError } from './errors.ts'
import {
  type KeyKind,
  parseVerifierKey,
  rawPublicKey,
  type VerifierKey,
  verifierKey,
} from './verifier-key.ts'

/** Who signs: a key at hand, or one in a key management service (Ed25519 over the bytes as they are). */
export interface Signer {
  readonly key: VerifierKey
  /** The 64 bytes of an Ed25519 signature. */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>
}

const PREFIX = 'PRIVATE+KEY+'
const SEED_BYTES = 32
/** What comes before the 32 bytes of an Ed25519 seed in its PKCS #8 form (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A new private key under a name, as one line: `PRIVATE+KEY+name+id+base64`. */
export function generateSigningKey(name: string, kind: KeyKind = 'note'): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { key } = signerOf(name, privateKey, kind)
  const typed = Buffer.concat([
    Buffer.of(kind === 'note' ? 0x01 : 0x04),
    privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_PREFIX.length),
  ])
  return `${PREFIX}${name}+${key.id}+${typed.toString('base64')}`
}

/** A signer from the line of a private key. Throws `AUDIT_KEY_INVALID`; the message never has the key. */
export function parseSigningKey(line: string): Signer {
  const [, name, id, base64] =
    /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(line.trim()) ?? []
  const bytes = base64 === undefined ? undefined : fromBase64(base64)
  const isKind = bytes?.[0] === 0x01 || bytes?.[0] === 0x04
  if (name === undefined || bytes?.length !== 1 + SEED_BYTES || !isKind)
    throw new AuditError(
      'AUDIT_KEY_INVALID',
      'Expected a private key of the form PRIVATE+KEY+name+id+base64 with an Ed25519 key; restore the key file',
    )
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, bytes.subarray(1)]),
    format: 'der',
    type: 'pkcs8',
  })
  const signer = signerOf(name, privateKey, bytes[0] === 0x01 ? 'note' : 'cosignature')
  if (signer.key.id !== id)
    throw new AuditError(
      'AUDIT_KEY_INVALID',
      `Expected the key id ${signer.key.id}, which name and key give, got ${id}; restore the key file`,
    )
  return signer
}

/** Whether a text looks like the line of a private key. */
export function isSigningKey(text: string): boolean {
  return text.trimStart().startsWith(PREFIX)
}

/** A signer in front of a service that holds the key. `vkey` is its public key as one line. */
export function remoteSigner(vkey: string, signBytes: Signer['sign']): Signer {
  return { key: parseVerifierKey(vkey), sign: signBytes }
}

function signerOf(name: string, privateKey: KeyObject, kind: KeyKind): Signer {
  return {
    key: verifierKey(name, rawPublicKey(createPublicKey(privateKey)), kind),
    sign: (bytes) => sign(null, bytes, privateKey),
  }
}
