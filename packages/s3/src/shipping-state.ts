import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Frontier, type SignedCheckpoint, type TreeState, treeAt } from '@recount/audit'
import { loadedTree, storedTree } from './staged-step.ts'
import { readIfThere, writeWhole } from './whole-file.ts'
import type { WrittenObject } from './write-once.ts'

/** What a shipper remembers of its place, so that it need not read the log from the start. */
export interface ShippingState {
  /** The tree of what was shipped. */
  readonly tree: TreeState
  /** SHA-256 (base64) of the anchors that were shipped. */
  readonly anchors: readonly string[]
  /** How many objects about the log itself were shipped: one for each key, and one more. */
  readonly identity: number
}

/** The state beside a log; what does not fit the head is made anew from the log. Throws `AUDIT_FORK` or `AUDIT_TRUNCATED` where the head is not of this log. */
export async function readState(
  folder: string,
  dir: string,
  head: SignedCheckpoint | undefined,
): Promise<ShippingState> {
  const known = await storedState(folder)
  if (head === undefined) return { tree: { size: 0, frontier: [] }, anchors: [], identity: 0 }
  const { anchors = [], identity = 0 } = known ?? {}
  const isFitting =
    known?.tree.size === head.size && new Frontier(known.tree).root().equals(head.root)
  const tree = known !== undefined && isFitting ? known.tree : (await treeAt(dir, head)).state()
  return { tree, anchors, identity }
}

/** Writes the state. */
export async function writeState(
  folder: string,
  { tree, anchors, identity }: ShippingState,
): Promise<void> {
  const text = JSON.stringify({ v: 1, tree: storedTree(tree), anchors, identity })
  await writeWhole(join(folder, 'state.json'), text)
}

/** Notes which versions were written: who keeps this file can verify exactly those. */
export async function noteReceipts(
  folder: string,
  written: readonly WrittenObject[],
): Promise<void> {
  if (written.length === 0) return
  const lines = written.map(({ key, version = null, sha256 }) =>
    JSON.stringify({ key, sha256, version }),
  )
  await appendFile(join(folder, 'receipts.jsonl'), `${lines.join('\n')}\n`)
}

async function storedState(folder: string): Promise<ShippingState | undefined> {
  const text = await readIfThere(join(folder, 'state.json'))
  if (text === undefined) return undefined
  try {
    const { v, tree, anchors, identity } = JSON.parse(String(text))
    return v === 1 ? { tree: loadedTree(tree), anchors, identity } : undefined
  } catch {
    return undefined
  }
}
