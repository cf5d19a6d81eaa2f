import { rangeOf, type UnsignedRange, unsignedRanges } from '../unsigned-ranges.ts'

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
  readonly #unsigned: UnsignedRange[] = []
  #waiting: Reason[] = []
  /** Entries that a checkpoint covers. */
  #size = 0

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

  /** Entries that a checkpoint covers. */
  get size(): number {
    return this.#size
  }

  /** Those among them that a writer had found without a signature. */
  get unsigned(): readonly UnsignedRange[] {
    return this.#unsigned
  }

  /** To be called where a checkpoint of this size ends: hands out what it covers, but for what a writer had found without a signature. */
  release(size: number): void {
    const waiting = this.#waiting
    this.#waiting = []
    const starts = waiting.filter(({ action }) => action === 'audit.open')
    const found = unsignedRanges(starts)
    for (const reason of waiting)
      if (rangeOf(found, reason.seq) !== undefined) this.#listener.onUnsigned(reason, true)
      else this.#listener.onSigned(reason)
    for (const { from, to } of found)
      if (to > this.#size) this.#unsigned.push({ from: Math.max(from, this.#size), to })
    this.#size = size
  }

  /** Says what stays unsigned. */
  finish(): void {
    for (const reason of this.#waiting) this.#listener.onUnsigned(reason, false)
  }
}
