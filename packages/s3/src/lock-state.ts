import type { ObjectLock } from './stored-object.ts'

/** How a log's objects are locked. */
export interface LockState {
  /** Objects that nobody can delete yet. */
  readonly compliance: number
  /** Objects that nobody can delete without a special permission. */
  readonly governance: number
  /** Objects that can be deleted: without a lock, or with one that is over. */
  readonly unlocked: number
  /** When the first lock ends (ISO 8601); null where nothing is locked. */
  readonly first_end: string | null
}

/** Counts locks. */
export class LockCount {
  #compliance = 0
  #governance = 0
  #unlocked = 0
  #firstEnd: Date | undefined

  /** Whether it is locked. */
  add(lock: ObjectLock | undefined, now: number): boolean {
    if (lock === undefined || lock.until.getTime() <= now) {
      this.#unlocked += 1
      return false
    }
    if (lock.mode === 'COMPLIANCE') this.#compliance += 1
    else this.#governance += 1
    if (this.#firstEnd === undefined || lock.until < this.#firstEnd) this.#firstEnd = lock.until
    return true
  }

  state(): LockState {
    return {
      compliance: this.#compliance,
      governance: this.#governance,
      unlocked: this.#unlocked,
      first_end: this.#firstEnd?.toISOString() ?? null,
    }
  }
}
