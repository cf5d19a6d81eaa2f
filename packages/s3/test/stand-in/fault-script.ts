/** What the stand-in does with a request in place of serving it well. */
export type FaultKind =
  /** The connection ends before anything is stored. */
  | 'fail'
  /** It is stored, and the connection ends in place of the answer. */
  | 'lost-reply'
  /** Nothing is stored and nothing answered. */
  | 'timeout'
  /** It is stored, and nothing is answered. */
  | 'stored-timeout'
  | '403'
  | '409'
  | '500'
  | '503'
  /** Somebody else stores the same bytes first. */
  | 'other-same'
  /** Somebody else stores other bytes first. */
  | 'other-different'
  /** The server's clock is an hour ahead, from now on. */
  | 'skew'
  /** The bytes that arrive are not those that were sent. */
  | 'damaged'
  /** The connection ends in the middle of the body. */
  | 'reset'
  /** The condition of this request is not looked at. */
  | 'unconditional'

/** One fault, for so many requests that it fits. */
export interface FaultRule {
  readonly kind: FaultKind
  readonly method?: string
  readonly key: RegExp
  /** Default 1. */
  readonly times?: number
  /** So many requests that fit pass before it. Default 0. */
  readonly after?: number
  /** The bytes of the other one, in `other-different`. */
  readonly other?: Buffer
}

/** Faults by rule, each for as many requests as it says. */
export class FaultScript {
  readonly #rules: { readonly rule: FaultRule; left: number; wait: number }[] = []
  /** How many faults were made. */
  made = 0

  add(rule: FaultRule): void {
    this.#rules.push({ rule, left: rule.times ?? 1, wait: rule.after ?? 0 })
  }

  clear(): void {
    this.#rules.length = 0
  }

  /** The fault of a request; undefined where it is served well. */
  next(method: string, key: string): FaultRule | undefined {
    const found = this.#rules.find(
      ({ rule, left }) => left > 0 && (rule.method ?? 'PUT') === method && rule.key.test(key),
    )
    if (found === undefined) return undefined
    if (found.wait > 0) {
      found.wait -= 1
      return undefined
    }
    found.left -= 1
    this.made += 1
    return found.rule
  }
}
