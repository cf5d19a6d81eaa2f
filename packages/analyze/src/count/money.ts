import { toNumber } from '@recount/record/shapes'

const NANOS = 1_000_000_000

/** Whole nano-dollars of an amount in dollars; null for what is no amount, or over nine million. */
export function toNanoDollars(value: unknown): number | null {
  const dollars = toNumber(value)
  if (dollars === null || dollars < 0) return null
  const nanos = Math.round(dollars * NANOS)
  return Number.isSafeInteger(nanos) ? nanos : null
}

/** Dollars, nano-dollars beyond them, how many amounts. */
export type MoneyState = readonly [dollars: number, nanos: number, count: number]

/** A sum of money that does not drift: whole nano-dollars, in two integers. */
export class MoneySum {
  #dollars = 0
  #nanos = 0
  #count = 0

  add(nanos: number): void {
    this.#count += 1
    const simple = this.#nanos + nanos
    // As nearly always; a remainder takes longer than all the rest.
    if (simple < NANOS && nanos >= 0) {
      this.#nanos = simple
      return
    }
    const sum = this.#nanos + (nanos % NANOS)
    this.#dollars += Math.floor(nanos / NANOS) + Math.floor(sum / NANOS)
    this.#nanos = sum % NANOS
  }

  /** What a mergeable report keeps: dollars, nano-dollars beyond them, how many amounts. */
  state(): MoneyState {
    return [this.#dollars, this.#nanos, this.#count]
  }

  /** Adds what another has summed up. */
  mergeState([dollars, nanos, count]: MoneyState): void {
    if (count === 0) return
    this.add(nanos)
    this.#dollars += dollars
    this.#count += count - 1
  }

  /** Dollars; null when nothing was added. */
  total(): number | null {
    if (this.#count === 0) return null
    return Number(`${this.#dollars}.${String(this.#nanos).padStart(9, '0')}`)
  }
}
