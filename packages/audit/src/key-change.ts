import { resolve } from 'node:path'
import type { Appended } from './batch.ts'
import type { Checkpoints, SignedState } from './checkpoints.ts'
import { AuditError } from './errors.ts'
import type { AuditActor } from './event.ts'
import { carriedContentKey, checkOutside, readOrMakeKeyFile } from './key-file.ts'
import { readLogFile, readPublicKeys, writeLogFile, writePublicKeys } from './log-file.ts'
import { type CheckedOptions, check, contentKeyPath, isText } from './options.ts'
import type { Signer } from './signer.ts'
import { renamedSigner } from './signer-name.ts'
import type { SystemEntry } from './system-entry.ts'
import type { VerifierKey } from './verifier-key.ts'

/** Which key signs from now on: a file (made where it does not exist), or a signer. */
export interface KeyChange {
  readonly key: string | Signer
  readonly reason?: string
  readonly actor?: AuditActor
}

/** Which key was stolen, as a line, and the size up to which its signatures still count. */
export interface KeyRevocation {
  readonly key: string
  readonly trustedSize: number
  readonly reason: string
  readonly actor?: AuditActor
}

interface Log {
  readonly dir: string
  readonly origin: string
  readonly options: CheckedOptions
  readonly checkpoints: Checkpoints
}

type AppendSystem = (entry: SystemEntry, isLast?: boolean) => Promise<Appended>

/** Says in the log that another key signs from the next entry on, and signs a checkpoint with both. */
export async function rotateKey(
  log: Log,
  { key, reason, actor }: KeyChange,
  append: AppendSystem,
): Promise<SignedState> {
  const { dir, origin, options, checkpoints } = log
  const signer = renamedSigner(await signerOf(dir, origin, key), origin)
  const old = checkpoints.signerKey.vkey
  if (signer.key.vkey === old) {
    const message =
      'Expected `key` to be another key than the one in use; give the path of a new file'
    throw new AuditError('AUDIT_OPTION_INVALID', message)
  }
  const contentKey =
    typeof key === 'string' ? await carriedContentKey(options, key) : contentKeyPath(options)
  const say = async (inForce: VerifierKey): Promise<unknown> => {
    // Before the new key is in force: a crash right after that must leave no log whose content key is looked for beside the new one.
    await keepContentKey(dir, contentKey)
    return append(
      {
        action: 'audit.key_rotate',
        sys: { new: signer.key.vkey, old: inForce.vkey },
        ...(reason !== undefined && { reason }),
        ...(actor !== undefined && { actor }),
      },
      true,
    )
  }
  return checkpoints.rotate(signer, say, () => keepKey(dir, signer.key, key))
}

/** Writes down beside the log which key is in force now. */
export async function keepKey(
  dir: string,
  key: VerifierKey,
  source: string | Signer,
): Promise<void> {
  const known = await readPublicKeys(dir)
  if (known.at(-1)?.vkey !== key.vkey) await writePublicKeys(dir, [...known, key])
  const file = await readLogFile(dir)
  if (file !== undefined) await writeLogFile(dir, { ...file, key: pathOf(source) })
}

/** Writes down where the content key is, once another private key is in force. */
async function keepContentKey(dir: string, path: string | undefined): Promise<void> {
  const file = await readLogFile(dir)
  if (file === undefined || path === undefined) return
  await writeLogFile(dir, { ...file, contentKey: resolve(path) })
}

/** Says in the log that a key is not to be trusted beyond a size. Throws `AUDIT_OPTION_INVALID`. */
export async function revokeKey(
  { dir, checkpoints }: Log,
  { key, trustedSize, reason, actor }: KeyRevocation,
  append: AppendSystem,
): Promise<void> {
  const known = await readPublicKeys(dir)
  // An entry stays: one that names what is no key, or the key that signs it, would be a failure for good.
  check('key', key, "a line of the log's public.vkey", (line) =>
    known.some(({ vkey }) => vkey === line),
  )
  check(
    'key',
    key,
    'another key than the one in use; rotate before',
    (line) => checkpoints.signerKey.vkey !== line,
  )
  check('trustedSize', trustedSize, 'a whole number from 0 up', isSize)
  check('reason', reason, 'why it is not trusted any more', isText)
  await append({
    action: 'audit.key_revoke',
    sys: { key, trusted_size: trustedSize },
    reason,
    ...(actor !== undefined && { actor }),
  })
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

async function signerOf(dir: string, origin: string, key: string | Signer): Promise<Signer> {
  if (typeof key !== 'string') return key
  checkOutside(dir, key)
  return readOrMakeKeyFile(key, origin)
}

function pathOf(key: string | Signer): string | null {
  return typeof key === 'string' ? resolve(key) : null
}
