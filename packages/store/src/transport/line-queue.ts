import type { AnyRecord } from '@recount/record'
import type { Store } from '../store.ts'

const MOST_LINES = 1000
/** How long it waits after a failure, milliseconds; twice as long after each, up to the longest. */
const SHORTEST_WAIT = 50
const LONGEST_WAIT = 5000
/** Tries at the end: a process that ends does not wait for ever for a store that cannot be written. */
const LAST_TRIES = 5

/** Lines on their way into a store: written in batches as fast as it takes them, dropped and counted beyond a bound. */
export class LineQueue {
  readonly #store: Store
  readonly #maxBytes: number
  #lines: string[] = []
  #bytes = 0
  #dropped: Losses = { count: 0, bytes: 0, from: 0, to: 0 }
  #running: Promise<void> | undefined
  #isEnding = false
  #warned = false

  constructor(store: Store, maxBytes: number) {
    this.#store = store
    this.#maxBytes = maxBytes
  }

  add(line: string): void {
    if (!line.includes('"recount"')) return
    if (this.#bytes + line.length > this.#maxBytes) {
      this.#drop(line)
      return
    }
    this.#lines.push(line)
    this.#bytes += line.length
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** Resolves when all is written, or cannot be. */
  async end(): Promise<void> {
    this.#isEnding = true
    await this.#running
  }

  /** Tells it once: whoever logs has no other way to know. */
  warn(error: unknown): void {
    if (this.#warned) return
    this.#warned = true
    process.emitWarning(
      `Records could not be written to the store: ${(error as Error).message}. They are kept in memory up to a bound, and what is beyond is counted`,
      { code: 'STORE_WRITE_FAILED' },
    )
  }

  async #run(): Promise<void> {
    let failures = 0
    while (this.#lines.length > 0) {
      const some = this.#lines.slice(0, MOST_LINES)
      const told = this.#dropped
      try {
        await this.#store.ingest([...some.flatMap(recordIn), ...lossesIn(told)])
        this.#lines.splice(0, some.length)
        this.#bytes -= some.reduce((sum, line) => sum + line.length, 0)
        this.#dropped = {
          count: this.#dropped.count - told.count,
          bytes: this.#dropped.bytes - told.bytes,
          from: told.to,
          to: this.#dropped.to,
        }
        failures = 0
        this.#warned = false
      } catch (error) {
        this.warn(error)
        failures += 1
        if (this.#isEnding && failures > LAST_TRIES) return
        const ms = Math.min(SHORTEST_WAIT * 2 ** failures, LONGEST_WAIT)
        await new Promise((resolve) => setTimeout(resolve, ms))
      }
    }
  }

  #drop(line: string): void {
    const { count, bytes, from } = this.#dropped
    const now = Date.now()
    this.#dropped = {
      count: count + 1,
      bytes: bytes + Buffer.byteLength(line),
      from: count === 0 ? now : from,
      to: now,
    }
  }
}

interface Losses {
  readonly count: number
  readonly bytes: number
  readonly from: number
  readonly to: number
}

function lossesIn(losses: Losses): AnyRecord[] {
  if (losses.count === 0) return []
  const line = { level: 60, time: Date.now(), recount: 1, event: 'records_dropped' } as const
  return [{ ...line, reason: 'queue_full', ...losses, sink: 'store' }]
}

function recordIn(line: string): AnyRecord[] {
  try {
    return [JSON.parse(line) as AnyRecord]
  } catch {
    return []
  }
}
