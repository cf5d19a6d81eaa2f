import { constants } from 'node:buffer'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError, Frontier, parseCheckpoint, type TreeState } from '@recount/audit'
import { digits } from './object-keys.ts'
import { unpackLines } from './packed-lines.ts'
import { sha256 } from './sha256.ts'
import { type StagedObject, stageObjects } from './stage-objects.ts'
import { readIfThere, writeWhole } from './whole-file.ts'

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
  const objects = await stageObjects(tree, { dir, folder, to, objectBytes, cuts })
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
  // The shipper's other files lie beside its steps.
  const names = (await readdir(staging).catch(() => [])).filter((name) => /^\d{20}$/.test(name))
  for (const name of names) {
    const step = await readStep(join(staging, name))
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
    const lines = await unpackLines(ours, constants.MAX_LENGTH)
    return (await unpackLines(there, lines.length)).equals(lines)
  } catch {
    return false
  }
}

function stepFolder(staging: string, to: number): string {
  return join(staging, digits(to))
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
