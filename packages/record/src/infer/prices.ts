import { median } from './units.ts'

/** A cost without a unit in its name, and the tokens of the same call. */
export interface CostSample {
  readonly value: number
  readonly tokens: number
}

/** What was found out about money, and by what. */
export interface MoneyVerdict {
  readonly scale?: number
  readonly why: string
}

/** Dollars a token that models cost, wide: from a hundredth of a dollar to 150 dollars a million. */
const PRICE = { from: 1e-8, to: 1.5e-4 }
/** Between the two it may be either. */
const CENTS_ABOVE = 3e-4
const MICROS_ABOVE = 0.1

/** Whether a cost without a named unit is dollars: its name says money, and the price of a token must be one that somebody asks for. */
export function judgeMoney(samples: readonly CostSample[]): MoneyVerdict {
  const prices = samples
    .filter(({ value, tokens }) => value > 0 && tokens > 0)
    .map(({ value, tokens }) => value / tokens)
  if (prices.length === 0) return { scale: 1, why: 'dollars are meant where nothing else is said' }
  const price = median(prices)
  if (isPrice(price)) return { scale: 1, why: 'as dollars it is a price that tokens have' }
  if (price > CENTS_ABOVE && isPrice(price / 100))
    return { scale: 0.01, why: 'only as cents it is a price that tokens have' }
  if (price > MICROS_ABOVE && isPrice(price / 1e6))
    return { scale: 1e-6, why: 'only as millionths of a dollar it is a price that tokens have' }
  return { why: 'neither as dollars nor as cents it is a price that tokens have' }
}

function isPrice(dollarsPerToken: number): boolean {
  return dollarsPerToken >= PRICE.from && dollarsPerToken <= PRICE.to
}
