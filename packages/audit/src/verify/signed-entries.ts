/** One of the log's own entries that changes what is believed about the log. */
export interface Reason {
  readonly seq: number
  readonly action: string
  readonly sys: Record<string, unknown>
}

/** Who takes reasons that are signed, and is told of those that are not. */
export interface ReasonListener {
  readonly onSigned: (reason: Reason) => void
  /** `isLate`: it was signed only after a writer had found it unsigned. */
  readonly onUnsigned: (reason: Reason, isLate: boolean) => void
}

/** Holds back what the log says about itself until a checkpoint covers it: the chain needs no key, so anybody can append a reason. */
export class SignedEntries {
  readonly #listener: ReasonListener
  #waiting: Reason[] = []

  constructor(listener: ReasonListener) {
    this.#listener = listener
  }

  /** Takes an entry that counts once it is signed. */
  add(reason: Reason): void {
    this.#waiting.push(reason)
  }

  /** Those that nothing has signed so far. */
  get waiting(): readonly Reason[] {
    return this.#waiting
  }

  /** To be called where a checkpoint ends: hands out what it covers, but for what a writer had found without a signature. */
  release(): void {
    const waiting = this.#waiting
    this.#waiting = []
    const late = foundUnsigned(waiting)
    for (const reason of waiting)
      if (late.has(reason)) this.#listener.onUnsigned(reason, true)
      else this.#listener.onSigned(reason)
  }

  /** Says what stays unsigned. */
  finish(): void {
    for (const reason of this.#waiting) this.#listener.onUnsigned(reason, false)
  }
}

/** What stands between the size that an `audit.open` names as signed and itself. One that stands in such a range itself names nothing. */
function foundUnsigned(reasons: readonly Reason[]): ReadonlySet<Reason> {
  const found = new Set<Reason>()
  let from = Number.POSITIVE_INFINITY
  for (const reason of reasons.toReversed()) {
    const { seq, action, sys } = reason
    if (seq >= from) found.add(reason)
    else if (action === 'audit.open') from = typeof sys.signed === 'number' ? sys.signed : from
  }
  return found
}
