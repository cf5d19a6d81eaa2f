import { type AuditLog, type AuditOptions, openAudit } from '@recount/audit'
import build from 'pino-abstract-transport'
import { keepShipping } from './keep-shipping.ts'
import { lineEvent } from './line-event.ts'
import { checkShipper, isPositive, optional, type ShipperOptions } from './options.ts'
import { warn } from './warnings.ts'

/** Options of the transport; they go to a worker thread, so they are plain data. */
export interface TransportOptions extends Omit<ShipperOptions, 'client'> {
  /** Milliseconds between passes. Default 10,000. */
  readonly every?: number
  /** Appends the lines that are logged, as the log's one writer; the one before it may take 30 seconds to end (`wait`). Default: lines are left out, and the log that somebody else writes is shipped. */
  readonly append?: Pick<AuditOptions, 'origin' | 'stream' | 'contentKey' | 'content' | 'wait'> & {
    /** The file with the private key. */
    readonly key: string
  }
}

type Lines = ReturnType<typeof build>

/** A new release starts before the old one has ended. */
const WAIT_MS = 30_000
/** Appends that may wait for the disk before lines wait, too. */
const MOST_WAITING = 1024

/**
 * A pino transport (`pino.transport({ target: '@recount/s3', options })`) that ships an audit log from a worker thread. With `append` the lines that
 * are logged become entries: best effort until they are durable, because pino does not wait for them.
 */
export default async function transport(options: TransportOptions): Promise<Lines> {
  checkShipper(options)
  optional('every', options.every, 'a number above 0', isPositive)
  const { every = 10_000, append, ...shipper } = options
  const audit =
    append && (await openAudit({ dir: options.dir, content: 'commit', wait: WAIT_MS, ...append }))
  const lines = new Appending(audit)
  const shipping = keepShipping(shipper, every)
  return build(
    async (source) => {
      for await (const line of source) await lines.take(line as object)
    },
    {
      close: async () => {
        await lines.done()
        // Signs what was appended, which the last pass then ships.
        await audit?.close()
        await shipping.end()
      },
    },
  )
}

/** Appends lines in their order, a bounded number at once. */
class Appending {
  readonly #audit: AuditLog | undefined
  readonly #waiting = new Set<Promise<void>>()
  readonly #said = new Set<string>()

  constructor(audit: AuditLog | undefined) {
    this.#audit = audit
  }

  async take(line: object): Promise<void> {
    if (this.#audit === undefined) return
    const appended = this.#append(this.#audit, line)
    this.#waiting.add(appended)
    void appended.then(() => this.#waiting.delete(appended))
    if (this.#waiting.size >= MOST_WAITING) await Promise.race(this.#waiting)
  }

  async done(): Promise<void> {
    await Promise.all(this.#waiting)
  }

  /** Never rejects: what is refused is said, once for each reason. */
  async #append(audit: AuditLog, line: object): Promise<void> {
    try {
      await audit.append(lineEvent(line))
    } catch (error) {
      const { code = 'unknown', message } = error as { code?: string; message: string }
      if (this.#said.has(code)) return
      this.#said.add(code)
      warn('S3_LINE_REFUSED', `A line was not appended to ${audit.dir}: ${message}`)
    }
  }
}
