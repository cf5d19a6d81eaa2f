import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { AuditError, Frontier, growTree, parseCheckpoint, type TreeState } from '@recount/audit'
import { type LogChunk, readChunks } from './line-chunks.ts'
import { digits, entriesKey, hashesKey } from './object-keys.ts'
import { sha256 } from './sha256.ts'
import { readIfThere, writeWhole } from './whole-file.ts'

const pack = promisify(gzip)
const unpack = promisify(gunzip)

/** An object that waits in a file, so that every attempt sends the same bytes. */
export interface StagedObject {
  readonly key: string
  readonly file: string
  /** Base64. */
  readonly sha256: string
  readonly type: string
  /** When the last entry in it was written; ISO 8601. */
  readonly time: string
}

/** One step forward of what is shipped: objects, and the checkpoint over them. */
export interface StagedStep {
  readonly from: number
  readonly to: number
  /** The signed checkpoint. */
  readonly note: string
  readonly objects: readonly StagedObject[]
  /** The tree behind it. */
  readonly tree: TreeState
}

/** What a step is made of. */
export interface StepSource {
  /** The log's folder. */
  readonly dir: string
  /** The folder for staged files. */
  readonly staging: string
  /** Bytes of entries in one object. */
  readonly objectBytes: number
  /** Sequence numbers at which a new object has to begin. */
  readonly cuts: ReadonlySet<number>
}

const HASH_BYTES = 32
const GZIP_TYPE = 'application/gzip'
/** How many objects are packed at once: as many as there are usually threads to spare. */
const AT_ONCE = 3
/** Packing is to keep up with a fast network. */
const LEVEL = 4

/** Stages the entries from the tree's size up to a checkpoint, and holds what lies in the files against it. Throws `AUDIT_DAMAGED`. */
export async function stageStep(
  { dir, staging, objectBytes, cuts }: StepSource,
  from: TreeState,
  note: string,
): Promise<StagedStep> {
  const { size: to, root } = parseCheckpoint(note)
  const folder = stepFolder(staging, to)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const tree = new Frontier(from)
  const objects: StagedObject[] = []
  const waiting: Promise<Staged>[] = []
  const take = async (): Promise<void> => {
    const staged = await (waiting.shift() as Promise<Staged>)
    // What is in the file, not what was read from the log: this is what is shipped.
    grow(tree, staged)
    objects.push(staged.object)
  }
  try {
    for await (const chunk of readChunks(dir, from.size, to, objectBytes, cuts)) {
      const staged = stageChunk(folder, chunk)
      staged.catch(() => undefined)
      waiting.push(staged)
      if (waiting.length >= AT_ONCE) await take()
    }
    while (waiting.length > 0) await take()
  } finally {
    await Promise.allSettled(waiting)
  }
  if (tree.size !== to || !tree.root().equals(root))
    throw new AuditError(
      'AUDIT_DAMAGED',
      `${dir}: the entries ${from.size} to ${to - 1} are not those that were signed; verify the log. Nothing of them was shipped`,
    )
  const step = { from: from.size, to, note, objects, tree: tree.state() }
  await writeWhole(join(folder, 'step.json'), JSON.stringify(stored(step)))
  return step
}

/** A step that was staged before, whose files are still what they were; undefined where there is none that begins at `from`. Others are removed. */
export async function findStep(staging: string, from: number): Promise<StagedStep | undefined> {
  let found: StagedStep | undefined
  for (const name of await readdir(staging).catch(() => [])) {
    const step = /^\d{20}$/.test(name) ? await readStep(join(staging, name)) : undefined
    if (step?.from === from && found === undefined) found = step
    else await rm(join(staging, name), { recursive: true, force: true })
  }
  return found
}

/** Forgets a step. */
export async function removeStep(staging: string, to: number): Promise<void> {
  await rm(stepFolder(staging, to), { recursive: true, force: true })
}

/** Whether an object has these entries, packed by another build of zlib. */
export async function holdsSame(there: Buffer, ours: Buffer): Promise<boolean> {
  try {
    return (await unpack(there)).equals(await unpack(ours))
  } catch {
    return false
  }
}

function stepFolder(staging: string, to: number): string {
  return join(staging, digits(to))
}

interface Staged {
  readonly object: StagedObject
  readonly kind: LogChunk['kind']
  /** As they were read back from the file. */
  readonly bytes: Buffer
}

async function stageChunk(
  folder: string,
  { kind, first, count, bytes }: LogChunk,
): Promise<Staged> {
  const isEntries = kind === 'entries'
  const key = isEntries ? entriesKey(first, first + count - 1) : hashesKey(first)
  const file = join(folder, key.slice(key.indexOf('/') + 1))
  await writeWhole(file, isEntries ? await pack(bytes, { level: LEVEL }) : bytes)
  const back = await readFile(file)
  const time = isEntries ? timeOfLast(bytes) : new Date().toISOString()
  const type = isEntries ? GZIP_TYPE : 'application/octet-stream'
  const object = { key, file, sha256: sha256(back), type, time }
  return { object, kind, bytes: isEntries ? await unpack(back) : back }
}

function grow(tree: Frontier, { kind, bytes }: Staged): void {
  if (kind === 'entries') growTree(tree, bytes)
  else
    for (let at = 0; at < bytes.length; at += HASH_BYTES)
      tree.push(bytes.subarray(at, at + HASH_BYTES))
}

/** The time in the last line; its form is the canonical one, in which no other key ends so. */
function timeOfLast(lines: Buffer): string {
  const last = lines.subarray(lines.lastIndexOf(0x0a, lines.length - 2) + 1)
  try {
    const { ts } = JSON.parse(last.toString()) as { ts?: unknown }
    if (typeof ts === 'string' && !Number.isNaN(Date.parse(ts))) return ts
  } catch {}
  return new Date().toISOString()
}

interface StoredStep extends Omit<StagedStep, 'tree'> {
  readonly v: 1
  readonly tree: { readonly size: number; readonly frontier: readonly string[] }
}

function stored({ tree, ...step }: StagedStep): StoredStep {
  return { v: 1, ...step, tree: storedTree(tree) }
}

async function readStep(folder: string): Promise<StagedStep | undefined> {
  const text = await readIfThere(join(folder, 'step.json'))
  if (text === undefined) return undefined
  try {
    const { tree, ...step } = JSON.parse(String(text)) as StoredStep
    for (const object of step.objects)
      if (sha256(await readFile(object.file)) !== object.sha256) return undefined
    return { ...step, tree: loadedTree(tree) }
  } catch {
    // Staged anew: what was shipped of it is the same, or told as a fork.
    return undefined
  }
}

/** A tree as JSON has it. */
export function storedTree({ size, frontier }: TreeState): StoredStep['tree'] {
  return { size, frontier: frontier.map((hash) => hash.toString('base64')) }
}

/** A tree from JSON. */
export function loadedTree({ size, frontier }: StoredStep['tree']): TreeState {
  return { size, frontier: frontier.map((hash) => Buffer.from(hash, 'base64')) }
}
