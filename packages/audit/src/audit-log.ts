import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Appended } from './batch.ts'
import { checkEvent } from './check-event.ts'
import type { SignedState } from './checkpoints.ts'
import type { OpenedContent } from './content-store.ts'
import type { ContentCommitment } from './entry.ts'
import { type Erasure, type ErasureRequest, erase, finishErasures } from './erasure.ts'
import { AuditError } from './errors.ts'
import type { AuditEvent } from './event.ts'
import { asIs, type PreparedEvent } from './event-content.ts'
import { type ExportedBundle, exportBundle } from './export/export-bundle.ts'
import type { ExportFilter, ExportRequest } from './export/export-request.ts'
import { filterInLog } from './export/log-names.ts'
import {
  beginHold,
  checkSubject,
  endHold,
  type Hold,
  type HoldRelease,
  type HoldRequest,
} from './holds.ts'
import { type KeyChange, type KeyRevocation, revokeKey, rotateKey } from './key-change.ts'
import { lineParts } from './line.ts'
import type { LogParts } from './log-parts.ts'
import { checkedLevel, type Durability } from './options.ts'
import { type Pruned, type PruneRequest, prune } from './prune.ts'
import { refusedEvent } from './refused-event.ts'
import {
  type RecordingLog,
  recordStreams,
  type StreamState,
  type StreamsRequest,
} from './streams.ts'
import type { SystemEntry } from './system-entry.ts'
import { Turns } from './turns.ts'
import { uuidv7 } from './uuid.ts'
import { warn } from './warnings.ts'

/** An audit log that is open for writing. */
export class AuditLog {
  readonly dir: string
  /** The log's name; of a stream, with the stream's name. */
  readonly origin: string
  readonly #parts: LogParts
  readonly #timers: readonly NodeJS.Timeout[]
  readonly #openedAt: number
  #closing: Promise<void> | undefined
  /** Appends whose content is being made ready; later ones wait, so that the order is kept. */
  #preparing = 0
  #turn: Promise<unknown> = Promise.resolve()
  /** What reads all segments, and what deletes them. */
  readonly #readers = new Turns()

  /** @internal */
  constructor(parts: LogParts) {
    this.#parts = parts
    this.dir = parts.dir
    this.origin = parts.origin
    this.#openedAt = parts.queue.head.seq
    const { checkpointEvery, heartbeatEvery } = parts.options
    this.#timers = [
      setInterval(() => this.#tick(), checkpointEvery).unref(),
      setInterval(() => this.#beat(), heartbeatEvery).unref(),
    ]
  }

  /** The public key that signs, as C2SP verifier key. */
  get publicKey(): string {
    return this.#parts.checkpoints.signerKey.vkey
  }

  /** Durable entries. */
  get size(): number {
    return this.#parts.queue.head.seq
  }

  /**
   * Appends an event. Resolves once the entry would survive a power cut (or what `durability` says); else rejects, and the action should not
   * go ahead. Throws `AUDIT_EVENT_INVALID`, `AUDIT_DISK_FULL`, `AUDIT_WRITE_FAILED`, `AUDIT_TIMEOUT`, `AUDIT_OVERLOADED`, `AUDIT_FENCED`, `AUDIT_CLOSED`.
   */
  append(event: AuditEvent, options: { readonly durability?: Durability } = {}): Promise<Appended> {
    try {
      this.#checkOpen()
      checkEvent(event)
      const { content } = this.#parts
      const level = checkedLevel(this.#parts.options, options.durability)
      if (content.isNeeded(event)) return this.#writeInTurn(event, content.prepare(event), level)
      if (this.#preparing > 0) return this.#writeInTurn(event, asIs(event), level)
      return this.#write(asIs(event), level)
    } catch (error) {
      return this.#refuse(event, error)
    }
  }

  /** Signs a checkpoint over everything that is durable, and keeps it. */
  checkpoint(): Promise<SignedState> {
    return this.#parts.checkpoints.sign(true)
  }

  /** Opens content that an entry commits to. Throws `AUDIT_CONTENT_UNAVAILABLE`. */
  readContent(commitment: ContentCommitment): Promise<OpenedContent> {
    return this.#parts.content.open(commitment)
  }

  /** Throws `AUDIT_ON_HOLD` where a legal hold forbids to erase a subject. */
  async checkHolds(subject: string): Promise<void> {
    this.#checkOpen()
    await checkSubject(this.#parts, subject)
  }

  /** Destroys a subject's keys and content; the entries stay, and say so. Throws `AUDIT_ON_HOLD`, `AUDIT_SUBJECT_NOT_FOUND`. */
  async erase(request: ErasureRequest): Promise<Erasure> {
    this.#checkOpen()
    return erase(this.#parts, request, (entry) => this.#appendSystem(entry))
  }

  /** Forbids to erase a subject or (without one) anything, until it is released. Throws `AUDIT_OPTION_INVALID`. */
  async hold(request: HoldRequest): Promise<Hold> {
    this.#checkOpen()
    return beginHold(this.#parts, request, (entry) => this.#appendSystem(entry))
  }

  /** Ends a hold. Throws `AUDIT_OPTION_INVALID` where no such hold is in force: all stay. */
  async releaseHold(request: HoldRelease): Promise<void> {
    this.#checkOpen()
    await endHold(this.#parts, request, (entry) => this.#appendSystem(entry))
  }

  /** Deletes the oldest segments whose entries have all expired; what is left, and every checkpoint, can still be verified. Throws `AUDIT_ON_HOLD`. */
  async prune(request: PruneRequest): Promise<readonly Pruned[]> {
    this.#checkOpen()
    return this.#readers.take(() =>
      prune(this.#parts, request, (entry) => this.#appendSystem(entry)),
    )
  }

  /** Lets another key sign from now on. */
  async rotateKey(change: KeyChange): Promise<SignedState> {
    this.#checkOpen()
    return rotateKey(this.#parts, change, (entry, isLast) => this.#appendSystem(entry, isLast))
  }

  /** Declares a key stolen: its signatures count only up to `trustedSize`. Rotate before, if it is the one in use. Throws `AUDIT_OPTION_INVALID`. */
  async revokeKey(request: KeyRevocation): Promise<SignedState> {
    this.#checkOpen()
    await revokeKey(this.#parts, request, (entry) => this.#appendSystem(entry))
    return this.checkpoint()
  }

  /** Writes the newest checkpoint of each stream under this log into it, so that one root covers them all. Streams under keys that the log does not know are left out, with a warning. */
  async recordStreams(request: StreamsRequest = {}): Promise<readonly StreamState[]> {
    this.#checkOpen()
    const states = await recordStreams({ ...this.#parts, ...this.#voice() }, request)
    await this.checkpoint()
    return states
  }

  /**
   * Makes a folder for an auditor that explains and verifies itself, and appends an entry about it. Streams are recorded first. Throws
   * `AUDIT_OPTION_INVALID`, `AUDIT_EXPORT_EXISTS`, `AUDIT_DAMAGED`.
   */
  async export(request: ExportRequest): Promise<ExportedBundle> {
    this.#checkOpen()
    const inLog = (filter: ExportFilter): Promise<ExportFilter> => filterInLog(this.#parts, filter)
    return this.#readers.take(() =>
      exportBundle({ ...this.#parts, ...this.#voice(), inLog }, request),
    )
  }

  /** Ends the log: writes what waits, says that it ends, signs, and lets go of the folder. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** @internal What opening has to say: the log's own first entries. A log that cannot say it is not open. */
  async begin(entries: readonly SystemEntry[]): Promise<void> {
    try {
      await Promise.all(entries.map((entry) => this.#appendSystem(entry)))
      this.#parts.checkpoints.begin()
      await finishErasures(this.#parts, (entry) => this.#appendSystem(entry))
    } catch (error) {
      for (const timer of this.#timers) clearInterval(timer)
      await this.#parts.segments.close().catch(() => undefined)
      throw error
    }
  }

  /** After the appends before it, whose content may still be on its way. */
  async #writeInTurn(
    event: AuditEvent,
    prepared: PreparedEvent | Promise<PreparedEvent>,
    level: Durability,
  ): Promise<Appended> {
    const turn = Promise.allSettled([prepared, this.#turn])
    this.#turn = turn
    this.#preparing += 1
    await turn
    const written = Promise.resolve(prepared).then((ready) => this.#write(ready, level))
    this.#preparing -= 1
    return written.catch((error) => this.#refuse(event, error))
  }

  #write({ fields, before }: PreparedEvent, level: Durability): Promise<Appended> {
    const { origin, options, queue } = this.#parts
    const parts = lineParts(origin, uuidv7(options.clock()), fields)
    const isCritical = !options.normal.includes(fields.action)
    const appended = queue.append(parts, { isCritical, before })
    const isEnough = level === 'os' || (level === 'local' && options.durability !== 'os')
    return isEnough ? appended : this.#secure(appended, level)
  }

  /** What a level asks for beyond what the log does for every entry. */
  async #secure(append: Promise<Appended>, level: Durability): Promise<Appended> {
    const appended = await append
    if (level === 's3') await this.#parts.shipping.reach(appended.seq + 1)
    else await this.#parts.segments.sync()
    return appended
  }

  /** An event that is not valid leaves a trace of its own, without its values. */
  async #refuse(event: unknown, error: unknown): Promise<never> {
    if (error instanceof AuditError && error.code === 'AUDIT_EVENT_INVALID') {
      await this.#appendSystem(refusedEvent(event, error)).catch(() => undefined)
    }
    throw error
  }

  /** How the log speaks for itself. */
  #voice(): Pick<RecordingLog, 'key' | 'append'> & { readonly sign: () => Promise<SignedState> } {
    return {
      key: this.#parts.checkpoints.signerKey,
      sign: () => this.checkpoint(),
      append: (entry) => this.#appendSystem(entry),
    }
  }

  /** Who asked for it is named as in all other entries. */
  async #appendSystem({ actor, ...entry }: SystemEntry, isLast = false): Promise<Appended> {
    const { content, queue } = this.#parts
    if (actor === undefined) return queue.appendSystem(entry, isLast)
    const named = { ...entry, actor: await content.actorOf(actor, entry.tenant) }
    return queue.appendSystem(named, isLast)
  }

  #checkOpen(): void {
    if (this.#closing === undefined) return
    throw new AuditError('AUDIT_CLOSED', `${this.dir} is closed; open it again to append`)
  }

  #tick(): void {
    this.#parts.checkpoints.sign(false).catch((error: Error) => {
      warn(
        'AUDIT_CHECKPOINT_FAILED',
        `No checkpoint of ${this.dir} could be signed: ${error.message}`,
      )
    })
  }

  #beat(): void {
    const idle = performance.now() - this.#parts.queue.activeAt
    if (idle < this.#parts.options.heartbeatEvery * 0.9) return
    const sys = { idle_s: Math.round(idle / 1000) }
    this.#appendSystem({ action: 'audit.heartbeat', sys }).catch(() => undefined)
  }

  async #close(): Promise<void> {
    const { queue, segments, checkpoints, lock, options } = this.#parts
    for (const timer of this.#timers) clearInterval(timer)
    try {
      while (this.#preparing > 0) await this.#turn
      await nextTurn()
      await queue.drained()
      await queue.flushGap()
      const appended = queue.head.seq - this.#openedAt
      // The next writer reads it in any case.
      const sys = { appended, ...(options.pseudonyms && { pseudonyms: true }) }
      const closed = queue.appendSystem({ action: 'audit.close', sys })
      queue.end()
      await closed
      await checkpoints.sign(true)
    } finally {
      await segments.close().finally(() => lock.release())
    }
  }
}
