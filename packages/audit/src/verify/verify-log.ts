import { parseWithheld } from '../withheld-line.ts'
import type { LogAnchor } from './anchor-file.ts'
import { Chain, type TakenEntry } from './chain.ts'
import { CheckpointWatch, type GoodCheckpoint } from './checkpoint-watch.ts'
import { ContentFiles } from './content-files.ts'
import {
  compareEnd,
  compareHash,
  ExpiredParts,
  type HashesFile,
  hashAt,
  readHashes,
} from './expired-parts.ts'
import type { Findings } from './findings.ts'
import { heldClaims } from './held-claims.ts'
import { type KeptFile, readKept } from './kept-file.ts'
import { KeyHistory } from './key-history.ts'
import type { LogPart } from './log-folder.ts'
import type { LogOutcome, LogTask } from './log-task.ts'
import { type AuditAnchor, outsideAnchors } from './outside-anchors.ts'
import { OwnEntries } from './own-entries.ts'
import type { AuditClaims } from './report.ts'
import { type RootClaim, RootClaims } from './root-claims.ts'
import { tellPlace, tellTail } from './segment-ends.ts'
import { readSegment } from './segment-lines.ts'

/** Verifies one log, streaming: memory does not grow with it. */
export function verifyLog(task: LogTask): Promise<LogOutcome> {
  return new LogVerification(task).run()
}

class LogVerification {
  readonly #task: LogTask
  readonly #findings: Findings
  readonly #keys: KeyHistory
  readonly #own: OwnEntries
  readonly #chain: Chain
  readonly #watch: CheckpointWatch
  readonly #claims: RootClaims
  readonly #content: ContentFiles
  readonly #expired: ExpiredParts
  readonly #remembered: RootClaim | undefined
  /** Entries before this one were verified earlier. */
  readonly #from: number
  readonly #root = (): Buffer | undefined => this.#chain.root()
  #first: number | undefined
  #next: LogAnchor | undefined
  #anchors: AuditAnchor[] = []
  #withheld = 0

  constructor(task: LogTask) {
    const { folder, origin, anchor, incremental, findings } = task
    const state = incremental ? anchor : undefined
    this.#task = task
    this.#findings = findings
    this.#from = state?.size ?? 0
    this.#keys = new KeyHistory(task.trusted, task.published, findings)
    this.#own = new OwnEntries(findings, this.#keys)
    this.#chain = new Chain(
      origin,
      findings,
      { onEntry: (entry) => this.#takeEntry(entry), onGrown: (size) => this.#grown(size) },
      state,
    )
    this.#content = new ContentFiles(folder.dir, findings, task.contentBefore)
    this.#expired = new ExpiredParts(findings)
    this.#remembered = anchor && { size: anchor.size, root: anchor.root, by: 'the anchor' }
    const claims = [...task.claims, ...(this.#remembered === undefined ? [] : [this.#remembered])]
    this.#claims = new RootClaims(
      claims.filter(({ size }) => size >= this.#from),
      findings,
    )
    this.#watch = new CheckpointWatch({
      dir: folder.dir,
      latest: folder.checkpoint,
      origin,
      sizes: folder.checkpoints,
      after: this.#from - 1,
      keys: this.#keys,
      findings,
      onReached: (size) => this.#own.signed(size),
      onGood: (good) => this.#takeCheckpoint(good),
    })
    if (state !== undefined) {
      this.#keys.resume(state.before, state.keys, state.size)
      this.#own.isClosed = state.closed
      if (state.closed) this.#own.closedSize = state.size
    }
  }

  async run(): Promise<LogOutcome> {
    const { parts, faults } = this.#task.folder
    for (const { code, severity, detail } of faults) this.#findings[severity](code, null, detail)
    this.#grown(this.#chain.expected)
    const newest = parts.at(-1)?.first ?? 0
    if (!this.#task.bundled && newest >= this.#watch.signedSize) this.#chain.expectRepeats(newest)
    for (const [at, part] of parts.entries()) {
      const end = parts[at + 1]?.first ?? Number.POSITIVE_INFINITY
      if (end > this.#from || at === parts.length - 1)
        await this.#takePart(part, at === parts.length - 1)
    }
    return this.#finish()
  }

  async #takePart(part: LogPart, isNewest: boolean): Promise<void> {
    const hashes =
      part.hashes === null ? undefined : await readHashes(part.hashes, part.first, this.#findings)
    if (part.segment !== null) await this.#takeSegment(part, part.segment, hashes, isNewest)
    else if (hashes !== undefined)
      this.#takeHashes(hashes, readKept(hashes, part.hashes ?? '', this.#findings))
  }

  async #takeSegment(
    part: LogPart,
    path: string,
    hashes: HashesFile | undefined,
    isNewest: boolean,
  ): Promise<void> {
    const chain = this.#chain
    let skip = Math.max(0, this.#from - part.first)
    this.#content.enter(part.first)
    // What was written again elsewhere after a failed write may be there twice until the writer's next start.
    const isLive = isNewest && !this.#task.bundled
    const isAfterSigned = isLive && part.first >= this.#watch.signedSize
    if (isAfterSigned) chain.allowRepeats()
    else if (part.first >= this.#from) tellPlace(part.first, chain.expected, this.#findings)
    const tail = await readSegment(
      path,
      (bytes, start, end) => {
        if (skip > 0) {
          skip -= 1
          return true
        }
        // What a crash leaves behind what was signed is no part of the log.
        const isSigned = chain.expected < this.#watch.signedSize || this.#task.bundled
        if (isNewest && !isSigned && !chain.isReadable(bytes, start, end)) return false
        if (!this.#takeWithheld(bytes, start, end)) chain.take(bytes, start, end)
        if (hashes !== undefined)
          compareHash(hashes, chain.expected - 1, chain.last, this.#findings)
        return true
      },
      async (bytes) => {
        await this.#content.drain(this.#own.signedSoFar)
        this.#task.onBytes(bytes)
      },
    )
    if (skip > 0)
      this.#findings.failure(
        'TRUNCATED',
        this.#from - skip,
        `the log has ${this.#from - skip} entries, and the anchor remembers ${this.#from}`,
      )
    if (hashes !== undefined) compareEnd(hashes, chain.expected, this.#findings)
    this.#first ??= part.first
    // What its name says is missing, whatever is in it.
    if (part.first > chain.expected) chain.skipTo(part.first)
    tellTail(tail, { first: part.first, seq: chain.expected, isLive }, this.#findings)
  }

  /** Whether a line stands for an entry that a bundle withholds. */
  #takeWithheld(bytes: Buffer, start: number, end: number): boolean {
    const line = this.#task.bundled ? parseWithheld(bytes, start, end) : undefined
    if (line === undefined) return false
    this.#withheld += 1
    this.#own.withheld()
    this.#chain.takeWithheld(line.seq, line.leaf)
    return true
  }

  #takeHashes(hashes: HashesFile, kept: KeptFile): void {
    const { first, count } = hashes
    const chain = this.#chain
    this.#expired.add(hashes, kept.sha256)
    // Where the first entry is gone, the keys beside the log are in its place.
    if (chain.expected === 0 && !kept.lines.has(0))
      this.#keys.begin(
        this.#task.published.map(({ vkey }) => vkey),
        0,
      )
    if (this.#first !== undefined)
      this.#findings.failure(
        'GAP',
        first,
        `entries ${first} to ${first + count - 1} are gone, and older ones are there`,
      )
    if (first > chain.expected) chain.skipTo(first)
    for (let at = chain.expected - first; at < count; at += 1) {
      this.#own.takeKept(first + at, kept.lines.get(first + at))
      chain.takeHash(hashAt(hashes, at))
    }
    this.#task.onBytes(hashes.bytes.length)
  }

  #takeEntry(entry: TakenEntry): void {
    const { fields, bytes, seq } = entry
    const action = bytes.toString('latin1', fields.action + 1, fields.actionEnd - 1)
    if (action.startsWith('audit.')) this.#own.take(action, entry)
    if (seq === 0 && action !== 'audit.genesis')
      this.#findings.failure('MODIFIED', 0, 'the first entry is not the one that begins a log')
    if (fields.data > 0 && this.#task.content)
      this.#content.take(seq, bytes.toString('utf8', fields.data, fields.dataEnd))
  }

  #grown(size: number): void {
    this.#own.grown(size)
    this.#claims.grown(size, this.#root)
    this.#watch.grown(size, this.#root)
  }

  #takeCheckpoint(good: GoodCheckpoint): void {
    const { folder, outside, origin } = this.#task
    const found = outsideAnchors(
      folder.dir,
      good,
      Date.parse(this.#chain.lastTime),
      outside,
      this.#findings,
    )
    this.#anchors.push(...found)
    const state = this.#chain.state()
    if (state === undefined) return
    const { isClosed, closedSize } = this.#own
    const closed = isClosed && closedSize === good.size
    this.#next = { ...state, ...this.#keys.state(), origin, root: good.root, closed }
  }

  #finish(): LogOutcome {
    const size = this.#chain.expected
    this.#chain.finish()
    this.#watch.finish(size, this.#own.begun === size)
    this.#claims.finish(size)
    this.#keys.finish()
    this.#own.finish()
    const { erased, prunes } = this.#own
    this.#expired.finish(prunes)
    const isErasing = (kid: string): boolean => this.#own.isErasing(kid)
    const content = this.#content.finish({ erased, prunes, isErasing }, this.#own.signedSoFar)
    const { newest } = this.#watch
    const isAuthentic = newest !== undefined && this.#keys.checkSigners(newest.size, newest.signers)
    const unsigned = size - (newest?.size ?? 0)
    // Of a bundle the last entries may be withheld.
    if (!this.#isClosed(size) && !this.#task.bundled)
      this.#findings.note(
        'UNCLEAN_CLOSE',
        size - 1,
        `the log is not closed (a writer is at work, or was killed); ${unsigned} entries are not signed yet`,
      )
    return {
      entries: size,
      newest,
      next: this.#next,
      streams: this.#own.streams,
      trusted: this.#keys.trusted,
      signers: newest?.signers.filter((key) => this.#keys.isTrusted(key)) ?? [],
      claims: this.#claimsOf(size, unsigned, isAuthentic, content),
    }
  }

  #claimsOf(
    size: number,
    unsigned: number,
    authenticity: boolean,
    content: AuditClaims['content'],
  ): LogOutcome['claims'] {
    const first = this.#first ?? size
    const state = this.#remembered
    const remembered: AuditAnchor[] =
      state !== undefined && this.#claims.isConfirmed(state)
        ? [{ kind: 'state', size: state.size, by: 'this verifier', time: null, trusted: true }]
        : []
    return {
      ...heldClaims(this.#findings, authenticity),
      closed: this.#isClosed(size),
      coverage: first < size ? { first, last: size - 1 } : null,
      verified_from: this.#from,
      expired: this.#expired.entries,
      withheld: this.#withheld,
      unsigned,
      refused: this.#own.refused,
      last_time: this.#chain.lastTime || null,
      anchors: [...remembered, ...this.#anchors],
      content,
    }
  }

  /** A close counts once a checkpoint covers it. */
  #isClosed(size: number): boolean {
    return this.#own.isClosed && (size <= this.#watch.signedSize || this.#task.bundled)
  }
}
