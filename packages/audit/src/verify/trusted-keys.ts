import { createPublicKey } from 'node:crypto'
import { AuditError } from '../errors.ts'
import { isSigningKey, parseSigningKey } from '../signer.ts'
import { parseVerifierKey, rawPublicKey, type VerifierKey, verifierKey } from '../verifier-key.ts'

/**
 * The keys in a text: lines of public keys, the line of a private key (its public half counts), or a public key as PEM, which has
 * no name and gets the log's. Throws `AUDIT_KEY_INVALID`.
 */
export function parseTrustedKeys(text: string, origin: string): VerifierKey[] {
  if (text.includes('-----BEGIN')) return [pemKey(text, origin)]
  if (isSigningKey(text)) return [parseSigningKey(text).key]
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0)
    throw new AuditError('AUDIT_KEY_INVALID', 'Expected a public key, got nothing')
  return lines.map(parseVerifierKey)
}

function pemKey(pem: string, origin: string): VerifierKey {
  try {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return verifierKey(origin, rawPublicKey(key))
  } catch (cause) {
    throw new AuditError('AUDIT_KEY_INVALID', 'Expected a public key as PEM, got what is none', {
      cause,
    })
  }
  throw new AuditError('AUDIT_KEY_INVALID', 'Expected an Ed25519 key, got one of another kind')
}
