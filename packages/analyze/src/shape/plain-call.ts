import {
  CACHE_READ_TOKENS,
  callNumbers,
  FIRST_TOKEN,
  INPUT_TOKENS,
  LENGTH,
  NANO_DOLLARS,
  OUTPUT_TOKENS,
  START,
} from '../count/call-numbers.ts'
import { NANOS } from '../count/money.ts'
import type { Settings } from '../options.ts'
import { MAX_LENGTH_MS, MAX_NAME } from './call.ts'
import { ID, NUMBER, TEXT } from './own-keys.ts'
import type { OwnLines } from './own-lines.ts'

/** What a Date can hold. */
const MAX_TIME = 8.64e15

/**
 * Reads the calls of ours that most are: they ended well at the first attempt, stand for no other,
 * began in the window, and what their line says can be read. Nothing has to be kept of them.
 */
export class PlainCall {
  /** Of the call that was read, by `callNumbers`. */
  readonly numbers: Float64Array = callNumbers()
  readonly #own: OwnLines
  readonly #since: number
  readonly #until: number
  #ok = 0
  #epoch = -1

  constructor(own: OwnLines, { since, until }: Settings) {
    this.#own = own
    this.#since = since
    this.#until = until
  }

  /** Whether the call on the line that was read is such a one. */
  read(): boolean {
    const { texts, ids, numbers, epoch } = this.#own.scanner
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#ok = this.#own.scanner.numberOf('ok')
    }
    const rate = numbers[NUMBER.sample_rate] as number
    return (
      texts[TEXT.status] === this.#ok &&
      ids[ID.retry_of * 2] === -1 &&
      (rate === 1 || Number.isNaN(rate)) &&
      isShort(ids, ID.span_id) &&
      isShort(ids, ID.trace_id) &&
      isShort(ids, ID.message_id) &&
      this.#readTimes(numbers) &&
      this.#readCosts(numbers)
    )
  }

  #readTimes(line: Float64Array): boolean {
    const { numbers } = this
    const start = line[NUMBER.start_time] as number
    const length = line[NUMBER.duration_ms] as number
    const firstToken = line[NUMBER.ttft_ms] as number
    numbers[START] = start
    numbers[LENGTH] = length
    numbers[FIRST_TOKEN] = firstToken
    const isInWindow = start >= this.#since && start < this.#until && Math.abs(start) <= MAX_TIME
    return (
      isInWindow && length >= 0 && length <= MAX_LENGTH_MS && isWithin(firstToken, MAX_LENGTH_MS)
    )
  }

  #readCosts(line: Float64Array): boolean {
    const { numbers } = this
    const input = line[NUMBER.input_tokens] as number
    const output = line[NUMBER.output_tokens] as number
    const cached = line[NUMBER.cache_read_tokens] as number
    const dollars = line[NUMBER.cost_usd] as number
    const nanos = Math.round(dollars * NANOS)
    numbers[INPUT_TOKENS] = input
    numbers[OUTPUT_TOKENS] = output
    numbers[CACHE_READ_TOKENS] = cached
    numbers[NANO_DOLLARS] = nanos
    const areTokens = isCountable(input) && isCountable(output) && isCountable(cached)
    return areTokens && !(dollars < 0) && isCountable(nanos)
  }
}

/** Whether an id may be told by its bytes: one with more letters is cut. */
function isShort(ids: Int32Array, id: number): boolean {
  return (ids[id * 2 + 1] as number) - (ids[id * 2] as number) <= MAX_NAME
}

function isCountable(number: number): boolean {
  return isWithin(number, Number.MAX_SAFE_INTEGER)
}

/** Whether a number is from 0 to another, or not there (NaN). */
function isWithin(number: number, max: number): boolean {
  return !(number < 0 || number > max)
}
