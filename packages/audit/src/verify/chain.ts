import { type AuditEntry, MAX_LINE_BYTES } from '../entry.ts'
import { namesUnsigned } from '../entry-form.ts'
import { genesisLink } from '../line.ts'
import { type LineFields, lineFields, scannedInteger } from '../line-fields.ts'
import { Frontier, leafBytesWithin, type TreeState } from '../merkle.ts'
import type { Findings } from './findings.ts'
import { KnownShapes } from './known-shapes.ts'
import { beginsWith, isHash, isText } from './line-bytes.ts'
import { LineTimes } from './line-times.ts'
import { MissingEntries } from './missing-entries.ts'

/** An entry in its place: what it commits to is between these bytes. */
export interface TakenEntry {
  readonly seq: number
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  readonly fields: LineFields
}

/** Where the chain stands, to go on from later. */
export interface ChainState extends TreeState {
  /** Leaf hash of the last entry, base64. */
  readonly prev: string
  /** Its time. */
  readonly ts: string
}

/** What the chain tells while it grows. */
export interface ChainListener {
  /** The log's own entries, and those with content. */
  readonly onEntry: (entry: TakenEntry) => void
  /** After each entry (and hash). */
  readonly onGrown: (size: number) => void
}

const RECENT = 256
const OWN = '"audit.'

/** Takes a log's lines in the order of its files and tells where they are not as they were written. */
export class Chain {
  readonly #findings: Findings
  readonly #listener: ChainListener
  readonly #origin: string
  readonly #fields: LineFields = lineFields()
  readonly #shapes = new KnownShapes()
  readonly #tree: Frontier
  readonly #times: LineTimes
  #expected: number
  /** Leaf hash of the last entry, as a text in which each character is a byte; so are all hashes that are remembered here. */
  #prev: string
  /** False once an entry is missing or unreadable: from there on no root can be known. */
  #isWhole = true
  /** Lines that could not be read since the last that could. */
  #unread = 0
  /** The entry before did not fit the one before it. */
  #broken = -1
  readonly #missing = new MissingEntries()
  /** Entries from here on, before the other, may be there twice; their hashes. */
  #repeatsFrom = Number.POSITIVE_INFINITY
  #repeatsBefore = 0
  readonly #repeatable: string[] = []
  readonly #recent: string[] = []

  constructor(origin: string, findings: Findings, listener: ChainListener, state?: ChainState) {
    this.#findings = findings
    this.#listener = listener
    this.#origin = Buffer.from(JSON.stringify(origin)).toString('latin1')
    this.#tree = new Frontier(state)
    this.#expected = state?.size ?? 0
    this.#prev = bytesOf(state?.prev ?? genesisLink(origin))
    this.#times = new LineTimes(state?.ts)
  }

  /** The sequence number that is expected next. */
  get expected(): number {
    return this.#expected
  }

  /** Leaf hash of the last entry, base64. */
  get last(): string {
    return base64Of(this.#prev)
  }

  /** Time of the last entry; empty before the first. */
  get lastTime(): string {
    return this.#times.last.slice(1, -1)
  }

  /** To be called first: the newest segment begins with this entry, so that from there on they may be there twice, because a failed write was repeated. */
  expectRepeats(from: number): void {
    this.#repeatsFrom = from
  }

  /** The newest segment begins here. */
  allowRepeats(): void {
    this.#repeatsBefore = this.#expected
  }

  /** Root of the tree so far; undefined once it cannot be known. */
  root(): Buffer | undefined {
    return this.#isWhole ? this.#tree.root() : undefined
  }

  /** Where it stands; undefined once that cannot be known. */
  state(): ChainState | undefined {
    if (!this.#isWhole) return undefined
    return { ...this.#tree.state(), prev: this.last, ts: this.#times.last }
  }

  /** Whether a line can be read at all. */
  isReadable(bytes: Buffer, start: number, end: number): boolean {
    const fields = this.#fields
    if (end - start > MAX_LINE_BYTES || !this.#shapes.scan(bytes, start, end, fields)) return false
    const { v, log, seq, prev, ts, action } = fields
    return v > 0 && log > 0 && seq > 0 && prev > 0 && ts > 0 && action > 0
  }

  /** Takes the next line. The byte before it is overwritten. */
  take(bytes: Buffer, start: number, end: number): void {
    if (!this.isReadable(bytes, start, end)) {
      this.#takeUnreadable()
      return
    }
    const fields = this.#fields
    const seq = scannedInteger(bytes, fields.seq, fields.seqEnd)
    const follows = isHash(bytes, fields.prev + 1, fields.prevEnd - 1, this.#prev)
    // Before the hash, which overwrites no byte of the line.
    const leaf = leafBytesWithin(bytes, start, end)
    if (seq !== this.#expected || this.#unread > 0) {
      const prev = bytes.toString('latin1', fields.prev + 1, fields.prevEnd - 1)
      if (!this.#takeMisplaced(seq, prev, leaf)) return
    } else {
      if (!follows) this.#takeBrokenLink(seq)
      else if (this.#broken >= 0) this.#reportBroken(this.#broken - 1)
      this.#tree.pushBytes(leaf)
    }
    this.#checkFields(bytes, start, end, seq)
    this.#prev = leaf
    this.#recent[seq % RECENT] = leaf
    if (seq >= this.#repeatsFrom && this.#repeatsBefore === 0)
      this.#repeatable[seq - this.#repeatsFrom] = leaf
    this.#expected = seq + 1
    const isOwn = beginsWith(bytes, fields.action, fields.actionEnd, OWN)
    if (isOwn || fields.data > 0) this.#listener.onEntry({ seq, bytes, start, end, fields })
    this.#listener.onGrown(this.#expected)
  }

  /** Takes the hash (base64) that stands for an entry which a bundle withholds. */
  takeWithheld(seq: number, hash: string): void {
    const leaf = bytesOf(hash)
    if (seq !== this.#expected || this.#unread > 0) {
      if (!this.#takeMisplaced(seq, '', leaf)) return
    } else {
      if (this.#broken >= 0) this.#reportBroken(this.#broken - 1)
      this.#tree.pushBytes(leaf)
    }
    this.#prev = leaf
    this.#recent[seq % RECENT] = leaf
    this.#expected = seq + 1
    this.#listener.onGrown(this.#expected)
  }

  /** Takes a hash (base64) in place of an entry that has expired. */
  takeHash(hash: string): void {
    const leaf = bytesOf(hash)
    this.#tree.pushBytes(leaf)
    this.#prev = leaf
    this.#expected += 1
    this.#listener.onGrown(this.#expected)
  }

  /** Entries up to `first` are nowhere. */
  skipTo(first: number): void {
    this.#addGap(this.#expected, first)
    this.#expected = first
  }

  /** Says what is still missing at the end. */
  finish(): void {
    if (this.#broken >= 0) this.#reportBroken(this.#broken - 1)
    this.#missing.finish(this.#findings)
  }

  #takeUnreadable(): void {
    const seq = this.#expected + this.#unread
    this.#findings.failure(
      'NOT_CANONICAL',
      seq,
      `the line where entry ${seq} has to be is none, or not in canonical form`,
    )
    this.#unread += 1
    this.#isWhole = false
  }

  /** Whether a line that is not the one expected goes on with the log, rather than repeating or catching up. */
  #takeMisplaced(seq: number, prev: string, leaf: string): boolean {
    const unread = this.#unread
    this.#unread = 0
    this.#broken = -1
    // Unreadable lines stand for as many entries.
    if (seq >= this.#expected) {
      if (seq > this.#expected + unread) this.#addGap(this.#expected + unread, seq)
      return true
    }
    if (this.#missing.fill(seq)) {
      this.#findings.failure(
        'REORDERED',
        seq,
        `entry ${seq} comes after entry ${this.#expected - 1}`,
      )
      return false
    }
    this.#takeRepeated(seq, prev, leaf)
    return false
  }

  #takeRepeated(seq: number, prev: string, leaf: string): void {
    const first = this.#recent[seq % RECENT]
    const isRecent = seq > this.#expected - RECENT
    const isAllowed = seq < this.#repeatsBefore
    if (isAllowed && this.#repeatable[seq - this.#repeatsFrom] === leaf) {
      const detail = `entry ${seq} is there twice, as a failed write leaves it`
      this.#findings.note('TORN_TAIL', seq, detail)
      return
    }
    this.#findings.failure(
      'DUPLICATE_WRITE',
      seq,
      isRecent && first === leaf
        ? `entry ${seq} is there twice, byte for byte`
        : `there is another entry with the sequence number ${seq}`,
    )
    const before = seq > 0 ? this.#recent[(seq - 1) % RECENT] : undefined
    if (isRecent && first !== leaf && before !== undefined && prev === base64Of(before))
      this.#findings.failure(
        'FORK',
        seq,
        `two different entries ${seq} follow entry ${seq - 1}: two writers, or two histories`,
      )
  }

  /** Which of the two was changed shows at the next line. */
  #takeBrokenLink(seq: number): void {
    if (this.#broken >= 0) {
      const detail = `entry ${seq - 1} fits neither the entry before it nor the one after it`
      this.#findings.failure('MODIFIED', seq - 1, detail)
      this.#broken = -1
    } else this.#broken = seq
  }

  #reportBroken(seq: number): void {
    this.#broken = -1
    if (seq < 0) this.#findings.failure('MODIFIED', 0, 'the first entry does not begin this log')
    else
      this.#findings.failure('MODIFIED', seq, `entry ${seq} is not what the entry after it follows`)
  }

  #checkFields(bytes: Buffer, start: number, end: number, seq: number): void {
    const { log, logEnd, ts, tsEnd, v, vEnd } = this.#fields
    if (!isText(bytes, log, logEnd, this.#origin))
      this.#findings.failure('MODIFIED', seq, `entry ${seq} is of another log`)
    if (vEnd - v !== 1 || bytes[v] !== 0x31)
      this.#findings.failure(
        'NOT_CANONICAL',
        seq,
        `entry ${seq} has a version of the format that is not known`,
      )
    const fault = this.#times.take(bytes, ts, tsEnd)
    if (fault === 'none') this.#findings.failure('CLOCK', seq, `entry ${seq} has no time`)
    if (fault !== 'earlier') return
    const isExcused = namesUnsigned(JSON.parse(bytes.toString('utf8', start, end)) as AuditEntry)
    if (isExcused) this.#times.goBack(bytes, ts)
    const which = isExcused ? ', which nobody had signed' : ''
    const detail = `entry ${seq} is before the entry before it${which}`
    this.#findings[isExcused ? 'note' : 'failure']('CLOCK', seq, detail)
  }

  #addGap(start: number, end: number): void {
    this.#isWhole = false
    this.#missing.add(start, end)
  }
}

function bytesOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1')
}

function base64Of(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('base64')
}
