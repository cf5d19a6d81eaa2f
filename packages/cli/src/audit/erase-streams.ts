import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError, type AuditLog, type ErasureRequest, readStreamNames } from '@recount/audit'
import { openLog } from './log-keys.ts'

/** An erasure in a stream of an audit log. */
export interface ErasedInStream {
  readonly stream: string
  readonly seq: number
  readonly kids: readonly string[]
}

/** What was erased in the streams of a log, and where that could not be done. */
export interface StreamErasures {
  readonly erased: readonly ErasedInStream[]
  readonly failed: readonly { readonly stream: string; readonly error: Error }[]
}

/** Destroys a subject's keys in each stream of a log that has some; one that is open in another process, or held, is told. */
export async function eraseInStreams(
  dir: string,
  request: ErasureRequest,
  key: string | undefined,
): Promise<StreamErasures> {
  const erased: ErasedInStream[] = []
  const failed: { stream: string; error: Error }[] = []
  const { names } = await readStreamNames(dir)
  for (const stream of names) {
    const place = join(dir, 'streams', stream)
    if (!(await hasKeys(place))) continue
    try {
      const { seq, kids } = await eraseInStream(place, request, key)
      erased.push({ stream, seq, kids })
    } catch (error) {
      if (codeOf(error) !== 'AUDIT_SUBJECT_NOT_FOUND')
        failed.push({ stream, error: error as Error })
    }
  }
  return { erased, failed }
}

async function hasKeys(place: string): Promise<boolean> {
  const names = await readdir(join(place, 'subjects')).catch(() => [])
  return names.length > 0
}

async function eraseInStream(
  place: string,
  request: ErasureRequest,
  key: string | undefined,
): ReturnType<AuditLog['erase']> {
  const log = await openStream(place, key)
  try {
    return await log.erase({ ...request, mustExist: true })
  } finally {
    await log.close()
  }
}

/** With the key of the log, or with the stream's own. */
async function openStream(place: string, key: string | undefined): Promise<AuditLog> {
  const own = (): Promise<AuditLog> => openLog(place, { wait: 0 })
  if (key === undefined) return own()
  return openLog(place, { key, wait: 0 }).catch((error) => {
    if (codeOf(error) === 'AUDIT_KEY_INVALID') return own()
    throw error
  })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof AuditError ? error.code : undefined
}
