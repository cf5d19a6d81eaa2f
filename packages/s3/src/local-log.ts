import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint, readLogFolder } from '@recount/audit'
import { digits } from './object-keys.ts'
import { sha256 } from './sha256.ts'
import { readIfThere } from './whole-file.ts'

/** A signed checkpoint of the log. */
export interface LocalCheckpoint {
  readonly size: number
  readonly note: string
}

/** An answer of somebody outside about a checkpoint. */
export interface LocalAnchor {
  readonly size: number
  readonly form: 'tsr' | 'cosig'
  readonly body: Buffer
  /** Base64. */
  readonly sha256: string
}

/** The newest signed checkpoint in a log's folder; undefined where none was signed yet. Throws `AUDIT_LOG_NOT_FOUND`. */
export async function newestCheckpoint(dir: string): Promise<LocalCheckpoint | undefined> {
  const { checkpoint, checkpoints } = await readLogFolder(dir)
  const head = checkpoint && noteOf(checkpoint)
  const kept = checkpoints.at(-1)
  if (kept === undefined || (head !== undefined && head.size >= kept)) return head
  return readNote(keptPath(dir, kept))
}

/** The farthest checkpoint behind `from`, up to `target`, that is about `bytes` of entries away at most; else the nearest. So a long way is gone in steps. */
export async function nextCheckpoint(
  dir: string,
  from: number,
  target: LocalCheckpoint,
  bytes: number,
): Promise<LocalCheckpoint> {
  const { checkpoints, parts } = await readLogFolder(dir)
  const between = checkpoints.filter((size) => size > from && size < target.size)
  const start = bytesBefore(parts, from)
  const near = [...between, target.size].filter((size) => bytesBefore(parts, size) - start <= bytes)
  const size = near.at(-1) ?? between[0] ?? target.size
  if (size === target.size) return target
  return (await readNote(keptPath(dir, size))) ?? target
}

/** Kept checkpoints in a range that two keys have signed: with them one key hands over to the next. */
export async function handovers(dir: string, from: number, to: number): Promise<LocalCheckpoint[]> {
  const { checkpoints } = await readLogFolder(dir)
  const found: LocalCheckpoint[] = []
  for (const size of checkpoints.filter((kept) => kept > from && kept <= to)) {
    const checkpoint = await keptCheckpoint(dir, size)
    if (checkpoint !== undefined && parseCheckpoint(checkpoint.note).note.signatures.length > 1)
      found.push(checkpoint)
  }
  return found
}

/** A checkpoint that was kept; undefined where it was not. */
export function keptCheckpoint(dir: string, size: number): Promise<LocalCheckpoint | undefined> {
  return readNote(keptPath(dir, size))
}

/** The public keys of a log, the oldest first, as lines. */
export async function publicKeys(dir: string): Promise<string[]> {
  const text = String((await readIfThere(join(dir, 'public.vkey'))) ?? '')
  return text.split('\n').filter((line) => line !== '')
}

/** Time stamps and cosignatures in a log's folder. */
export async function localAnchors(dir: string): Promise<LocalAnchor[]> {
  const folder = join(dir, 'anchors')
  const names = await readdir(folder).catch(() => [])
  const found: LocalAnchor[] = []
  for (const name of names.sort()) {
    const [, size, form] = /^(\d{20})\.(tsr|cosig)$/.exec(name) ?? []
    const body = size === undefined ? undefined : await readIfThere(join(folder, name))
    if (body === undefined) continue
    found.push({ size: Number(size), form: form as 'tsr' | 'cosig', body, sha256: sha256(body) })
  }
  return found
}

/** Bytes of the segments that lie wholly before an entry. */
function bytesBefore(
  parts: readonly { readonly first: number; readonly bytes: number }[],
  entry: number,
): number {
  return parts
    .filter((_, at) => (parts[at + 1]?.first ?? Number.POSITIVE_INFINITY) <= entry)
    .reduce((sum, { bytes }) => sum + bytes, 0)
}

function keptPath(dir: string, size: number): string {
  return join(dir, 'checkpoints', `${digits(size)}.note`)
}

async function readNote(path: string): Promise<LocalCheckpoint | undefined> {
  const bytes = await readIfThere(path)
  return bytes && noteOf(bytes)
}

function noteOf(bytes: Buffer): LocalCheckpoint {
  return { size: parseCheckpoint(bytes).size, note: bytes.toString() }
}
