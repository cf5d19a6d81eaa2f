import { createPublicKey } from 'node:crypto'
import { AuditError } from '../errors.ts'
import { isSigningKey } from '../signer.ts'
import { parseLogKey, rawPublicKey, type VerifierKey, verifierKey } from '../verifier-key.ts'

/** The lines of a file of keys, without what is none: empty lines, lines that begin with `#`, a byte order mark, and what editors add to a line's end. */
export function keyLines(text: string): string[] {
  const lines = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.replaceAll(/^[ \t\r]+|[ \t\r]+$/g, ''))
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}

/**
 * The keys in a text: lines of public keys, or a public key as PEM, which has no name and gets the log's. Throws `AUDIT_KEY_INVALID`, also for
 * a private key.
 */
export function parseTrustedKeys(text: string, origin: string): VerifierKey[] {
  const lines = keyLines(text)
  if (lines.some(isPrivate))
    throw new AuditError(
      'AUDIT_KEY_INVALID',
      "Expected public keys, got a private one, which must stay with the log's writer: give a copy of the log's public.vkey, and rotate the key where others may have read it",
    )
  if (lines[0]?.startsWith('-----BEGIN')) return [pemKey(lines.join('\n'), origin)]
  if (lines.length === 0)
    throw new AuditError('AUDIT_KEY_INVALID', 'Expected a public key, got nothing')
  return lines.map(parseLogKey)
}

function isPrivate(line: string): boolean {
  return isSigningKey(line) || /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line)
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
