import { randomBytes } from 'node:crypto'
import { chmod, link, stat } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { readIfThere, removeIfThere, syncFolder, writeSynced } from './durable-file.ts'
import { AuditError, systemCode } from './errors.ts'
import { makeFolder } from './folder.ts'
import { type CheckedOptions, contentKeyPath, realPath } from './options.ts'
import { generateSigningKey, parseSigningKey, type Signer } from './signer.ts'

/** The signer of a private key file (one C2SP signer key, mode 0600). Throws `AUDIT_KEY_MISSING` and `AUDIT_KEY_INVALID`. */
export async function readKeyFile(path: string): Promise<Signer> {
  const text = await readSecret(path)
  if (text === undefined) {
    throw new AuditError(
      'AUDIT_KEY_MISSING',
      `Expected the private key of the log in ${path}, which does not exist; give its path or restore it`,
    )
  }
  return parseSigningKey(text)
}

/** The same, but made where there is none. Processes that start together agree on one key. */
export async function readOrMakeKeyFile(path: string, origin: string): Promise<Signer> {
  const text = (await readSecret(path)) ?? (await makeSecret(path, generateSigningKey(origin)))
  return parseSigningKey(text)
}

const CONTENT_KEY = /^[0-9a-f]{64}\n?$/

/** The 32 bytes of a content key file (64 hex digits, mode 0600); made where there is none and `isNew` allows. */
export async function readContentKey(path: string, isNew: boolean): Promise<Buffer> {
  const known = await readSecret(path)
  if (known === undefined && !isNew) {
    throw new AuditError(
      'AUDIT_KEY_MISSING',
      `Expected the content key of the log in ${path}, which does not exist; give its path or restore it: without it no kept content can be read`,
    )
  }
  const text = known ?? (await makeSecret(path, randomBytes(32).toString('hex')))
  if (!CONTENT_KEY.test(text)) {
    throw new AuditError('AUDIT_KEY_INVALID', `Expected ${path} to hold 64 hex digits; restore it`)
  }
  return Buffer.from(text.trim(), 'hex')
}

/**
 * Where the content key is once the next private key is in force: one that lies beside the private key is put beside the next,
 * where that lies in another folder. Throws `AUDIT_KEY_INVALID` where another one lies there.
 */
export async function carriedContentKey(
  paths: Pick<CheckedOptions, 'key' | 'contentKey'>,
  next: string,
): Promise<string | undefined> {
  const { key } = paths
  const path = contentKeyPath(paths)
  if (path === undefined || typeof key !== 'string') return path
  const [folder, own, other] = [resolve(path), realPath(key), realPath(next)].map(dirname)
  if (folder !== own || folder === other) return path
  const text = await readSecret(path)
  if (text === undefined) return path
  const target = `${realPath(next)}.content`
  const there = (await readSecret(target)) ?? (await makeSecret(target, text.trim()))
  if (there.trim() === text.trim()) return target
  throw new AuditError(
    'AUDIT_KEY_INVALID',
    `Expected ${target} to be the content key of this log, or not to exist, got another; give another path for the new key`,
  )
}

/** Throws `AUDIT_OPTION_INVALID` where a secret would lie in the log's own folder, with which it is copied and shipped. */
export function checkOutside(dir: string, path: string): void {
  if (!resolve(path).startsWith(resolve(dir) + sep)) return
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    `Expected the key ${path} to lie outside ${dir}, because whoever gets a copy of the log would get the key; give another path`,
  )
}

async function readSecret(path: string): Promise<string | undefined> {
  const bytes = await readIfThere(path)
  if (bytes === undefined) return undefined
  const { mode } = await stat(path)
  // Others' rights on a key were not meant; on Windows modes mean nothing.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(path, 0o600)
  return bytes.toString('utf8')
}

/** Written whole under another name and then linked, so that nobody reads half a key and only one process wins. */
async function makeSecret(path: string, text: string): Promise<string> {
  const whole = `${path}.${randomBytes(4).toString('hex')}.tmp`
  await makeFolder(dirname(path), 0o700)
  await writeSynced(whole, `${text}\n`, 0o600)
  try {
    await link(whole, path)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  } finally {
    await removeIfThere(whole)
  }
  await syncFolder(dirname(path))
  return (await readSecret(path)) as string
}
