import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readRegularIfThere } from './durable-file.ts'
import type { ChainHead } from './line.ts'
import { frontierLength, HASH_BYTES, type TreeState } from './merkle.ts'

/** What lets a writer start without reading the whole log. It is believed only where its root is the one that was signed. */
export interface TreeCache {
  readonly head: ChainHead
  readonly tree: TreeState
  /** Of the newest `audit.open`. */
  readonly boot: string
  readonly epoch: number
}

/** Keeps it; a cache that gets lost costs time only, so it is not synced. */
export async function writeTreeCache(dir: string, cache: TreeCache): Promise<void> {
  const { head, tree, boot, epoch } = cache
  const frontier = tree.frontier.map((hash) => hash.toString('base64'))
  const path = join(dir, 'tree.json')
  await writeFile(`${path}.tmp`, `${JSON.stringify({ boot, epoch, frontier, ...head })}\n`)
  await rename(`${path}.tmp`, path)
}

/** The cache; undefined where it is missing or not whole. */
export async function readTreeCache(dir: string): Promise<TreeCache | undefined> {
  const text = await readRegularIfThere(join(dir, 'tree.json'))
  if (text === undefined) return undefined
  try {
    const { boot, epoch, frontier, seq, prev, time } = JSON.parse(String(text))
    const hashes = frontier.map((hash: string) => Buffer.from(hash, 'base64'))
    const isWhole =
      [seq, time, epoch].every(Number.isSafeInteger) &&
      hashes.length === frontierLength(seq) &&
      hashes.every((hash: Buffer) => hash.length === HASH_BYTES)
    if (!isWhole) return undefined
    return { boot, epoch, head: { seq, prev, time }, tree: { size: seq, frontier: hashes } }
  } catch {
    return undefined
  }
}
