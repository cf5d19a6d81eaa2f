import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readFile, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AuditError, systemCode } from './errors.ts'

/** Windows has neither. */
const NO_LINK = constants.O_NOFOLLOW ?? 0
const NO_WAIT = constants.O_NONBLOCK ?? 0

/** Writes a file as a whole: after a crash there is the old one or the new one, and once this resolves the new one. */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  mode = 0o640,
): Promise<void> {
  const whole = `${path}.tmp`
  await writeSynced(whole, data, mode).catch(async (error) => {
    if (systemCode(error) !== 'ELOOP') throw error
    // Somebody put a link there.
    await unlink(whole)
    await writeSynced(whole, data, mode)
  })
  await rename(whole, path)
  await syncFolder(dirname(path))
}

/** Writes a file under its own name, never through a link, and syncs it; the folder is not synced. */
export async function writeSynced(
  path: string,
  data: string | Uint8Array,
  mode = 0o640,
): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC } = constants
  const file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | NO_LINK, mode)
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Puts zeros in the place of a file's bytes; never through a link, nor into what has another name, too. Flash memory, snapshots and backups may still have them. */
export async function overwrite(path: string): Promise<void> {
  const found = await lstat(path)
  if (!found.isFile() || found.nlink > 1) return
  const file = await open(path, constants.O_RDWR | NO_LINK | NO_WAIT)
  try {
    const { size } = await file.stat()
    await file.write(Buffer.alloc(size), 0, size, 0)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes what was created, renamed or removed in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await openFolder(path)
  if (folder === undefined) return
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Windows cannot open folders, and needs no sync of them. */
async function openFolder(path: string): Promise<FileHandle | undefined> {
  if (process.platform === 'win32') return undefined
  return open(path, constants.O_RDONLY | constants.O_DIRECTORY)
}

/** A file's bytes; undefined where there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(unlessMissing)
}

/** The same for a file of a log's folder, where what stands in its place may be a pipe, which is not waited for. Throws `AUDIT_DAMAGED`. */
export async function readRegularIfThere(path: string): Promise<Buffer | undefined> {
  return readRegular(path, 0)
}

/** The same for a file that only this log writes: a link in its place is not followed. Throws `AUDIT_DAMAGED`. */
export async function readOwnIfThere(path: string): Promise<Buffer | undefined> {
  return readRegular(path, NO_LINK)
}

async function readRegular(path: string, more: number): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | NO_WAIT | more).catch((error) => {
    if (systemCode(error) === 'ELOOP') throw notRegular(path)
    return unlessMissing(error)
  })
  if (file === undefined) return undefined
  try {
    if ((await file.stat()).isFile()) return await file.readFile()
  } finally {
    await file.close()
  }
  throw notRegular(path)
}

function notRegular(path: string): AuditError {
  return new AuditError(
    'AUDIT_DAMAGED',
    `Expected ${path} to be a regular file; restore it from a copy`,
  )
}

/** Removes a file that may not be there. */
export async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch(unlessMissing)
}

function unlessMissing(error: unknown): undefined {
  if (systemCode(error) === 'ENOENT') return undefined
  throw error
}
