import { type FileHandle, open } from 'node:fs/promises'
import { logChanged } from './log-folder.ts'
import { isAbsent, READ_FLAGS } from './small-file.ts'

/** Opens a file that was listed as part of a log. Throws `AUDIT_LOG_CHANGED` where it is not there any more, or no regular file. */
export async function openPart(path: string): Promise<FileHandle> {
  const file = await open(path, READ_FLAGS).catch((error: unknown) => {
    throw isAbsent(error) ? logChanged(path) : error
  })
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw logChanged(path)
}
