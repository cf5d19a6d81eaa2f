import type { Call } from '../shape/call.ts'
import { RecentMap } from './recent-map.ts'

/** An attempt and where it is counted. */
export interface Attempt<Place> {
  readonly call: Call
  readonly place: Place
}

/** What happens to attempts; `inside` is whether the call began in the window that is looked at. */
export interface AttemptHandler<Place> {
  /** Whether a call that begins with this attempt is inside. */
  isInside(call: Call): boolean
  /** The first attempt of a call. */
  first(attempt: Attempt<Place>, inside: boolean): void
  /** A retry, and the failed attempt that it takes the place of. */
  retry(attempt: Attempt<Place>, failed: Attempt<Place>, inside: boolean): void
  /** A retry whose failed attempt is not in the input. */
  unmatched(attempt: Attempt<Place>, inside: boolean): void
}

/** Failed attempts, and retries read before the attempt they repeat: at least the newest so many. */
const MAX_WAITING_ATTEMPTS = 50_000

interface Held<Place> {
  readonly attempt: Attempt<Place>
  readonly inside: boolean
}

/**
 * Brings retries together with the failed attempts they repeat, in whatever order the lines come.
 * Beyond its memory the oldest are forgotten: a failed attempt then stays failed, and its retry is
 * reported as unmatched.
 */
export class Attempts<Place> {
  readonly #handler: AttemptHandler<Place>
  readonly #failed: RecentMap<Held<Place>>
  readonly #early: RecentMap<Attempt<Place>>

  constructor(handler: AttemptHandler<Place>, maxWaiting: number = MAX_WAITING_ATTEMPTS) {
    this.#handler = handler
    this.#failed = new RecentMap(maxWaiting)
    this.#early = new RecentMap(maxWaiting, (attempt) => this.#giveUp(attempt))
  }

  /** An attempt that was `ok` and is no retry is not kept. */
  add(attempt: Attempt<Place>): void {
    const { retryOf } = attempt.call
    if (retryOf === null) {
      const inside = this.#handler.isInside(attempt.call)
      this.#handler.first(attempt, inside)
      this.#hold({ attempt, inside })
      return
    }
    const failed = this.#failed.take(retryOf)
    if (failed !== undefined) this.#hold(this.#replace(failed, attempt))
    else if (this.#early.has(retryOf)) this.#giveUp(attempt)
    else this.#early.set(retryOf, attempt)
  }

  /** All input was read: retries that still wait have no failed attempt, but for those that wait for each other. */
  end(): void {
    for (const { call, place } of this.#circular()) {
      this.#early.take(call.retryOf as string)
      this.#handler.first({ call: { ...call, retryOf: null }, place }, this.#handler.isInside(call))
    }
    this.#early.clear()
  }

  /** Attempts that repeat each other in a circle: what is left without the chains that have a beginning. */
  #circular(): Attempt<Place>[] {
    const left = new Map(this.#early.values().map((attempt) => [attempt.call.retryOf, attempt]))
    const spans = new Set([...left.values()].map(({ call }) => call.spanId))
    for (const beginning of [...left.keys()].filter((span) => !spans.has(span))) {
      let attempt = left.get(beginning)
      while (attempt !== undefined) {
        left.delete(attempt.call.retryOf)
        attempt = left.get(attempt.call.spanId)
      }
    }
    return [...left.values()]
  }

  #replace(failed: Held<Place>, attempt: Attempt<Place>): Held<Place> {
    this.#handler.retry(attempt, failed.attempt, failed.inside)
    return { attempt, inside: failed.inside }
  }

  /** Remembers an attempt that may be repeated; when it was already, the retry, and so on. */
  #hold(first: Held<Place>): void {
    let held = first
    for (;;) {
      const { spanId, status } = held.attempt.call
      if (status === 'ok' || spanId === null) return
      const early = this.#early.take(spanId)
      if (early === undefined) {
        this.#failed.set(spanId, held)
        return
      }
      held = this.#replace(held, early)
    }
  }

  #giveUp(attempt: Attempt<Place>): void {
    this.#handler.unmatched(attempt, this.#handler.isInside(attempt.call))
  }
}
