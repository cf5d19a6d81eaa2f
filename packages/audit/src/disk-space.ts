import { constants } from 'node:fs'
import { type FileHandle, lstat, open, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { removeIfThere } from './durable-file.ts'
import { AuditError } from './errors.ts'
import { isFull } from './segment-writer.ts'
import { warn } from './warnings.ts'

/** Shares of the disk that are free when a stage begins. */
export interface DiskStages {
  /** A warning. Default 0.15. */
  readonly warn?: number
  /** Actions that are not critical are refused. Default 0.05. */
  readonly criticalOnly?: number
}

type Stage = 'ok' | 'low' | 'critical_only' | 'full'

/** How often the disk is asked. */
const ASK_MS = 1000

/**
 * How much the disk still takes: warns, then lets only critical actions through, then none. A reserve is kept, so that a log on a
 * full disk can say so and end cleanly.
 */
export class DiskSpace {
  readonly #dir: string
  readonly #path: string
  readonly #reserveBytes: number
  readonly #stages: Required<DiskStages>
  #stage: Stage = 'ok'
  #asked = 0

  constructor(
    dir: string,
    reserveBytes: number,
    { warn: low = 0.15, criticalOnly = 0.05 }: DiskStages,
  ) {
    this.#dir = dir
    this.#path = join(dir, 'reserve')
    this.#reserveBytes = reserveBytes
    this.#stages = { warn: low, criticalOnly }
  }

  /** Where the disk is; `full` until the reserve could be made again. */
  get stage(): Stage {
    return this.#stage
  }

  /** Why an append may not even be tried. A full disk is asked again every second. */
  refusal(isCritical: boolean): AuditError | undefined {
    const isTooLow = this.#stage === 'critical_only' && !isCritical
    const isStillFull = this.#stage === 'full' && performance.now() - this.#asked < ASK_MS
    if (!isTooLow && !isStillFull) return undefined
    const message = isTooLow
      ? `The disk of ${this.#dir} is nearly full: only critical actions are written; make space`
      : `The disk of ${this.#dir} is full: the entry was not written; make space, and what comes then is written again`
    return new AuditError('AUDIT_DISK_FULL', message)
  }

  /** Makes the reserve, and looks how much is free. */
  async open(): Promise<void> {
    if (!(await this.#makeReserve())) this.#enter('full')
    await this.probe()
  }

  /** Asks the disk, at most once a second. */
  async probe(): Promise<void> {
    const now = performance.now()
    if (this.#asked !== 0 && now - this.#asked < ASK_MS) return
    this.#asked = now
    if (this.#stage === 'full' && !(await this.#makeReserve())) return
    const { bavail, blocks } = await statfs(this.#dir)
    const free = blocks === 0 ? 1 : bavail / blocks
    this.#enter(
      free < this.#stages.criticalOnly ? 'critical_only' : free < this.#stages.warn ? 'low' : 'ok',
    )
  }

  /** The disk refused: lets the reserve go, which the log's own last words may use. */
  async full(): Promise<void> {
    this.#asked = performance.now()
    this.#enter('full')
    await removeIfThere(this.#path)
  }

  #enter(stage: Stage): void {
    if (stage !== this.#stage && stage !== 'ok') {
      warn('AUDIT_DISK_LOW', `The disk of ${this.#dir} has little space left (stage ${stage})`)
    }
    this.#stage = stage
  }

  /** Whether the reserve is there, whole. */
  async #makeReserve(): Promise<boolean> {
    const file = await openOwn(this.#path)
    try {
      const missing = this.#reserveBytes - (await file.stat()).size
      if (missing > 0) {
        await file.writeFile(Buffer.alloc(missing))
        await file.sync()
      }
      return true
    } catch (error) {
      if (!isFull(error)) throw error
      // Half a reserve would take what is left.
      await removeIfThere(this.#path)
      return false
    } finally {
      await file.close()
    }
  }
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants

/** Opens a file of which nothing else has the bytes: what somebody put in its place, a link or a pipe, is taken away. */
async function openOwn(path: string): Promise<FileHandle> {
  const found = await lstat(path).catch(() => undefined)
  const isOwn = found === undefined || (found.isFile() && found.nlink === 1)
  if (!isOwn) await removeIfThere(path)
  return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o640)
}
