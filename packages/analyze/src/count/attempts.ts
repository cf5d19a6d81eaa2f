import { type Call, isKnown, isUnpriced } from '../shape/call.ts'
import { RecentMap } from './recent-map.ts'

/** An attempt and where it is counted. */
export interface Attempt<Place> {
  readonly call: Call
  readonly place: Place
}

/** How an attempt ended: what is taken back when it is repeated. The rest of it need not be kept. */
export type Ending = Pick<
  Call,
  'status' | 'weight' | 'errorType' | 'errorCategory' | 'finishReason'
>

/** A call as its attempts so far tell of it. */
export interface Course<Place> {
  /** Of the last attempt. */
  readonly ending: Ending
  /** Whether the call began in the window that is looked at. */
  readonly inside: boolean
  /** Where the call is counted. */
  readonly place: Place
  /** Of the first attempt. */
  readonly startTime: number
  /** Whether the cost of an attempt is unknown. */
  readonly unpriced: boolean
}

/** What happens to attempts; `inside` is whether the attempt began in the window that is looked at. */
export interface AttemptHandler<Place> {
  isInside(call: Call): boolean
  /** The first attempt of a call. */
  first(attempt: Attempt<Place>, inside: boolean): void
  /** A retry of what a call has come to; what it comes to with it. */
  retry(attempt: Attempt<Place>, before: Course<Place>): Course<Place>
  /** A retry whose failed attempt is not in the input. */
  unmatched(attempt: Attempt<Place>, inside: boolean): void
}

/** A retry that says nothing of the whole call ended so long after the first attempt had begun; clocks may have gone back in between. */
export function latencyOf({ callMs, startTime, durationMs }: Call, begun: number): number {
  if (isKnown(callMs)) return callMs
  const sinceFirst = Math.round((startTime - begun) * 1000) / 1000
  return sinceFirst > 0 ? sinceFirst + durationMs : durationMs
}

/** Failed attempts, and retries read before the attempt they repeat: at least the newest so many. */
const MAX_WAITING_ATTEMPTS = 50_000

/**
 * Brings retries together with the failed attempts they repeat, in whatever order the lines come.
 * Beyond its memory the oldest are forgotten: a failed attempt then stays failed, and its retry is
 * reported as unmatched.
 */
export class Attempts<Place> {
  readonly #handler: AttemptHandler<Place>
  readonly #failed: RecentMap<Course<Place>>
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
      if (attempt.call.status !== 'ok') this.#hold(attempt, begun(attempt, inside))
      return
    }
    const failed = this.#failed.take(retryOf)
    if (failed !== undefined) this.#hold(attempt, this.#handler.retry(attempt, failed))
    else if (this.#early.has(retryOf)) this.#giveUp(attempt)
    else this.#early.set(retryOf, attempt)
  }

  /** All input was read: retries that still wait have no failed attempt, but for those that wait for each other. */
  end(): void {
    for (const { call, place } of this.#circular()) {
      this.#early.take(call.retryOf as string)
      const durationMs = isKnown(call.callMs) ? call.callMs : call.durationMs
      const first = { ...call, retryOf: null, durationMs }
      this.#handler.first({ call: first, place }, this.#handler.isInside(call))
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

  /** Remembers what may be repeated; when it was already, what it came to, and so on. */
  #hold(last: Attempt<Place>, begun: Course<Place>): void {
    let attempt = last
    let course = begun
    for (;;) {
      const { spanId, status } = attempt.call
      if (status === 'ok' || spanId === null) return
      const early = this.#early.take(spanId)
      if (early === undefined) {
        this.#failed.set(spanId, course)
        return
      }
      course = this.#handler.retry(early, course)
      attempt = early
    }
  }

  #giveUp(attempt: Attempt<Place>): void {
    this.#handler.unmatched(attempt, this.#handler.isInside(attempt.call))
  }
}

function begun<Place>(attempt: Attempt<Place>, inside: boolean): Course<Place> {
  const { call, place } = attempt
  const ending = endingOf(call)
  return { ending, inside, place, startTime: call.startTime, unpriced: isUnpriced(call) }
}

/** What has to be known of an attempt after it was counted. */
export function endingOf({ status, weight, errorType, errorCategory, finishReason }: Call): Ending {
  return { status, weight, errorType, errorCategory, finishReason }
}
