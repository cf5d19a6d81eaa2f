import type { SystemEntry } from './system-entry.ts'

/** Counts appends that were refused for the storage's sake, so that the log says that something is missing in it. */
export class Gap {
  #count = 0
  #critical = 0
  #from = 0
  #to = 0
  #cause = ''

  /** How many are not written down yet. */
  get count(): number {
    return this.#count
  }

  /** Counts one; `cause` is a word such as `disk_full`. */
  add(isCritical: boolean, cause: string, now: number): void {
    if (this.#count === 0) this.#from = now
    this.#count += 1
    if (isCritical) this.#critical += 1
    this.#to = now
    this.#cause = cause
  }

  /** The entry about those that were counted, which are forgotten; `putBack` where it could not be written. */
  take(): { readonly entry: SystemEntry; readonly putBack: () => void } | undefined {
    if (this.#count === 0) return undefined
    const [count, critical, from, to, cause] = [
      this.#count,
      this.#critical,
      this.#from,
      this.#to,
      this.#cause,
    ]
    this.#count = 0
    this.#critical = 0
    const sys = {
      cause,
      count,
      critical,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    }
    const putBack = (): void => {
      this.#count += count
      this.#critical += critical
      this.#from = from
      this.#cause ||= cause
      this.#to = Math.max(this.#to, to)
    }
    return { entry: { action: 'audit.gap', sys }, putBack }
  }
}
