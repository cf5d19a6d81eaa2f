import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { logChanged } from './log-folder.ts'
import { isAbsent, READ_FLAGS } from './small-file.ts'

/** A writer that starts has the newest segment under another name for so many times 5 ms at most. */
const TRIES = 20

/** Opens a segment that was listed: where a writer that starts has just taken it aside, there. Throws `AUDIT_LOG_CHANGED` where it is not there any more. */
export async function openSegment(path: string): Promise<FileHandle> {
  for (let tries = 1; tries < TRIES; tries += 1) {
    for (const name of [path, `${path}.recovering`]) {
      const file = await openRegular(name)
      if (file !== undefined) return file
    }
    await wait(5)
  }
  throw logChanged(path)
}

/** Opens another file that was listed. Throws `AUDIT_LOG_CHANGED` where it is not there any more, or no regular file. */
export async function openPart(path: string): Promise<FileHandle> {
  const file = await openRegular(path)
  if (file === undefined) throw logChanged(path)
  return file
}

async function openRegular(path: string): Promise<FileHandle | undefined> {
  const file = await open(path, READ_FLAGS).catch(unlessAbsent)
  if (file === undefined || (await file.stat()).isFile()) return file
  await file.close()
  return undefined
}

function unlessAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error
}
