import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readRegularIfThere } from './durable-file.ts'
import type { ChainHead } from './line.ts'
import { frontierLength, HASH_BYTES, type TreeState } from './merkle.ts'

/** What lets a writer start without reading the whole log. It is believed only where its root is the one that was signed: it has the tree before the last entry, so that the root tells that entry's hash too. */
export interface TreeCache {
  readonly head: ChainHead
  /** Without the last entry. */
  readonly before: TreeState
  /** Of the newest `audit.open`. */
  readonly boot: string
  readonly epoch: number
}

/** Keeps it; a cache that gets lost costs time only, so it is not synced. */
export async function writeTreeCache(dir: string, cache: TreeCache): Promise<void> {
  const { head, before, boot, epoch } = cache
  const frontier = before.frontier.map((hash) => hash.toString('base64'))
  const path = join(dir, 'tree.json')
  const text = `${JSON.stringify({ before: frontier, boot, epoch, ...head })}\n`
  await writeFile(`${path}.tmp`, text, { mode: 0o640 })
  await rename(`${path}.tmp`, path)
}

/** The cache; undefined where it is missing or not whole. */
export async function readTreeCache(dir: string): Promise<TreeCache | undefined> {
  const text = await readRegularIfThere(join(dir, 'tree.json'))
  if (text === undefined) return undefined
  try {
    const { boot, epoch, before: frontier, seq, prev, time } = JSON.parse(String(text))
    const hashes = frontier.map((hash: string) => Buffer.from(hash, 'base64'))
    const isWhole =
      [seq, time, epoch].every(Number.isSafeInteger) &&
      seq > 0 &&
      hashes.length === frontierLength(seq - 1) &&
      [...hashes, Buffer.from(prev, 'base64')].every(({ length }: Buffer) => length === HASH_BYTES)
    if (!isWhole) return undefined
    const before = { size: seq - 1, frontier: hashes }
    return { boot, epoch, head: { seq, prev, time }, before }
  } catch {
    return undefined
  }
}
