import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { takeLock } from '@recount/audit'
import { S3Error } from './errors.ts'
import { isText, required } from './options.ts'
import { fetchAndVerify, type S3AuditReport, type VerifyS3Options } from './verify-s3.ts'

/** What to restore, and where to. */
export interface RestoreS3Options extends VerifyS3Options {
  /** The folder to make; it is not there, or empty. */
  readonly dir: string
}

/**
 * Makes a log's folder from a store, and verifies it: the folder appears whole, or not at all. To write on in it, open it with the log's private key.
 * Throws `S3_FOLDER_NOT_EMPTY`, `S3_LOG_NOT_FOUND`, `AUDIT_LOCKED` where another restores to it, and what `verifyS3` throws; what is wrong with the log is in the report.
 */
export async function restoreS3(options: RestoreS3Options): Promise<S3AuditReport> {
  required('dir', options.dir, 'the path of a folder', isText)
  const dir = resolve(options.dir)
  await checkEmpty(dir)
  const part = `${dir}.restoring`
  await mkdir(part, { recursive: true })
  // Two at once would write into one folder.
  const lock = await takeLock(part, 0)
  try {
    // What one that was killed has left is fetched anew: nothing is known of it.
    for (const name of await readdir(part))
      await rm(join(part, name), { recursive: true, force: true })
    const report = await fetchAndVerify(options, part)
    await checkEmpty(dir)
    await rmdir(dir).catch(() => undefined)
    await rename(part, dir)
    return report
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  } finally {
    await lock.release()
  }
}

async function checkEmpty(dir: string): Promise<void> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (names.length === 0) return
  throw new S3Error(
    'S3_FOLDER_NOT_EMPTY',
    `Expected ${dir} to be a new or empty folder; nothing was restored`,
  )
}
