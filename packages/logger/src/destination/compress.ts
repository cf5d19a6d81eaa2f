import { createWriteStream } from 'node:fs'
import { type FileHandle, open, rename, stat, unlink, utimes } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { type Family, parseName, pathIn } from './file-names.ts'
import { isAlive, newOwner, OWNER_PATTERN } from './owner.ts'

/**
 * Compresses a rotated file to `NAME.gz`. If the process dies: before the rename the copy has a hidden name, which
 * `removeDeadRemains` deletes; after it both files are complete, and the plain one is removed the next time.
 */
export async function compress(family: Family, name: string): Promise<void> {
  const path = pathIn(family, name)
  const hidden = pathIn(family, `.${name}.gz.${newOwner()}.tmp`)
  const source = await open(path, 'r')
  try {
    const { mode, atime, mtime, ino, size } = await source.stat()
    await writeCompressed(source, hidden, mode & 0o777)
    await utimes(hidden, atime, mtime)
    await rename(hidden, `${path}.gz`)
    await syncFolder(family.folder)
    const now = await stat(path)
    if (now.ino === ino && now.size === size) await unlink(path)
  } catch (error) {
    await unlink(hidden).catch(() => {})
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  } finally {
    await source.close()
  }
}

/** Whether `PATH.gz` can be read to its end and holds as many bytes as the file at `path`. */
export async function isCompleteCopy(path: string): Promise<boolean> {
  const { createGunzip } = await import('node:zlib')
  const source = await open(`${path}.gz`, 'r')
  try {
    let bytes = 0
    const { size } = await stat(path)
    await pipeline(source.createReadStream(), createGunzip(), async (parts) => {
      for await (const part of parts as AsyncIterable<Buffer>) bytes += part.length
    })
    return bytes === size
  } catch {
    return false
  } finally {
    await source.close()
  }
}

/** Deletes half-made copies of processes that died. */
export async function removeDeadRemains(
  family: Family,
  slot: number,
  names: readonly string[],
): Promise<void> {
  const pattern = new RegExp(`^\\.(.+)\\.gz\\.(${OWNER_PATTERN})\\.tmp$`)
  for (const hidden of names) {
    const [, name, owner] = pattern.exec(hidden) ?? []
    if (name === undefined || owner === undefined || parseName(family, name)?.slot !== slot)
      continue
    const path = pathIn(family, hidden)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && !isAlive(owner, Date.now() - found.mtimeMs)) {
      await unlink(path).catch(() => {})
    }
  }
}

async function writeCompressed(source: FileHandle, path: string, mode: number): Promise<void> {
  // Loaded only where it is needed.
  const { createGzip } = await import('node:zlib')
  const target = createWriteStream(path, { flags: 'wx', mode, flush: true })
  await pipeline(source.createReadStream(), createGzip(), target)
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
