import { type FileHandle, open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type IndexFilesOptions, indexFiles } from './index-files.ts'
import type { IndexCounts } from './record-batch.ts'

/** How files are followed. */
export interface FollowOptions extends Omit<IndexFilesOptions, 'paths'> {
  /** The files there are now; asked each time, since there may be new ones. */
  readonly paths: () => Promise<readonly string[]>
  /** Ends following; what was read until then is kept. */
  readonly signal: AbortSignal
  /** How often files are looked at, milliseconds; default 250. */
  readonly everyMs?: number | undefined
  /** Called whenever something was read. */
  readonly onIndexed?: ((counts: IndexCounts) => void) | undefined
}

/** Reads files into a store, and what is added to them, until it is told to end. */
export async function followFiles(options: FollowOptions): Promise<void> {
  const { paths, signal, everyMs = 250, onIndexed, ...rest } = options
  const sizes = new Map<string, string>()
  const held = new HeldFiles()
  try {
    while (!signal.aborted) {
      const changed: string[] = []
      for (const path of await paths()) {
        const now = await stateOf(path)
        if (now === undefined || sizes.get(path) === now) continue
        sizes.set(path, now)
        changed.push(path)
      }
      await held.hold(changed)
      if (changed.length > 0)
        onIndexed?.(await indexFiles({ onGone: () => {}, ...rest, paths: changed }))
      await wait(everyMs, undefined, { signal }).catch(() => {})
    }
  } finally {
    await held.release()
  }
}

/** What tells that there is something new: another file, or more in it. */
async function stateOf(path: string): Promise<string | undefined> {
  const info = await stat(path, { bigint: true }).catch(() => undefined)
  return info?.isFile() ? `${info.dev}:${info.ino}:${info.size}` : undefined
}

/** Open files keep their inodes: one that is rotated away and deleted meanwhile gives its number to no other. */
class HeldFiles {
  readonly #files: Map<string, FileHandle> = new Map()

  async hold(paths: readonly string[]): Promise<void> {
    for (const path of paths.map((path) => resolve(path))) {
      const file = await open(path).catch(() => undefined)
      await this.#files.get(path)?.close()
      if (file === undefined) this.#files.delete(path)
      else this.#files.set(path, file)
    }
  }

  async release(): Promise<void> {
    for (const file of this.#files.values()) await file.close()
    this.#files.clear()
  }
}
