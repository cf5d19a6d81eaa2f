import { readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { StoreError } from '../errors.ts'
import { beforeOf } from '../read/time.ts'

/** What of content files went. */
export interface PrunedFiles {
  readonly files: readonly string[]
  readonly bytes: number
}

/** Which files are old. */
export interface PruneFilesOptions {
  /** A length of time such as `7d`, or epoch milliseconds. */
  readonly olderThan: string | number
  /** Tells what would go, and changes nothing. */
  readonly dryRun?: boolean | undefined
}

/**
 * Deletes the daily content files of a log folder (`content/YYYY-MM-DD….jsonl`, `.gz`) of days that ended before; the
 * folder of content files may be named itself. Log files stay.
 */
export async function pruneContentFiles(
  folder: string,
  { olderThan, dryRun = false }: PruneFilesOptions,
): Promise<PrunedFiles> {
  const before = beforeOf(olderThan)
  const place = basename(folder) === 'content' ? folder : join(folder, 'content')
  const files: string[] = []
  let bytes = 0
  for (const name of (await namesIn(place)).sort()) {
    const [, day] = /^(\d{4}-\d{2}-\d{2})\b.*\.jsonl(\.gz)?$/.exec(name) ?? []
    const ended = day === undefined ? Number.NaN : Date.parse(day) + 86_400_000
    if (Number.isNaN(ended) || ended > before) continue
    const path = join(place, name)
    bytes += (await stat(path)).size
    if (!dryRun) await rm(path)
    files.push(path)
  }
  return { files, bytes }
}

async function namesIn(place: string): Promise<string[]> {
  return readdir(place).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause
    throw new StoreError('STORE_OPTION_INVALID', `There is no folder of content files ${place}`, {
      cause,
    })
  })
}
