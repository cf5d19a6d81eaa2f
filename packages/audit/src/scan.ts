import { type AuditEntry, FORMAT, MAX_LINE_BYTES } from './entry.ts'
import { hasForm, namesUnsigned } from './entry-form.ts'
import { type ChainHead, linkHash } from './line.ts'
import { lineFields } from './line-fields.ts'
import { scanLine } from './line-scan.ts'
import { isPseudonym } from './pseudonym.ts'
import { isReason } from './reasons.ts'

/** What a scan of a segment's bytes found. */
export interface Scan {
  /** Bytes of whole lines that continue the chain. */
  readonly end: number
  readonly head: ChainHead
  /** Leaf hashes of these lines, base64. */
  readonly leaves: readonly string[]
  /** The newest `audit.open` among them. */
  readonly opened: AuditEntry | undefined
  /** Those among them that are reasons for something. */
  readonly reasons: readonly FoundReason[]
  /** Time of the last line that was signed, epoch milliseconds; undefined where it is not among them. */
  readonly signedTime: number | undefined
  /** Whether signed lines among them replace names by pseudonyms. */
  readonly isRenamed: boolean
  /** Action of the last line. */
  readonly lastAction: string | undefined
  /** Whether it closed the log, and a line goes on behind it without having opened it again. */
  readonly isStray: boolean
}

/** An entry of the log's own that counts once it is signed. */
export type FoundReason = Pick<AuditEntry, 'seq' | 'action' | 'sys'>

/** Which lines of a segment are read. */
export interface ScanRange {
  /** Those before this sequence number. */
  readonly limit: number
  /** Those before this one are signed; others have to have the form of entries, too. */
  readonly signed: number
}

/** Reads lines for as long as they continue the chain behind a head. */
export function scanSegment(
  bytes: Buffer,
  origin: string,
  from: ChainHead,
  { limit, signed }: ScanRange,
): Scan {
  const leaves: string[] = []
  let head = from
  let end = 0
  const said: Said = { opened: undefined, reasons: [], isRenamed: false }
  let lastAction: string | undefined
  let isStray = false
  let signedTime: number | undefined
  while (head.seq < limit) {
    const stop = bytes.indexOf(0x0a, end)
    const entry = stop < 0 ? undefined : parseEntry(bytes.subarray(end, stop))
    if (entry === undefined || !continues(entry, origin, head, signed)) break
    isStray = lastAction === 'audit.close' && entry.action !== 'audit.open'
    if (isStray) break
    const hash = linkHash(bytes.toString('utf8', end, stop))
    leaves.push(hash)
    head = { seq: head.seq + 1, prev: hash, time: Date.parse(entry.ts) }
    if (head.seq === signed) signedTime = head.time
    end = stop + 1
    lastAction = entry.action
    remember(entry, signed, said)
  }
  return { end, head, leaves, signedTime, lastAction, isStray, ...said }
}

interface Said {
  opened: AuditEntry | undefined
  readonly reasons: FoundReason[]
  isRenamed: boolean
}

function remember(entry: AuditEntry, signed: number, said: Said): void {
  if (entry.action === 'audit.open') said.opened = entry
  if (isReason(entry.action)) said.reasons.push(entry)
  if (entry.seq < signed && replacesNames(entry)) said.isRenamed = true
}

/** Whether an entry tells that names are replaced, or has one that was. */
function replacesNames({ action, actor, sys }: AuditEntry): boolean {
  if (/^audit\.(open|close)$/.test(action)) return sys?.pseudonyms === true
  return actor?.type === 'user' && isPseudonym(actor.id)
}

const fields = lineFields()

/** The entry in a line's bytes; undefined where they are no line of this format. */
export function parseEntry(line: Buffer): AuditEntry | undefined {
  if (line.length > MAX_LINE_BYTES || !scanLine(line, 0, line.length, fields)) return undefined
  const entry = JSON.parse(line.toString('utf8')) as AuditEntry
  const isEntry =
    entry.v === FORMAT &&
    typeof entry.log === 'string' &&
    Number.isSafeInteger(entry.seq) &&
    typeof entry.prev === 'string' &&
    typeof entry.action === 'string' &&
    !Number.isNaN(Date.parse(entry.ts))
  return isEntry ? entry : undefined
}

function continues(entry: AuditEntry, origin: string, head: ChainHead, signed: number): boolean {
  const { log, seq, prev } = entry
  if (log !== origin || seq !== head.seq || (head.prev !== '' && prev !== head.prev)) return false
  return seq < signed || fits(entry, head)
}

/** Whether a line that nobody has signed may be by a writer: what a verifier would not take must not be signed. */
function fits(entry: AuditEntry, { time }: ChainHead): boolean {
  return hasForm(entry) && (Date.parse(entry.ts) >= time || namesUnsigned(entry))
}

/** What is left behind the last good line. */
export interface Remains {
  readonly bytes: Buffer
  /** Whole lines of this log that claim to stand there or later: no killed process leaves those behind a bad line. */
  readonly lines: number
}

/** Bytes behind the last good line; undefined where they are only what was allocated ahead. */
export function remainsOf(bytes: Buffer, origin: string, head: ChainHead): Remains | undefined {
  let last = bytes.length
  while (last > 0 && bytes[last - 1] === 0) last -= 1
  if (last === 0) return undefined
  const rest = bytes.subarray(0, last)
  return { bytes: rest, lines: linesFrom(rest, origin, head.seq) }
}

function linesFrom(bytes: Buffer, origin: string, seq: number): number {
  let lines = 0
  for (let start = 0; start < bytes.length; ) {
    const stop = bytes.indexOf(0x0a, start)
    if (stop < 0) break
    const entry = parseEntry(bytes.subarray(start, stop))
    if (entry?.log === origin && entry.seq >= seq) lines += 1
    start = stop + 1
  }
  return lines
}
