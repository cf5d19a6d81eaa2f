import { type Diagnosis, fingerprint } from '@recount/diagnose'

/** Errors that have the same cause. */
export interface Cause {
  readonly fingerprint: string
  count: number
  readonly diagnosis: Diagnosis
  /** The first message. */
  readonly message: string
  /** Ids of the first ones. */
  readonly ids: unknown[]
}

/** Causes beyond this are counted together. */
const MAX_CAUSES = 10_000
const MAX_IDS = 5

/** Puts errors together by cause; memory is bounded. */
export class Causes {
  readonly #causes = new Map<string, Cause>()
  errors = 0
  /** Errors of causes that were too many to tell apart. */
  others = 0

  add(diagnosis: Diagnosis, id: unknown, message: string): void {
    this.errors += 1
    const key = fingerprint(diagnosis, message)
    const known = this.#causes.get(key)
    if (known === undefined && this.#causes.size >= MAX_CAUSES) {
      this.others += 1
      return
    }
    const cause = known ?? { fingerprint: key, count: 0, diagnosis, message, ids: [] }
    this.#causes.set(key, cause)
    cause.count += 1
    if (id !== undefined && cause.ids.length < MAX_IDS) cause.ids.push(id)
  }

  /** The most frequent first. */
  list(): Cause[] {
    return [...this.#causes.values()].sort((a, b) => b.count - a.count)
  }
}
