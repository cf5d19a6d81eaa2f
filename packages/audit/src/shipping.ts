import type { Checkpoints } from './checkpoints.ts'
import { AuditError } from './errors.ts'
import type { CheckedOptions } from './options.ts'

/** Ships checkpoints with all entries before them, one at a time: whoever waits meanwhile goes with the next. */
export class Shipping {
  readonly #options: CheckedOptions
  readonly #checkpoints: Checkpoints
  #size = 0
  #running: Promise<void> | undefined

  constructor(options: CheckedOptions, checkpoints: Checkpoints) {
    this.#options = options
    this.#checkpoints = checkpoints
  }

  /** Resolves once so many entries are shipped. Throws `AUDIT_TIMEOUT`, or what the shipper throws. */
  async reach(size: number): Promise<void> {
    const { timeout } = this.#options
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const message = `The entry is on disk here, but was not shipped within ${timeout} ms`
      timer = setTimeout(() => reject(new AuditError('AUDIT_TIMEOUT', message)), timeout)
    })
    try {
      await Promise.race([this.#shipTo(size), late])
    } finally {
      clearTimeout(timer)
    }
  }

  async #shipTo(size: number): Promise<void> {
    // The one under way may have begun before the entry was durable.
    while (this.#size < size) {
      this.#running ??= this.#ship().finally(() => {
        this.#running = undefined
      })
      await this.#running
    }
  }

  async #ship(): Promise<void> {
    const { size, note } = await this.#checkpoints.sign(true)
    await this.#options.ship?.({ size, note })
    this.#size = size
  }
}
