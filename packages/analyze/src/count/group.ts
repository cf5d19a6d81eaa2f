import { type Call, type CallStatus, isKnown } from '../shape/call.ts'
import type { Ending } from './attempts.ts'
import {
  CACHE_READ_TOKENS,
  FIRST_TOKEN,
  INPUT_TOKENS,
  LENGTH,
  NANO_DOLLARS,
  OUTPUT_TOKENS,
} from './call-numbers.ts'
import { Distribution, type DistributionState, type Summary, withoutDust } from './distribution.ts'
import {
  addMoney,
  dollarsOf,
  MONEY_PLACES,
  type MoneyState,
  mergeMoney,
  moneyState,
} from './money.ts'
import { addNumber, averageOf, SUM_PLACES, type SumState, sumState, totalOf } from './number-sum.ts'

/** What is counted of a set of calls; null is unknown. */
export interface Numbers {
  /** Calls, however many attempts each took. */
  readonly calls: number
  /** Calls that ended as `error` or `partial`; null when no record says how its call ended. */
  readonly errors: number | null
  readonly partial: number
  readonly aborted: number
  /** Calls whose line says how they ended in a word that is none: neither among the errors nor among what went well. */
  readonly status_unknown_calls: number
  /** Attempts beyond the first. */
  readonly retries: number
  /** errors / calls; null without calls, and where `errors` is. */
  readonly error_rate: number | null
  /** Of all attempts. */
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  /** Over the attempts whose tokens are known. */
  readonly avg_input_tokens: number | null
  readonly avg_output_tokens: number | null
  /** Of all attempts whose cost is known. */
  readonly cost_usd: number | null
  /** Calls of which the cost of an attempt is unknown. */
  readonly cost_unknown_calls: number
  /** Of the attempts that say so. */
  readonly cache_read_tokens: number | null
  /** Of their input. */
  readonly cache_share: number | null
  /** How many attempts say so. */
  readonly cache_known_calls: number
}

/** Why `errors` are null. */
export const ERRORS_UNKNOWN = 'no field says whether a call failed; map one with --map error=FIELD'

/** `Numbers` with the two distributions, as every group has them. */
export interface GroupNumbers extends Numbers {
  readonly latency_ms: Summary
  readonly ttft_ms: Summary
}

/** What was counted of a set of calls, as it is written into a mergeable report. */
export interface GroupState {
  readonly counts: readonly number[]
  readonly told: readonly boolean[]
  readonly sums: readonly SumState[]
  readonly cost: MoneyState
  readonly latency: DistributionState
  readonly ttft: DistributionState
}

// Where the counts and sums of a group stand.
const CALLS = 0
const ERRORS = 1
const PARTIAL = 2
const ABORTED = 3
const RETRIES = 4
const COST_UNKNOWN = 5
const UNKNOWN_STATUS = 6
const COUNTS = 7
const INPUT = COUNTS
const OUTPUT = INPUT + SUM_PLACES
const CACHED = OUTPUT + SUM_PLACES
const CACHEABLE = CACHED + SUM_PLACES
const PRICE = CACHEABLE + SUM_PLACES
const SUMS = [INPUT, OUTPUT, CACHED, CACHEABLE, PRICE]
const COST = PRICE + SUM_PLACES
const PLACES = COST + MONEY_PLACES

/** Counts a set of calls. */
export class Group {
  readonly latency: Distribution
  readonly ttft: Distribution
  #toldSuccess = false
  #toldFailure = false
  readonly #sums = new Float64Array(PLACES)

  /** `exactValues`: so many latencies are held as they are. */
  constructor(exactValues?: number) {
    this.latency = new Distribution(exactValues)
    this.ttft = new Distribution(exactValues)
  }

  /** Whether failures are told here and successes are not: then silence means success. */
  get silentOnSuccess(): boolean {
    return this.#toldFailure && !this.#toldSuccess
  }

  /** What an attempt used, whatever became of it. */
  spend(call: Call): void {
    if (call.statusKnown && call.status === 'ok') this.#toldSuccess = true
    else if (call.statusKnown) this.#toldFailure = true
    const sums = this.#sums
    const { weight, inputTokens, outputTokens, cacheReadTokens, nanoDollars } = call
    if (call.retryOf !== null) addTo(sums, RETRIES, weight)
    if (isKnown(inputTokens)) addNumber(sums, INPUT, inputTokens, weight)
    if (isKnown(outputTokens)) addNumber(sums, OUTPUT, outputTokens, weight)
    if (isKnown(cacheReadTokens) && isKnown(inputTokens)) {
      addNumber(sums, CACHED, cacheReadTokens, weight)
      addNumber(sums, CACHEABLE, inputTokens, weight)
    }
    if (!isKnown(nanoDollars)) return
    addMoney(sums, COST, Math.round(nanoDollars * weight))
    addNumber(sums, PRICE, nanoDollars / 1e9, weight)
  }

  /** How a call ended, by its last attempt so far; `unpriced`: whether the cost of an attempt is unknown. */
  settle(call: Call, latencyMs: number, unpriced: boolean): void {
    this.#count(call.status, call.weight, unpriced)
    if (call.status !== 'ok') return
    if (isKnown(latencyMs)) this.latency.addWeighted(latencyMs, call.weight)
    if (isKnown(call.ttftMs)) this.ttft.addWeighted(call.ttftMs, call.weight)
  }

  /** The same, and what it used, of a call that ended well at its first attempt and stands for no other. */
  addPlain(numbers: Float64Array): void {
    const sums = this.#sums
    const input = numbers[INPUT_TOKENS] as number
    const output = numbers[OUTPUT_TOKENS] as number
    const cached = numbers[CACHE_READ_TOKENS] as number
    const nanos = numbers[NANO_DOLLARS] as number
    const firstToken = numbers[FIRST_TOKEN] as number
    this.#toldSuccess = true
    addTo(sums, CALLS, 1)
    if (isKnown(input)) addNumber(sums, INPUT, input, 1)
    if (isKnown(output)) addNumber(sums, OUTPUT, output, 1)
    if (isKnown(cached) && isKnown(input)) {
      addNumber(sums, CACHED, cached, 1)
      addNumber(sums, CACHEABLE, input, 1)
    }
    if (isKnown(nanos)) {
      addMoney(sums, COST, nanos)
      addNumber(sums, PRICE, nanos / 1e9, 1)
    } else addTo(sums, COST_UNKNOWN, 1)
    this.latency.add(numbers[LENGTH] as number)
    if (isKnown(firstToken)) this.ttft.add(firstToken)
  }

  /** Takes back how a call ended, because a retry followed; never one that was `ok`. */
  unsettle({ status, weight }: Ending, unpriced: boolean): void {
    this.#count(status, -weight, unpriced)
  }

  /** `silentOnSuccess`: in the whole input, of which this group may have the successes only. */
  numbers(silentOnSuccess: boolean = this.silentOnSuccess): Numbers {
    const sums = this.#sums
    const calls = sums[CALLS] as number
    const rounded = (at: number) => Math.round(sums[at] as number)
    const isTold = silentOnSuccess || this.#toldSuccess || this.#toldFailure
    const isKnownHere = isTold || calls === 0
    return {
      calls: Math.round(calls),
      errors: isKnownHere ? rounded(ERRORS) : null,
      partial: rounded(PARTIAL),
      aborted: rounded(ABORTED),
      status_unknown_calls: rounded(UNKNOWN_STATUS),
      retries: rounded(RETRIES),
      error_rate: calls === 0 || !isKnownHere ? null : (sums[ERRORS] as number) / calls,
      input_tokens: totalOf(sums, INPUT),
      output_tokens: totalOf(sums, OUTPUT),
      avg_input_tokens: averageOf(sums, INPUT),
      avg_output_tokens: averageOf(sums, OUTPUT),
      cost_usd: dollarsOf(sums, COST),
      cost_unknown_calls: rounded(COST_UNKNOWN),
      cache_read_tokens: totalOf(sums, CACHED),
      cache_known_calls: Math.round(sums[CACHED + 1] as number),
      cache_share: share(totalOf(sums, CACHED), totalOf(sums, CACHEABLE)),
    }
  }

  all(silentOnSuccess: boolean): GroupNumbers {
    return {
      ...this.numbers(silentOnSuccess),
      ...this.summaries(),
    }
  }

  summaries(): Pick<GroupNumbers, 'latency_ms' | 'ttft_ms'> {
    return {
      latency_ms: withoutDust(this.latency.summary()),
      ttft_ms: withoutDust(this.ttft.summary()),
    }
  }

  /** Adds what another has counted, values as they are where they are held so. */
  merge(other: Group): void {
    const sums = other.#sums
    for (let at = 0; at < COST; at++) addTo(this.#sums, at, sums[at] as number)
    mergeMoney(this.#sums, COST, moneyState(sums, COST))
    this.#toldSuccess ||= other.#toldSuccess
    this.#toldFailure ||= other.#toldFailure
    this.latency.merge(other.latency)
    this.ttft.merge(other.ttft)
  }

  /** Sums of a number over the attempts that know it, with their squares: what a mean's noise is told by. */
  sums(): { readonly [name in 'input_tokens' | 'output_tokens' | 'cost_usd']: SumState } {
    return {
      input_tokens: sumState(this.#sums, INPUT),
      output_tokens: sumState(this.#sums, OUTPUT),
      cost_usd: sumState(this.#sums, PRICE),
    }
  }

  /** All that is needed to go on counting elsewhere, as JSON. */
  state(): GroupState {
    return {
      counts: [...this.#sums.subarray(0, COUNTS)],
      told: [this.#toldSuccess, this.#toldFailure],
      sums: SUMS.map((at) => sumState(this.#sums, at)),
      cost: moneyState(this.#sums, COST),
      latency: this.latency.state(),
      ttft: this.ttft.state(),
    }
  }

  /** Adds what another has counted. */
  mergeState({ counts, told, sums, cost, latency, ttft }: GroupState): void {
    for (let at = 0; at < COUNTS; at++) addTo(this.#sums, at, counts[at] ?? 0)
    this.#toldSuccess ||= told[0] ?? false
    this.#toldFailure ||= told[1] ?? false
    for (const [i, at] of SUMS.entries()) {
      for (let part = 0; part < SUM_PLACES; part++)
        addTo(this.#sums, at + part, sums[i]?.[part] ?? 0)
    }
    mergeMoney(this.#sums, COST, cost)
    this.latency.mergeState(latency)
    this.ttft.mergeState(ttft)
  }

  #count(status: CallStatus, by: number, unpriced: boolean): void {
    const sums = this.#sums
    addTo(sums, CALLS, by)
    if (unpriced) addTo(sums, COST_UNKNOWN, by)
    if (status === 'ok') return
    if (status === 'error' || status === 'partial') addTo(sums, ERRORS, by)
    if (status === 'partial') addTo(sums, PARTIAL, by)
    if (status === 'aborted') addTo(sums, ABORTED, by)
    if (status === 'unknown') addTo(sums, UNKNOWN_STATUS, by)
  }
}

function addTo(sums: Float64Array, at: number, by: number): void {
  sums[at] = (sums[at] as number) + by
}

function share(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole
}

/** Whether anything was counted: a failed attempt may be here whose call is counted elsewhere. */
export function isUsed({ calls, retries, ...used }: Numbers): boolean {
  const { input_tokens, output_tokens, cost_usd } = used
  return calls > 0 || retries > 0 || (input_tokens ?? output_tokens ?? cost_usd) !== null
}
