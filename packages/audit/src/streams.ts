import { join } from 'node:path'
import type { Appended } from './batch.ts'
import { namesIn } from './folder.ts'
import { readNewestCheckpoint, readPublicKeys } from './log-file.ts'
import type { SystemEntry } from './system-entry.ts'

/** What a stream's newest checkpoint says. */
export interface StreamState {
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
}

interface Log {
  readonly dir: string
  readonly origin: string
}

/** Where the streams of a log lie. */
export function streamFolder(dir: string, name: string): string {
  return join(dir, 'streams', name)
}

/** Appends the newest checkpoint of each stream. Throws `AUDIT_DAMAGED` for one that its key has not signed. */
export async function recordStreams(
  { dir, origin }: Log,
  append: (entry: SystemEntry) => Promise<Appended>,
): Promise<readonly StreamState[]> {
  const names = (await namesIn(join(dir, 'streams'))).sort()
  const states = await Promise.all(
    names.map((name) => recordStream(streamFolder(dir, name), `${origin}/${name}`, append)),
  )
  return states.filter((state) => state !== undefined)
}

async function recordStream(
  dir: string,
  origin: string,
  append: (entry: SystemEntry) => Promise<Appended>,
): Promise<StreamState | undefined> {
  const keys = await readPublicKeys(dir)
  const checkpoint = await readNewestCheckpoint(dir, origin, keys)
  if (checkpoint === undefined) return undefined
  const state = { origin, root: checkpoint.root.toString('base64'), size: checkpoint.size }
  await append({ action: 'audit.stream', sys: { ...state, key: keys.at(-1)?.vkey ?? null } })
  return state
}
