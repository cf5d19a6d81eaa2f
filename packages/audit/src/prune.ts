import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Appended } from './batch.ts'
import type { Checkpoints } from './checkpoints.ts'
import { contentPath } from './content-path.ts'
import { removeIfThere, replaceFile, syncFolder } from './durable-file.ts'
import { type AuditEntry, paddedSize, segmentName } from './entry.ts'
import { AuditError } from './errors.ts'
import type { AuditActor } from './event.ts'
import type { EventContent } from './event-content.ts'
import { makeFolder, segmentFirsts } from './folder.ts'
import { readFoundUnsigned } from './found-unsigned.ts'
import { checkHolds, heldNames } from './holds.ts'
import type { HoldsInForce } from './holds-in-force.ts'
import { type EntryLine, keptDigest, keptLines, keptPath } from './kept-entries.ts'
import { genesisLink } from './line.ts'
import { check, isText } from './options.ts'
import { scanSegment } from './scan.ts'
import type { SystemEntry } from './system-entry.ts'
import { rangeOf, type UnsignedRange } from './unsigned-ranges.ts'
import { verifyAudit } from './verify/verify-audit.ts'

/** What may go. */
export interface PruneRequest {
  /** Entries written before this moment have expired. */
  readonly before: Date
  readonly reason: string
  readonly actor?: AuditActor
}

/** A range of entries that was deleted. */
export interface Pruned {
  readonly first: number
  readonly last: number
}

interface Log {
  readonly dir: string
  readonly origin: string
  readonly checkpoints: Checkpoints
  readonly content: EventContent
  readonly holds: HoldsInForce
}

/** Deletes the oldest segments whose entries have all expired, never the newest; their leaf hashes stay. Throws `AUDIT_ON_HOLD`, `AUDIT_OPTION_INVALID`. */
export async function prune(
  log: Log,
  { before, reason, actor }: PruneRequest,
  append: (entry: SystemEntry) => Promise<Appended>,
): Promise<readonly Pruned[]> {
  // No date is before none: with an invalid one everything would have expired.
  check('before', before, 'a valid Date', isDate)
  check('reason', reason, 'why entries are deleted', isText)
  const holds = await heldNames(log)
  const firsts = await segmentFirsts(log.dir)
  const unsigned = firsts.length > 1 ? await readFoundUnsigned(log.dir) : []
  const pruned: Pruned[] = []
  for (const [index, first] of firsts.slice(0, -1).entries()) {
    const entries = await readEntries(log, first, firsts[index + 1] as number)
    if (newestTime(entries, unsigned) >= before.getTime()) break
    for (const { entry } of entries) checkHolds(holds, [entry.subject ?? entry.actor.id])
    if (index === 0) await checkExpired(log.dir)
    const range = { first, last: first + entries.length - 1 }
    const sys = { ...range, ...(await keep(log, first, entries, unsigned)) }
    await append({
      action: 'audit.prune',
      sys,
      reason,
      ...(actor !== undefined && { actor }),
    })
    await log.checkpoints.sign(true)
    await remove(log.dir, first, entries)
    pruned.push(range)
  }
  return pruned
}

function isDate(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime())
}

/** Throws `AUDIT_DAMAGED` where entries are gone that did not expire: what told so would expire itself one day, and then nobody could see it. */
async function checkExpired(dir: string): Promise<void> {
  const { findings } = await verifyAudit({ dir, content: false })
  const gap = findings.find(
    ({ code, severity, stream }) => severity === 'failure' && code === 'GAP' && !stream,
  )
  if (gap === undefined) return
  const message = `In ${dir} ${gap.detail}; verify the log before anything is deleted`
  throw new AuditError('AUDIT_DAMAGED', message)
}

type HashedEntry = EntryLine & { readonly leaf: Buffer }

/** The entries of a segment, whole and in their chain. Throws `AUDIT_DAMAGED`: what cannot be read is not deleted. */
async function readEntries(
  { dir, origin }: Log,
  first: number,
  next: number,
): Promise<readonly HashedEntry[]> {
  const bytes = await readFile(join(dir, segmentName(first)))
  const from = { seq: first, prev: first === 0 ? genesisLink(origin) : '', time: 0 }
  const scan = scanSegment(bytes, origin, from, { limit: next, signed: next })
  if (scan.head.seq !== next) {
    const message = `Entry ${scan.head.seq} of ${dir} is not what was written; verify the log before anything is deleted`
    throw new AuditError('AUDIT_DAMAGED', message)
  }
  const lines = bytes.toString('utf8', 0, scan.end).split('\n')
  return scan.leaves.map((leaf, index) => {
    const line = lines[index] as string
    return { line, entry: JSON.parse(line) as AuditEntry, leaf: Buffer.from(leaf, 'base64') }
  })
}

/** When the newest of them was written. Those that nobody had signed say any time: they are no newer than the start that found them. */
function newestTime(entries: readonly HashedEntry[], unsigned: readonly UnsignedRange[]): number {
  let newest = 0
  for (const { entry } of entries) {
    const ts = rangeOf(unsigned, entry.seq)?.ts ?? entry.ts
    newest = Math.max(newest, Date.parse(ts))
  }
  return newest
}

/** Writes down what stays, and returns what the log is to say about that. */
async function keep(
  { dir }: Log,
  first: number,
  entries: readonly HashedEntry[],
  unsigned: readonly UnsignedRange[],
): Promise<{ readonly sha256: string; readonly kept?: string }> {
  const hashes = Buffer.concat(entries.map(({ leaf }) => leaf))
  const lines = keptLines(entries, unsigned).map((line) => `${line}\n`)
  const bytes = lines.length === 0 ? undefined : Buffer.from(lines.join(''))
  await makeFolder(join(dir, 'hashes'))
  if (bytes !== undefined) await replaceFile(keptPath(dir, first), bytes)
  await replaceFile(join(dir, 'hashes', `${paddedSize(first)}.bin`), hashes)
  const kept = keptDigest(bytes)
  const sha256 = createHash('sha256').update(hashes).digest('hex')
  return { sha256, ...(kept !== undefined && { kept }) }
}

async function remove(dir: string, first: number, entries: readonly HashedEntry[]): Promise<void> {
  for (const item of entries.flatMap(({ entry: { data = [] } }) => data)) {
    const path = 'ct' in item ? contentPath(dir, item.kid, item.ct) : undefined
    if (path !== undefined) await removeIfThere(path)
  }
  await removeIfThere(join(dir, segmentName(first)))
  await syncFolder(dir)
}
