import { AuditError } from './errors.ts'
import type { Signer } from './signer.ts'
import { rawPublicKey, verifierKey } from './verifier-key.ts'

/**
 * A signer under the name of a log: keys have the name of the log they sign for, and a stream's log is named after its parent's, with whose
 * key it may sign. Throws `AUDIT_KEY_INVALID` for the key of another log.
 */
export function renamedSigner(signer: Signer, origin: string): Signer {
  const { name, publicKey } = signer.key
  if (name === origin) return signer
  if (!origin.startsWith(`${name}/`)) {
    throw new AuditError(
      'AUDIT_KEY_INVALID',
      `Expected the key to be that of ${origin}, got the key of ${name}; give the right key file`,
    )
  }
  return { key: verifierKey(origin, rawPublicKey(publicKey)), sign: (bytes) => signer.sign(bytes) }
}
