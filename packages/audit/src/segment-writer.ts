import { existsSync } from 'node:fs'
import { AuditError, systemCode } from './errors.ts'
import { SegmentFile } from './segment-file.ts'

/** What a segment writer needs to know. */
export interface SegmentWriterOptions {
  readonly dir: string
  /** Where to go on; undefined begins with a new segment. */
  readonly segment: SegmentFile | undefined
  /** Bytes after which a new segment begins. */
  readonly segmentBytes: number
  /** Whether lines are synced to the disk before they count. */
  readonly isSynced: boolean
  /** Called when a segment has ended. */
  readonly onRotate: () => void
}

/** Writes lines into segments: each whole and durable, or not at all as far as anybody may rely on it. */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions
  #segment: SegmentFile | undefined
  #fatal: AuditError | undefined

  constructor(options: SegmentWriterOptions) {
    this.#options = options
    this.#segment = options.segment
  }

  /** Writes lines that begin with a sequence number. Throws `AUDIT_DISK_FULL`, `AUDIT_WRITE_FAILED` or `AUDIT_FENCED`; then none of them counts, and it may be tried again. */
  async write(lines: Buffer, seq: number): Promise<void> {
    if (this.#fatal !== undefined) throw this.#fatal
    try {
      const segment = await this.#segmentFor(seq)
      await this.#writeTo(segment, lines)
    } catch (error) {
      await this.#recover(error, lines, seq)
    }
  }

  /** Syncs what was written at the level `os`. */
  async sync(): Promise<void> {
    await this.#segment?.sync()
  }

  /** Whether nobody has taken over. */
  isInPlace(): boolean {
    return this.#fatal === undefined && this.#segment?.isInPlace() !== false
  }

  /** Cuts the newest segment to its last line and closes it. */
  async close(): Promise<void> {
    const segment = this.#segment
    this.#segment = undefined
    if (segment === undefined) return
    try {
      if (segment.isInPlace()) await segment.trim()
    } finally {
      await segment.close()
    }
  }

  async #segmentFor(seq: number): Promise<SegmentFile> {
    const segment = this.#segment
    if (segment === undefined) return this.#begin(seq)
    if (segment.end < this.#options.segmentBytes) return segment
    return this.#rotate(segment, seq)
  }

  async #begin(seq: number): Promise<SegmentFile> {
    this.#segment = await SegmentFile.create(this.#options.dir, seq)
    return this.#segment
  }

  async #rotate(segment: SegmentFile, seq: number): Promise<SegmentFile> {
    if (!segment.isInPlace()) throw fenced(this.#options.dir)
    await segment.trim()
    try {
      const next = await this.#begin(seq)
      await segment.close()
      this.#options.onRotate()
      return next
    } catch (error) {
      // A segment that is too long does less harm than an entry that is lost.
      if (isFull(error)) return segment
      throw error
    }
  }

  async #writeTo(segment: SegmentFile, lines: Buffer): Promise<void> {
    if (!segment.hasRoom(lines.length)) await segment.makeRoom(lines.length)
    await segment.write(lines)
    if (this.#options.isSynced) await segment.sync()
    if (!segment.isInPlace()) throw fenced(this.#options.dir)
    segment.commit(lines.length)
  }

  async #recover(error: unknown, lines: Buffer, seq: number): Promise<void> {
    if (error instanceof AuditError) {
      this.#fatal = error
      throw error
    }
    if (isFull(error)) {
      await this.#takeBack()
      throw full(this.#options.dir, error)
    }
    await this.#moveOn(error, lines, seq)
  }

  /** After a full disk the file is as it was, or is given up. */
  async #takeBack(): Promise<void> {
    try {
      await this.#segment?.rewind()
    } catch {
      await this.#giveUp()
    }
  }

  /** A file that failed once is not believed again (a second sync may succeed without having written): the lines go to a new one. */
  async #moveOn(cause: unknown, lines: Buffer, seq: number): Promise<void> {
    await this.#giveUp()
    try {
      await this.#writeTo(await this.#begin(seq), lines)
    } catch (error) {
      await this.#giveUp()
      if (error instanceof AuditError) throw error
      if (isFull(error)) throw full(this.#options.dir, error)
      throw failed(this.#options.dir, error, cause)
    }
  }

  /** Cuts a file to its durable lines and leaves it. Where even that fails, nothing can be written any more without a line standing twice. */
  async #giveUp(): Promise<void> {
    const segment = this.#segment
    this.#segment = undefined
    if (segment === undefined) return
    try {
      await segment.rewind()
      await segment.close().catch(() => undefined)
    } catch (error) {
      await segment.close().catch(() => undefined)
      this.#fatal = failed(this.#options.dir, error, error)
      throw this.#fatal
    }
  }
}

/** Whether an error says that there is no space. */
export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '')
}

/** What says that the path does not lead to the file any more that is being written. */
export function fenced(dir: string): AuditError {
  const message = existsSync(dir)
    ? `Another writer has taken over ${dir}; nothing more is written here`
    : `The folder ${dir} was removed or renamed; nothing more is written here. Restore it from a copy and open the log again`
  return new AuditError('AUDIT_FENCED', message)
}

function full(dir: string, cause: unknown): AuditError {
  const message = `The disk of ${dir} is full: the entry was not written; make space, and what comes then is written again`
  return new AuditError('AUDIT_DISK_FULL', message, { cause })
}

function failed(dir: string, error: unknown, cause: unknown): AuditError {
  const message = `Could not write to ${dir}: ${(error as Error).message}; the entry was not written`
  return new AuditError('AUDIT_WRITE_FAILED', message, { cause })
}
