import { stat } from 'node:fs/promises'
import { type ErasedInFiles, type EraseInFilesOptions, eraseInFiles } from '@recount/store'

/** A logger that rotates its files all the time is not waited for longer. */
const MOST_ROUNDS = 5

/** Erases in files that are found anew until none was renamed, compressed or deleted meanwhile. */
export async function eraseInFound(
  find: () => Promise<readonly string[]>,
  person: Omit<EraseInFilesOptions, 'paths'>,
): Promise<ErasedInFiles> {
  const sum = { files: 0, lines: 0, stripped: 0, missing: 0 }
  const seen = new Set<string>()
  for (let round = 1; ; round += 1) {
    const paths = await find()
    for (const name of await namesOf(paths)) seen.add(name)
    const { files, lines, stripped, missing, others, failed } = await eraseInFiles({
      ...person,
      paths,
    })
    sum.files += files
    sum.lines += lines
    sum.stripped += stripped
    // What one round did not meet another one may have.
    sum.missing = Math.max(0, sum.missing - lines) + missing
    const now = await namesOf(await find())
    const isSettled = now.every((name) => seen.has(name)) && (await areThere(failed))
    if (isSettled || round === MOST_ROUNDS) return { ...sum, others, failed }
  }
}

/** By path and inode; what is compressed gets another one when it is written anew. */
async function namesOf(paths: readonly string[]): Promise<string[]> {
  const infos = await Promise.all(
    paths.map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  )
  return paths.map((path, at) => (path.endsWith('.gz') ? path : `${path} ${infos[at]?.ino}`))
}

async function areThere(failed: ErasedInFiles['failed']): Promise<boolean> {
  const infos = await Promise.all(failed.map(({ path }) => stat(path).catch(() => undefined)))
  return infos.every((info) => info !== undefined)
}
