import { type Reading, toNumber } from '@recount/record/shapes'
import { type Call, isKnown, isRate } from './call.ts'
import { NUMBER } from './own-keys.ts'

/** What is counted, and the key of a reading that it comes from. */
const COUNTED = [
  ['durationMs', 'duration_ms'],
  ['ttftMs', 'ttft_ms'],
  ['inputTokens', 'input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['nanoDollars', 'cost_usd'],
] as const

/** Counts values that were there and could not be read, by key of ours: a number too few has to be told. */
export class Unreadable {
  readonly #counts = new Map<string, number>()

  /** A call, and the record it was made of. */
  check(call: Call, reading: Reading): void {
    for (const [ours, key] of COUNTED) {
      if (isKnown(call[ours])) continue
      if (isThere(reading[key])) this.add(key)
    }
    const rate = reading.sample_rate
    if (isThere(rate) && !isRate(toNumber(rate) ?? Number.NaN)) this.add('sample_rate')
  }

  /** A call of ours, and the numbers of its line. */
  checkNumbers(call: Call, numbers: Float64Array): void {
    for (const [ours, key] of COUNTED)
      if (!isKnown(call[ours]) && isKnown(numbers[NUMBER[key]] as number)) this.add(key)
    const rate = numbers[NUMBER.sample_rate] as number
    if (isKnown(rate) && !isRate(rate)) this.add('sample_rate')
  }

  /** One value. */
  add(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  counts(): { readonly [key: string]: number } {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
