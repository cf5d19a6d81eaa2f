import { randomBytes } from 'node:crypto'
import { readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint } from './checkpoint.ts'
import { removeIfThere, syncFolder, writeSynced } from './durable-file.ts'
import { type AuditEntry, segmentName } from './entry.ts'
import { AuditError } from './errors.ts'
import { RECOVERING, segmentFirsts, tidy } from './folder.ts'
import { type ChainHead, genesisLink } from './line.ts'
import { Frontier } from './merkle.ts'
import { prunedLeaves } from './pruned-hashes.ts'
import { quarantine } from './quarantine.ts'
import { type FoundReason, parseEntry, remainsOf, type Scan, scanSegment } from './scan.ts'
import { checkSegmentNames, checkSequence, misplaced } from './sequence.ts'
import { readTreeCache } from './tree-cache.ts'

/** Where a log stands when a writer takes it up. */
export interface Standing {
  readonly head: ChainHead
  readonly tree: Frontier
  /** The segment to go on in; undefined begins a new one. */
  readonly segment: { readonly first: number; readonly end: number } | undefined
  /** Whether the writer before did not close. */
  readonly isUnclean: boolean
  /** Starts so far. */
  readonly epoch: number
  /** Entries that were signed; what comes behind them may be by anybody. */
  readonly signed: number
  /** When the last of them was written, epoch milliseconds. */
  readonly signedTime: number
  /** Of the last entry that was signed on: what the log says that may be a reason for something. */
  readonly reasons: readonly FoundReason[]
  /** Whether what is signed of it replaces names by pseudonyms. */
  readonly isRenamed: boolean
}

interface Walk {
  head: ChainHead
  readonly tree: Frontier
  boot: string
  epoch: number
  /** Of the last entry that was signed. */
  signedTime: number
  readonly reasons: FoundReason[]
  isRenamed: boolean
}

/** A larger segment is not copied to go on in it: a new one begins. */
const MAX_COPY_BYTES = 1024 * 1024
/** More starts than any log has. */
const MOST_EPOCHS = 1e12

/**
 * Finds the end of a log after a clean close or a crash at any byte. What a crash left behind goes to quarantine; what no crash explains
 * is refused, and left as it is. `boot` names this start of the machine. Throws `AUDIT_DAMAGED` and `AUDIT_TRUNCATED`.
 */
export async function findStanding(
  dir: string,
  origin: string,
  boot: string,
  checkpoint: Checkpoint | undefined,
): Promise<Standing> {
  await tidy(dir)
  await checkSegmentNames(dir)
  const firsts = await segmentFirsts(dir)
  const { walk, index } = await beginning(dir, origin, firsts, checkpoint)
  await checkSequence(dir, firsts.slice(0, index + 1))
  for (const first of firsts.slice(index, -1)) {
    await walkOlder({ dir, origin, first, firsts, walk, checkpoint })
  }
  const last = firsts.at(-1)
  const { head, tree } = walk
  if (last === undefined) {
    if (checkpoint !== undefined && checkpoint.size > head.seq)
      throw truncated(dir, head, checkpoint)
    return {
      head,
      tree,
      segment: undefined,
      isUnclean: false,
      epoch: 0,
      signed: 0,
      signedTime: 0,
      reasons: [],
      isRenamed: false,
    }
  }
  return await walkNewest({ dir, origin, first: last, firsts, walk, checkpoint }, boot)
}

interface Place {
  readonly dir: string
  readonly origin: string
  readonly first: number
  readonly firsts: readonly number[]
  readonly walk: Walk
  readonly checkpoint: Checkpoint | undefined
}

const NOTHING_YET = { signedTime: 0, isRenamed: false } as const

/** From the signed checkpoint on where the cache has its tree; else from the oldest entry there is. */
async function beginning(
  dir: string,
  origin: string,
  firsts: readonly number[],
  checkpoint: Checkpoint | undefined,
): Promise<{ walk: Walk; index: number }> {
  const cache = await readTreeCache(dir)
  const tree = new Frontier(cache?.before)
  if (cache !== undefined) tree.push(cache.head.prev)
  const isSigned =
    cache !== undefined && checkpoint?.size === tree.size && checkpoint.root.equals(tree.root())
  // With the last entry that was signed: it may have changed the key.
  const index = isSigned ? firsts.findLastIndex((first) => first < tree.size) : -1
  if (isSigned && index >= 0) {
    return {
      walk: {
        head: cache.head,
        tree,
        boot: cache.boot,
        epoch: cache.epoch,
        ...NOTHING_YET,
        reasons: [],
      },
      index,
    }
  }
  const leaves = await prunedLeaves(dir, firsts[0] ?? 0)
  const grown = new Frontier()
  for (const leaf of leaves) grown.push(leaf)
  const prev = leaves.at(-1)?.toString('base64') ?? genesisLink(origin)
  const head = { seq: grown.size, prev, time: 0 }
  return { walk: { head, tree: grown, boot: '', epoch: 0, ...NOTHING_YET, reasons: [] }, index: 0 }
}

/** A segment that another follows: it must reach to it, and may have more only where a write failed at its end. */
async function walkOlder(place: Place): Promise<void> {
  const { dir, first, firsts, walk } = place
  const next = firsts[firsts.indexOf(first) + 1] as number
  const bytes = await readFile(join(dir, segmentName(first)))
  const scan = walkLines(place, bytes, next)
  const remains = remainsOf(bytes.subarray(scan.end), place.origin, walk.head)
  if (walk.head.seq !== next)
    throw remains === undefined ? misplaced(dir, next, walk.head.seq) : damaged(place)
  if (scan.end === bytes.length) return
  // What was signed was durable before: no failed write leaves it twice.
  const isUnsigned = firsts.at(-1) === next && next >= (place.checkpoint?.size ?? 0)
  if (remains !== undefined && !isUnsigned)
    throw remains.lines > 0 ? misplaced(dir, next, next + remains.lines) : damaged(place)
  if (remains !== undefined) {
    const { lines } = remains
    await quarantine(dir, {
      first,
      offset: scan.end,
      cause: 'overlap',
      lines,
      bytes: remains.bytes,
    })
  }
  await replaceSegment(dir, first, bytes.subarray(0, scan.end))
}

async function walkNewest(place: Place, boot: string): Promise<Standing> {
  const { dir, first } = place
  const path = join(dir, segmentName(first))
  if (await isLargeAndClosed(place, path)) {
    return { ...standingOf(place), segment: undefined, isUnclean: isUnsigned(place) }
  }
  await rename(path, path + RECOVERING)
  try {
    return await takeOver(place, boot, await readFile(path + RECOVERING))
  } catch (error) {
    await tidy(dir)
    throw error
  }
}

/** A segment that was closed cleanly needs no recovery, but two writers must not go on in the same file. */
async function isLargeAndClosed(place: Place, path: string): Promise<boolean> {
  if ((await stat(path)).size <= MAX_COPY_BYTES) return false
  const bytes = await readFile(path)
  const lastLine = bytes.subarray(bytes.lastIndexOf(0x0a, -2) + 1, -1)
  if (bytes.at(-1) !== 0x0a || parseEntry(lastLine)?.action !== 'audit.close') return false
  if (walkLines(place, bytes, Number.POSITIVE_INFINITY).end !== bytes.length) throw damaged(place)
  checkReached(place)
  return true
}

async function takeOver(place: Place, boot: string, bytes: Buffer): Promise<Standing> {
  const { dir, origin, first, walk } = place
  const scan = walkLines(place, bytes, Number.POSITIVE_INFINITY)
  const remains = remainsOf(bytes.subarray(scan.end), origin, walk.head)
  if (remains !== undefined) {
    const { lines } = remains
    // Only a power failure leaves whole lines behind a bad one; where the machine ran on, somebody changed something.
    if ((lines > 0 && walk.boot === boot) || scan.isStray) throw damaged(place)
    if (walk.head.seq < (place.checkpoint?.size ?? 0)) throw damaged(place)
    const cause = lines > 0 ? 'hole' : 'torn'
    await quarantine(dir, { first, offset: scan.end, cause, lines, bytes: remains.bytes })
  }
  checkReached(place)
  await replaceSegment(dir, first, bytes.subarray(0, scan.end))
  const isClosed = scan.end === bytes.length && scan.lastAction === 'audit.close'
  const isUnclean = walk.head.seq > 0 && (!isClosed || isUnsigned(place))
  return { ...standingOf(place), segment: { first, end: scan.end }, isUnclean }
}

function standingOf({ walk, checkpoint }: Place): Omit<Standing, 'segment' | 'isUnclean'> {
  const { head, tree, epoch, reasons, signedTime, isRenamed } = walk
  return { head, tree, epoch, reasons, signed: checkpoint?.size ?? 0, signedTime, isRenamed }
}

/** Whoever closes a log signs that he did. */
function isUnsigned({ walk, checkpoint }: Place): boolean {
  return walk.head.seq > (checkpoint?.size ?? 0)
}

/** Follows the chain through a segment; the tree takes what it does not have yet, and has to agree with the checkpoint. */
function walkLines(place: Place, bytes: Buffer, limit: number): Scan {
  const { origin, first, walk, checkpoint } = place
  const known = walk.head
  if (first > known.seq) throw misplaced(place.dir, first, known.seq)
  const signed = checkpoint?.size ?? 0
  const scan = scanSegment(bytes, origin, startIn(first, known, origin), { limit, signed })
  scan.leaves.forEach((leaf, index) => {
    const seq = first + index
    if (seq === known.seq - 1 && leaf !== known.prev) throw damaged(place)
    if (seq < known.seq) return
    walk.tree.push(leaf)
    if (walk.tree.size === checkpoint?.size && !walk.tree.root().equals(checkpoint.root)) {
      throw damaged(place)
    }
  })
  if (scan.head.seq < known.seq) {
    walk.head = scan.head
    const remains = remainsOf(bytes.subarray(scan.end), origin, scan.head)
    throw remains === undefined
      ? truncated(place.dir, scan.head, { size: known.seq })
      : damaged(place)
  }
  walk.head = scan.leaves.length === 0 ? known : scan.head
  walk.boot = String(scan.opened?.sys?.boot ?? walk.boot)
  // All others are done with.
  for (const reason of scan.reasons) if (reason.seq >= signed - 1) walk.reasons.push(reason)
  walk.signedTime = scan.signedTime ?? walk.signedTime
  walk.isRenamed ||= scan.isRenamed
  walk.epoch = epochOf(scan.opened) ?? walk.epoch
  return scan
}

/** Anybody may have written an entry that nobody has signed. */
function epochOf(opened: AuditEntry | undefined): number | undefined {
  const epoch = opened?.sys?.epoch
  return typeof epoch === 'number' && epoch > 0 && epoch < MOST_EPOCHS ? epoch : undefined
}

/** Where a segment's chain begins: known where the walk stands there; else its first line is believed for now, and the last one that the walk knows has to fit. */
function startIn(first: number, known: ChainHead, origin: string): ChainHead {
  if (known.seq === first) return known
  return { seq: first, prev: first === 0 ? genesisLink(origin) : '', time: 0 }
}

function checkReached({ dir, walk, checkpoint }: Place): void {
  if (checkpoint !== undefined && walk.head.seq < checkpoint.size) {
    throw truncated(dir, walk.head, checkpoint)
  }
}

/** Puts a copy in a segment's place: whoever has the old file open sees that it is not the log any more. */
async function replaceSegment(dir: string, first: number, bytes: Buffer): Promise<void> {
  const path = join(dir, segmentName(first))
  const copy = `${path}.${randomBytes(4).toString('hex')}.tmp`
  await writeSynced(copy, bytes)
  await rename(copy, path)
  await removeIfThere(path + RECOVERING)
  await syncFolder(dir)
}

function damaged({ dir, first, walk }: Place): AuditError {
  return new AuditError(
    'AUDIT_DAMAGED',
    `Entry ${walk.head.seq} of ${dir} (in ${segmentName(first)}) is not what was written, and no crash explains it; nothing was changed. Verify the log, restore the segment from a copy, or begin a new log that names this one as \`previous\``,
  )
}

function truncated(dir: string, { seq }: { seq: number }, { size }: { size: number }): AuditError {
  return new AuditError(
    'AUDIT_TRUNCATED',
    `${dir} has ${seq} entries, but its checkpoint was signed over ${size}: entries are missing at the end; nothing was changed. Restore them from a copy, or begin a new log that names this one as \`previous\``,
  )
}
