import { isReason } from '../reasons.ts'
import type { TakenEntry } from './chain.ts'
import type { SignedSoFar } from './content-files.ts'
import type { Findings } from './findings.ts'
import type { KeyHistory } from './key-history.ts'
import { isWellFormed } from './reason-forms.ts'
import { type Reason, SignedEntries } from './signed-entries.ts'

/** What the parent says about a stream: so many entries with this root. */
export interface StreamClaim {
  readonly seq: number
  readonly size: number
  readonly root: string
  readonly key: string
}

/** Expired entries, and what their hashes are. */
export interface PruneClaim {
  readonly seq: number
  readonly first: number
  readonly last: number
  readonly sha256: string
  /** What stayed of them; undefined where nothing did. */
  readonly kept?: string
}

/** What the log says about itself in its own entries (`audit.…`). */
export class OwnEntries {
  readonly #findings: Findings
  readonly #keys: KeyHistory
  readonly #reasons = new SignedEntries({
    onSigned: (reason) => this.#count(reason),
    onUnsigned: ({ seq, action }, isLate) => this.#tellUnsigned(seq, action, isLate),
  })
  /** Destroyed keys, each with the request it was destroyed under. */
  readonly erased: Map<string, string> = new Map()
  readonly prunes: PruneClaim[] = []
  readonly streams: Map<string, StreamClaim[]> = new Map()
  /** Appends that were refused, and told so. */
  refused = 0
  /** Whether the last writer closed the log. */
  isClosed = true
  /** Size at which it was closed, until it is opened again. */
  closedSize: number = Number.POSITIVE_INFINITY
  /** How many entries a writer makes before it signs for the first time. */
  begun = 0

  constructor(findings: Findings, keys: KeyHistory) {
    this.#findings = findings
    this.#keys = keys
  }

  /** Takes an entry of the log's own. */
  take(action: string, { seq, bytes, start, end }: TakenEntry): void {
    const entry = JSON.parse(bytes.toString('utf8', start, end)) as Record<string, unknown>
    const sys = isObject(entry.sys) ? entry.sys : {}
    if (action !== 'audit.open' && action !== 'audit.genesis') this.isClosed = false
    switch (action) {
      case 'audit.genesis':
        this.#begin(seq, action, sys)
        break
      case 'audit.open':
        this.#open(seq, sys)
        this.#reasons.add({ seq, action, sys })
        break
      case 'audit.close':
        this.isClosed = true
        this.closedSize = seq + 1
        break
      case 'audit.clock':
        this.#findings.note('CLOCK', seq, `the clock was set back by ${text(sys.delta_ms)} ms`)
        break
      case 'audit.gap':
        this.#gap(seq, sys)
        break
      case 'audit.recovered':
        this.#findings.note(
          'TORN_TAIL',
          seq,
          `${text(sys.bytes)} bytes that a crash left were set aside in quarantine/${text(sys.file)}`,
        )
        break
      default:
        if (isReason(action)) this.#reasons.add({ seq, action, sys })
    }
  }

  /** Takes an expired entry, or its line where it stayed: nobody sees whether others closed the log, or opened it again. */
  takeKept(seq: number, line: Buffer | undefined): void {
    this.withheld()
    if (line === undefined) return
    const { action, sys } = JSON.parse(String(line)) as Record<string, unknown>
    const said = isObject(sys) ? sys : {}
    if (seq === 0 || action === 'audit.genesis') this.#begin(seq, String(action), said)
    else if (isReason(String(action)) || action === 'audit.open')
      this.#reasons.add({ seq, action: String(action), sys: said })
  }

  /** To be called where a checkpoint ends, before it is looked at: it may be signed by a key that one of the entries which it covers lets sign. */
  signed(size: number): void {
    this.#reasons.release(size)
  }

  /** Which entries are signed so far. */
  get signedSoFar(): SignedSoFar {
    return this.#reasons
  }

  /** To be called at the end: says what nothing has signed. */
  finish(): void {
    this.#reasons.finish()
  }

  /** Whether an erasure of a key was begun, which nothing has signed yet. */
  isErasing(kid: string): boolean {
    return this.#reasons.waiting.some(
      ({ action, sys }) =>
        action === 'audit.erasure' && Array.isArray(sys.kids) && sys.kids.includes(kid),
    )
  }

  /** An entry that nobody sees here: it may have closed the log, or opened it again. */
  withheld(): void {
    this.isClosed = true
    this.closedSize = Number.POSITIVE_INFINITY
  }

  /** To be called after each entry: behind a close nothing is written before the log is opened again. */
  grown(size: number): void {
    if (size <= this.closedSize) return
    this.closedSize = Number.POSITIVE_INFINITY
    this.isClosed = false
    this.#findings.failure(
      'REORDERED',
      size - 1,
      `entry ${size - 1} stands behind the close of the log, and no start is between them`,
    )
  }

  #begin(seq: number, action: string, sys: Record<string, unknown>): void {
    this.begun += 1
    if (action !== 'audit.genesis')
      this.#findings.failure('MODIFIED', 0, 'the first entry is not the one that begins a log')
    else if (seq > 0)
      this.#findings.failure('MODIFIED', seq, `entry ${seq} begins a log within a log`)
    else if (this.#isWellFormed(seq, action, sys)) this.#keys.begin(sys.keys as string[], seq)
  }

  /** Entries that count once they are signed. */
  #count({ seq, action, sys }: Reason): void {
    if (!this.#isWellFormed(seq, action, sys)) return
    switch (action) {
      case 'audit.key_rotate':
        this.#keys.rotate(sys.old, sys.new, seq)
        break
      case 'audit.key_revoke':
        this.#keys.revoke(sys.key, sys.trusted_size, seq)
        break
      case 'audit.erasure':
        this.#erase(sys)
        break
      case 'audit.prune':
        this.#prune(seq, sys)
        break
      case 'audit.stream':
        this.#stream(seq, sys)
        break
    }
  }

  #isWellFormed(seq: number, action: string, sys: Record<string, unknown>): boolean {
    const isGood = isWellFormed(action, sys)
    if (!isGood)
      this.#findings.failure(
        'MODIFIED',
        seq,
        `entry ${seq} (${action}) does not say what such an entry says`,
      )
    return isGood
  }

  #tellUnsigned(seq: number, action: string, isLate: boolean): void {
    if (action === 'audit.open') return
    const when = isLate ? 'was not signed when the log was opened again' : 'is not signed yet'
    this.#findings.note('UNCLEAN_CLOSE', seq, `entry ${seq} (${action}) ${when}: it is no reason`)
  }

  #open(seq: number, { signed }: Record<string, unknown>): void {
    // The first start begins the log itself.
    const late =
      typeof signed === 'number' && signed < seq && seq > 1
        ? `; entries ${signed} to ${seq - 1} were signed only after this`
        : ''
    if (!this.isClosed || late !== '')
      this.#findings.note(
        'UNCLEAN_CLOSE',
        seq,
        `before entry ${seq} the log was not closed: the writer was killed or lost power${late}`,
      )
    this.isClosed = false
    this.closedSize = Number.POSITIVE_INFINITY
    this.begun += 1
  }

  #gap(seq: number, sys: Record<string, unknown>): void {
    this.refused += typeof sys.count === 'number' ? sys.count : 0
    this.#findings.note(
      'GAP',
      seq,
      `${text(sys.count)} appends were refused and told so: ${text(sys.cause)}`,
    )
  }

  #erase({ kids, request }: Record<string, unknown>): void {
    for (const kid of kids as string[]) this.erased.set(kid, text(request))
  }

  #prune(seq: number, { first, last, sha256, kept }: Record<string, unknown>): void {
    this.prunes.push({ seq, first, last, sha256, kept } as PruneClaim)
  }

  #stream(seq: number, { origin, size, root, key }: Record<string, unknown>): void {
    const claims = this.streams.get(origin as string) ?? []
    claims.push({ seq, size, root, key } as StreamClaim)
    this.streams.set(origin as string, claims)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string {
  return String(value).slice(0, 256)
}
