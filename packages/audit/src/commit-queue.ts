import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Appended, BatchBuilder } from './batch.ts'
import type { DiskSpace } from './disk-space.ts'
import { AuditError } from './errors.ts'
import { Gap } from './gap.ts'
import type { ChainHead, LineParts } from './line.ts'
import type { Frontier, TreeState } from './merkle.ts'
import { causeOf, ended, timedOut, unexpected } from './refusals.ts'
import type { SegmentWriter } from './segment-writer.ts'
import { type SystemEntry, systemParts } from './system-entry.ts'
import { type AppendOptions, settle, type Waiting } from './waiting-append.ts'

/** What a commit queue needs. */
export interface CommitQueueOptions {
  readonly origin: string
  readonly head: ChainHead
  readonly tree: Frontier
  readonly segments: SegmentWriter
  readonly disk: DiskSpace
  /** Milliseconds after which an append is refused. */
  readonly timeout: number
  /** Appends that may wait. */
  readonly maxQueued: number
  readonly clock: () => number
}

const MAX_BATCH = 4096
const MAX_BATCH_BYTES = 1024 * 1024
/** A clock that is set back by less is held without a word. */
const CLOCK_TOLERANCE_MS = 1000

/**
 * Group commit: whatever has queued when the last sync returns goes with the next one; there is no timer. Entries get their
 * places in the order of the appends, and are answered once they are durable.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions
  readonly #gap = new Gap()
  readonly #tree: Frontier
  readonly #batches = new BatchBuilder()
  #before: TreeState | undefined
  #head: ChainHead
  #queue: Waiting[] = []
  #inFlight: readonly Waiting[] = []
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  /** Leaf hashes that the tree has not taken yet: it does so while the disk is busy. */
  #leaves: string[] = []
  #clockDelta = 0
  #isGapDue = false
  #isEnded = false
  #activeAt = performance.now()

  constructor(options: CommitQueueOptions) {
    this.#options = options
    this.#head = options.head
    this.#tree = options.tree
  }

  /** Behind the newest durable entry. */
  get head(): ChainHead {
    return this.#head
  }

  /** When something was last written, by `performance.now`. */
  get activeAt(): number {
    return this.#activeAt
  }

  /** The tree over all durable entries. */
  get tree(): Frontier {
    this.#grow()
    const [last] = this.#leaves
    if (last === undefined) return this.#tree
    this.#before = this.#tree.state()
    this.#tree.push(last)
    this.#leaves = []
    return this.#tree
  }

  /** The tree without the last of them; undefined where this writer has written nothing. */
  get treeBefore(): TreeState | undefined {
    void this.tree
    return this.#before
  }

  /** Queues an entry; resolves once it is durable. */
  append(parts: LineParts, options: AppendOptions): Promise<Appended> {
    const refusal = this.#refusal(options)
    if (refusal === undefined) return this.#enqueue(parts, options, false)
    this.#gap.add(options.isCritical, causeOf(refusal), this.#now())
    return Promise.reject(refusal)
  }

  /** Queues one of the log's own entries: no stage of the disk refuses it. */
  appendSystem(entry: SystemEntry, isLast = false): Promise<Appended> {
    const parts = systemParts(this.#options.origin, entry, this.#now())
    return this.#enqueue(parts, { isCritical: true, isLast }, true)
  }

  /** Refuses whatever comes from now on. */
  end(): void {
    this.#isEnded = true
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  /** Writes down what is known to be missing. */
  async flushGap(): Promise<void> {
    this.#isGapDue = this.#gap.count > 0
    this.#start()
    await this.drained()
  }

  #refusal({ isCritical }: AppendOptions): AuditError | undefined {
    const { disk, maxQueued } = this.#options
    if (this.#queue.length >= maxQueued) {
      const message = `Expected at most ${maxQueued} appends to wait for the disk; wait for earlier ones before more`
      return new AuditError('AUDIT_OVERLOADED', message)
    }
    return disk.refusal(isCritical)
  }

  #enqueue(parts: LineParts, options: AppendOptions, isSystem: boolean): Promise<Appended> {
    const { isCritical, before, isLast = false } = options
    if (this.#isEnded) return Promise.reject(ended(this.#options.origin))
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + this.#options.timeout
      this.#queue.push({
        parts,
        isCritical,
        before,
        isLast,
        deadline,
        isSystem,
        isSettled: false,
        resolve,
        reject,
      })
      this.#start()
      this.#watch()
    })
  }

  /** A clock that tells no time is held; whoever appends is told. */
  #now(): number {
    try {
      return this.#options.clock()
    } catch {
      return this.#head.time
    }
  }

  #start(): void {
    if (this.#queue.length > 0 || this.#isGapDue) this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 || this.#isGapDue) {
      // Whoever was answered by the last commit, or appends in the same turn, goes with this one.
      await nextTurn()
      this.#inFlight = this.#take()
      await this.#commit(this.#inFlight)
      this.#inFlight = []
    }
    this.#running = undefined
  }

  #take(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { parts, isLast } of this.#queue) {
      bytes += parts.bytes
      if (count === MAX_BATCH || (count > 0 && bytes > MAX_BATCH_BYTES)) break
      count += 1
      if (isLast === true) break
    }
    return this.#queue.splice(0, count).filter(({ isSettled }) => !isSettled)
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const gap = this.#gap.take()
    this.#isGapDue = false
    try {
      await this.#write(await this.#ready(batch), gap?.entry)
    } catch (error) {
      gap?.putBack()
      await this.#refuse(batch, error)
    }
  }

  /** Those that may be written: what they refer to is durable, and the disk is not full. */
  async #ready(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    const { disk } = this.#options
    await disk.probe()
    if (disk.stage === 'full') {
      for (const waiting of batch) {
        const refusal = waiting.isSystem ? undefined : disk.refusal(true)
        if (refusal !== undefined) this.#reject(waiting, refusal)
      }
      return batch.filter(({ isSystem }) => isSystem)
    }
    const prepared = batch.filter(({ before }) => before !== undefined)
    await Promise.all(prepared.map((waiting) => this.#prepare(waiting)))
    return prepared.length === 0 ? batch : batch.filter(({ isSettled }) => !isSettled)
  }

  async #prepare(waiting: Waiting): Promise<void> {
    try {
      await waiting.before?.()
    } catch (error) {
      this.#reject(waiting, unexpected(error))
    }
  }

  async #write(batch: readonly Waiting[], gap: SystemEntry | undefined): Promise<void> {
    const { segments, origin } = this.#options
    const now = this.#now()
    const own = [gap, this.#clockEntry(now)].filter((entry) => entry !== undefined)
    const parts = batch.map((waiting) => waiting.parts)
    // A writer says nothing before it has said that it starts.
    const isStart = this.#head.seq === this.#options.head.seq
    const at = isStart ? parts.length : 0
    parts.splice(at, 0, ...own.map((entry) => systemParts(origin, entry, now)))
    if (parts.length === 0) return
    const { lines, appended, head } = this.#batches.build(parts, this.#head, now)
    const written = segments.write(lines, this.#head.seq)
    // The tree grows while the disk is busy.
    this.#grow()
    await written
    this.#head = head
    this.#activeAt = performance.now()
    for (const { hash } of appended) this.#leaves.push(hash)
    for (const [index, waiting] of batch.entries())
      settle(waiting, appended[index + (isStart ? 0 : own.length)] as Appended)
  }

  /** The tree takes what it does not have, but for the last leaf. */
  #grow(): void {
    const last = this.#leaves.pop()
    for (const leaf of this.#leaves) this.#tree.push(leaf)
    this.#leaves = last === undefined ? [] : [last]
  }

  /** Says that the clock was set back, once for each time. */
  #clockEntry(now: number): SystemEntry | undefined {
    const delta = this.#head.time - now
    if (delta <= 0) this.#clockDelta = 0
    if (delta - this.#clockDelta < CLOCK_TOLERANCE_MS) return undefined
    this.#clockDelta = delta
    return { action: 'audit.clock', sys: { delta_ms: delta } }
  }

  async #refuse(batch: readonly Waiting[], error: unknown): Promise<void> {
    const refusal = error instanceof AuditError ? error : unexpected(error)
    for (const waiting of batch) this.#reject(waiting, refusal)
    if (refusal.code !== 'AUDIT_DISK_FULL' || this.#options.disk.stage === 'full') return
    await this.#options.disk.full().catch(() => undefined)
    this.#isGapDue = true
  }

  #reject(waiting: Waiting, error: AuditError): void {
    if (waiting.isSettled) return
    waiting.isSettled = true
    if (!waiting.isSystem) this.#gap.add(waiting.isCritical, causeOf(error), this.#now())
    waiting.reject(error)
  }

  /** Refuses what waits too long. One timer for all, as all wait equally long. */
  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#expire()
      if (this.#queue.length + this.#inFlight.length > 0) this.#watch()
    }, this.#nextDeadline()).unref()
  }

  #nextDeadline(): number {
    const oldest = this.#inFlight.find(({ isSettled }) => !isSettled) ?? this.#queue[0]
    if (oldest === undefined) return this.#options.timeout
    return Math.max(1, Math.ceil(oldest.deadline - performance.now()))
  }

  #expire(): void {
    const now = performance.now()
    const { timeout } = this.#options
    for (const waiting of this.#inFlight) {
      if (waiting.deadline > now || waiting.isSettled) continue
      waiting.isSettled = true
      waiting.reject(timedOut(timeout, 'it may still come to stand in the log'))
    }
    for (const waiting of this.#queue) {
      if (waiting.deadline > now) break
      this.#reject(waiting, timedOut(timeout, 'the entry was not written'))
    }
  }
}
