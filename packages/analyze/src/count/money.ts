import { toNumber } from '@recount/record/shapes'

/** Nano-dollars in a dollar. */
export const NANOS = 1_000_000_000

/** Whole nano-dollars of an amount in dollars; null for what is no amount, or over nine million. */
export function toNanoDollars(value: unknown): number | null {
  const dollars = toNumber(value)
  if (dollars === null || dollars < 0) return null
  const nanos = Math.round(dollars * NANOS)
  return Number.isSafeInteger(nanos) ? nanos : null
}

/** Dollars, nano-dollars beyond them, how many amounts. */
export type MoneyState = readonly [dollars: number, nanos: number, count: number]

/** Places that a sum of money takes: as `MoneyState`. */
export const MONEY_PLACES = 3

/** Adds an amount to the sum of money at a place, which does not drift: whole nano-dollars, in two integers. */
export function addMoney(sums: Float64Array, at: number, nanos: number): void {
  sums[at + 2] = (sums[at + 2] as number) + 1
  const sum = (sums[at + 1] as number) + nanos
  if (sum < NANOS && nanos >= 0) sums[at + 1] = sum
  else carry(sums, at, nanos)
}

/** A remainder takes longer than all the rest, and is rarely needed. */
function carry(sums: Float64Array, at: number, nanos: number): void {
  const sum = (sums[at + 1] as number) + (nanos % NANOS)
  sums[at] = (sums[at] as number) + Math.floor(nanos / NANOS) + Math.floor(sum / NANOS)
  sums[at + 1] = sum % NANOS
}

/** What a mergeable report keeps of a sum of money. */
export function moneyState(sums: Float64Array, at: number): MoneyState {
  return [sums[at] as number, sums[at + 1] as number, sums[at + 2] as number]
}

/** Adds what another has summed up. */
export function mergeMoney(
  sums: Float64Array,
  at: number,
  [dollars, nanos, count]: MoneyState,
): void {
  if (count === 0) return
  addMoney(sums, at, nanos)
  sums[at] = (sums[at] as number) + dollars
  sums[at + 2] = (sums[at + 2] as number) + count - 1
}

/** Dollars; null when nothing was added. */
export function dollarsOf(sums: Float64Array, at: number): number | null {
  if (sums[at + 2] === 0) return null
  return Number(`${sums[at]}.${String(sums[at + 1]).padStart(9, '0')}`)
}
