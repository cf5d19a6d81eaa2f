import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SignedCheckpoint } from '../checkpoint.ts'
import { readRegularIfThere } from '../durable-file.ts'
import { type AuditEntry, paddedSize, segmentName } from '../entry.ts'
import { namesUnsigned } from '../entry-form.ts'
import { AuditError } from '../errors.ts'
import { namesIn } from '../folder.ts'
import { keptPath } from '../kept-entries.ts'
import { Frontier, HASH_BYTES, leafHashWithin } from '../merkle.ts'
import { rangeOf, unsignedRanges } from '../unsigned-ranges.ts'
import { type LogFolder, type LogPart, readLogFolder } from '../verify/log-folder.ts'
import { readSegment } from '../verify/segment-lines.ts'
import { withheldLine } from '../withheld-line.ts'
import type { BundleFile } from './bundle-file.ts'
import type { BundleFolder } from './bundle-folder.ts'
import type { BundleSummary } from './bundle-summary.ts'
import type { EntryFiles } from './entry-files.ts'
import type { EntryFilter } from './entry-filter.ts'

/** A log to be copied into a bundle, up to a checkpoint. */
export interface LogCopy {
  readonly from: string
  /** Path in the bundle, such as `log`. */
  readonly to: string
  readonly note: string
  readonly checkpoint: SignedCheckpoint
  readonly filter: EntryFilter
  readonly bundle: BundleFolder
  readonly entries: EntryFiles
  readonly summary: BundleSummary
  readonly onBytes: (bytes: number) => void
}

/** The tree that an earlier export had, as the log's entry about it says. */
export interface PreviousExport {
  readonly size: number
  /** Base64. */
  readonly root: string
}

/** What is being copied, and where it is. */
interface Copying extends LogCopy {
  readonly tree: Frontier
  /** What entries say about exports, and the starts that tell which of them count. */
  readonly exports: AuditEntry[]
  readonly starts: AuditEntry[]
}

/**
 * Copies a log: entries that are shown as they are, for others their hashes; with checkpoints, keys and anchors. Returns what its newest entry
 * about an export says. Throws `AUDIT_DAMAGED` where it is not what was signed.
 */
export async function copyLog(log: LogCopy): Promise<PreviousExport | undefined> {
  const tree = new Frontier()
  const copy: Copying = { ...log, tree, exports: [], starts: [] }
  const { from, to, note, checkpoint, bundle } = copy
  const { size } = checkpoint
  const folder = await readLogFolder(from)
  for (const part of folder.parts) if (part.first < size) await copyPart(copy, part)
  if (tree.size !== size || !tree.root().equals(checkpoint.root)) throw damaged(from, size)
  await copySmall(copy, folder)
  await bundle.write(`${to}/checkpoint`, note)
  return previousOf(copy)
}

async function copyPart(copy: Copying, part: LogPart): Promise<void> {
  if (part.segment !== null) await copySegment(copy, part.first, part.segment)
  else if (part.hashes !== null) await copyHashes(copy, part.first, part.hashes)
}

async function copySegment(copy: Copying, first: number, path: string): Promise<void> {
  const { bundle, to, entries, tree } = copy
  const file = await bundle.file(`${to}/${segmentName(first)}`)
  await readSegment(
    path,
    (bytes, start, end) => {
      if (tree.size >= copy.checkpoint.size) return false
      // Before the hash, which overwrites the byte before the line only.
      const leaf = leafHashWithin(bytes, start, end)
      copyLine(copy, file, bytes.toString('utf8', start, end), leaf)
      tree.push(leaf)
      return true
    },
    async (count) => {
      await file.flush()
      await entries.flush()
      copy.onBytes(count)
    },
  )
  await bundle.end(file)
}

function copyLine(copy: Copying, file: BundleFile, line: string, leaf: string): void {
  const { from, checkpoint, filter, entries, summary, tree } = copy
  const entry = entryIn(line)
  if (entry === undefined) throw damaged(from, checkpoint.size)
  if (entry.action === 'audit.export') copy.exports.push(entry)
  if (namesUnsigned(entry)) copy.starts.push(entry)
  const reason = filter(entry)
  if (reason !== undefined) {
    summary.withheld += 1
    file.put(`${withheldLine({ seq: tree.size, leaf }, reason)}\n`)
    return
  }
  summary.add(entry)
  file.put(`${line}\n`)
  entries.add(entry, line)
}

async function copyHashes(
  { bundle, from, to, summary, onBytes, tree }: Copying,
  first: number,
  path: string,
): Promise<void> {
  const bytes = await readFile(path)
  for (let at = 0; at < bytes.length; at += HASH_BYTES)
    tree.push(bytes.toString('base64', at, at + HASH_BYTES))
  summary.expired += bytes.length / HASH_BYTES
  await bundle.write(`${to}/hashes/${paddedSize(first)}.bin`, bytes)
  const kept = await readRegularIfThere(keptPath(from, first))
  if (kept !== undefined) await bundle.write(`${to}/hashes/${paddedSize(first)}.kept`, kept)
  onBytes(bytes.length)
}

/** Never `log.json`, `subjects/`, `holds.json`, `content/` or `quarantine/`: they have paths, keys, names and what nobody asked for. */
async function copySmall(copy: LogCopy, { checkpoints }: LogFolder): Promise<void> {
  const { from, to, note, checkpoint, bundle } = copy
  await bundle.write(`${to}/public.vkey`, await readFile(join(from, 'public.vkey')))
  for (const size of checkpoints) {
    const name = `checkpoints/${paddedSize(size)}.note`
    if (size < checkpoint.size)
      await bundle.write(`${to}/${name}`, await readFile(join(from, name)))
  }
  await bundle.write(`${to}/checkpoints/${paddedSize(checkpoint.size)}.note`, note)
  for (const name of await namesIn(join(from, 'anchors'))) {
    const size = Number(/^(\d{20})\.(?:tsq|tsr|cosig)$/.exec(name)?.[1] ?? Number.NaN)
    if (!(size <= checkpoint.size)) continue
    if (name.endsWith('.tsr')) copy.summary.stamps += 1
    if (name.endsWith('.cosig')) copy.summary.cosigned += 1
    await bundle.write(`${to}/anchors/${name}`, await readFile(join(from, 'anchors', name)))
  }
}

/** What the newest says that a writer wrote: he found unsigned what others did. */
function previousOf({ exports, starts }: Copying): PreviousExport | undefined {
  const unsigned = unsignedRanges(starts)
  const { sys = {} } = exports.findLast(({ seq }) => rangeOf(unsigned, seq) === undefined) ?? {}
  const { size, root } = sys
  return typeof size === 'number' && typeof root === 'string' ? { size, root } : undefined
}

/** That it is the right one shows at the end: the tree's root is that of the checkpoint. */
function entryIn(line: string): AuditEntry | undefined {
  try {
    return JSON.parse(line) as AuditEntry
  } catch {
    return undefined
  }
}

function damaged(dir: string, size: number): AuditError {
  return new AuditError(
    'AUDIT_DAMAGED',
    `Expected ${dir} to be what its checkpoint of size ${size} was signed over; verify it: a log that does not hold is not exported`,
  )
}
