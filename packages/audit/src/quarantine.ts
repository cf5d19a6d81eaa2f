import { createHash } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, writeSynced } from './durable-file.ts'
import { paddedSize } from './entry.ts'
import { makeFolder, namesIn } from './folder.ts'
import type { SystemEntry } from './system-entry.ts'

/** Bytes that are no part of the log: the end of a line that a crash cut (`torn`), lines behind a hole that a power failure left (`hole`), lines that stand in the next segment too (`overlap`). */
export interface Quarantined {
  readonly first: number
  readonly offset: number
  readonly cause: 'torn' | 'hole' | 'overlap'
  readonly lines: number
  readonly bytes: Buffer
}

const NAME = /^\d{20}-\d+-(torn|hole|overlap)-(\d+)-[0-9a-f]{16}\.pending$/

/** Keeps bytes beside the log before they are cut off. They are pending until the log says so. */
export async function quarantine(dir: string, found: Quarantined): Promise<void> {
  const { first, offset, cause, lines, bytes } = found
  const folder = join(dir, 'quarantine')
  await makeFolder(folder)
  const digest = sha256(bytes).slice(0, 16)
  const name = `${paddedSize(first)}-${offset}-${cause}-${lines}-${digest}.pending`
  await writeSynced(join(folder, name), bytes)
  await syncFolder(folder)
}

/** What the log still has to say about quarantined bytes; `done` once it does. */
export async function pendingRecoveries(
  dir: string,
): Promise<readonly { readonly entry: SystemEntry; readonly done: () => Promise<void> }[]> {
  const folder = join(dir, 'quarantine')
  const names = (await namesIn(folder)).filter((name) => NAME.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const [, cause, lines] = NAME.exec(name) ?? []
      const bytes = await readFile(join(folder, name))
      const file = name.replace(/\.pending$/, '.bin')
      const sys = { bytes: bytes.length, cause, file, lines: Number(lines), sha256: sha256(bytes) }
      const done = (): Promise<void> => rename(join(folder, name), join(folder, file))
      return { entry: { action: 'audit.recovered', sys }, done } as const
    }),
  )
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
