import { existsSync } from 'node:fs'
import { access, mkdir, readdir, rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { removeIfThere, syncFolder } from './durable-file.ts'
import { firstOf } from './entry.ts'
import { systemCode } from './errors.ts'

/** What a segment is called while recovery reads it: nobody who had it open may acknowledge any more. */
export const RECOVERING = '.recovering'

/** Makes a folder with those around it, durably. Default mode 0750. */
export async function makeFolder(path: string, mode = 0o750): Promise<void> {
  const missing: string[] = []
  // One by one: Node's own way never ends where the system lets nobody make folders, as in /proc.
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder))
    missing.unshift(folder)
  for (const folder of missing) {
    await mkdir(folder, { mode }).catch(unlessThere)
    await syncFolder(dirname(folder))
  }
  // What stands there may be no folder.
  await access(`${resolve(path)}/.`)
}

/** Somebody else was faster. */
function unlessThere(error: unknown): void {
  if (systemCode(error) !== 'EEXIST') throw error
}

/** The names in a folder; none where it does not exist. */
export async function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
}

/** First sequence numbers of the segments, ascending. */
export async function segmentFirsts(dir: string): Promise<number[]> {
  const firsts = (await namesIn(dir)).map(firstOf).filter((first) => first !== undefined)
  return firsts.sort((a, b) => a - b)
}

/** Undoes what a crash during recovery or during the making of a file left: the names are as before. */
export async function tidy(dir: string): Promise<void> {
  for (const folder of ['checkpoints', 'hashes', 'subjects'])
    await removeUnfinished(join(dir, folder))
  const names = await removeUnfinished(dir)
  for (const name of names.filter((other) => other.endsWith(RECOVERING))) {
    const path = join(dir, name)
    const segment = name.slice(0, -RECOVERING.length)
    if (names.includes(segment)) await removeIfThere(path)
    else await rename(path, join(dir, segment))
  }
}

/** Files that were being made are of no use; returns the names of the others. */
async function removeUnfinished(dir: string): Promise<string[]> {
  const names = await namesIn(dir)
  const isUnfinished = (name: string): boolean => name.endsWith('.tmp')
  for (const name of names.filter(isUnfinished)) await removeIfThere(join(dir, name))
  return names.filter((name) => !isUnfinished(name))
}
