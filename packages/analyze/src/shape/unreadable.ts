import { type Reading, toNumber } from '@recount/record/shapes'
import { type Call, isKnown, isRate } from './call.ts'
import { NUMBER } from './own-keys.ts'

/** What is counted, and the key of a reading that it comes from. */
const COUNTED = [
  ['startTime', 'start_time'],
  ['durationMs', 'duration_ms'],
  ['ttftMs', 'ttft_ms'],
  ['inputTokens', 'input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['cacheReadTokens', 'cache_read_tokens'],
  ['nanoDollars', 'cost_usd'],
] as const

/** Counts values that were there and could not be read, by key of ours: a number too few has to be told. */
export class Unreadable {
  readonly #counts = new Map<string, number>()
  readonly #onFound: ((key: string) => void) | undefined

  /** `onFound` is told of each. */
  constructor(onFound?: (key: string) => void) {
    this.#onFound = onFound
  }

  /** A call, and the record it was made of. */
  check(call: Call, reading: Reading): void {
    for (const [ours, key] of COUNTED) {
      if (isKnown(call[ours])) continue
      if (isThere(reading[key])) this.add(key)
    }
    if (call.status === 'unknown') this.add('status')
    const rate = reading.sample_rate
    if (isThere(rate) && !isRate(toNumber(rate) ?? Number.NaN)) this.add('sample_rate')
  }

  /** A call of ours, and the numbers of its line. */
  checkNumbers(call: Call, numbers: Float64Array): void {
    // One by one: this is done for each line.
    this.#checkNumber('start_time', call.startTime, numbers[NUMBER.start_time])
    this.#checkNumber('duration_ms', call.durationMs, numbers[NUMBER.duration_ms])
    this.#checkNumber('ttft_ms', call.ttftMs, numbers[NUMBER.ttft_ms])
    this.#checkNumber('input_tokens', call.inputTokens, numbers[NUMBER.input_tokens])
    this.#checkNumber('output_tokens', call.outputTokens, numbers[NUMBER.output_tokens])
    this.#checkNumber('cache_read_tokens', call.cacheReadTokens, numbers[NUMBER.cache_read_tokens])
    this.#checkNumber('cost_usd', call.nanoDollars, numbers[NUMBER.cost_usd])
    const rate = numbers[NUMBER.sample_rate] as number
    if (isKnown(rate) && !isRate(rate)) this.add('sample_rate')
  }

  /** One value. */
  add(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    this.#onFound?.(key)
  }

  counts(): { readonly [key: string]: number } {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #checkNumber(key: (typeof COUNTED)[number][1], counted: number, given: number | undefined): void {
    if (!isKnown(counted) && isKnown(given as number)) this.add(key)
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
