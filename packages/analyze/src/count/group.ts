import { type Call, isKnown } from '../shape/call.ts'
import { Distribution, type DistributionState, type Summary, withoutDust } from './distribution.ts'
import { type MoneyState, MoneySum } from './money.ts'
import { NumberSum, type SumState } from './number-sum.ts'

/** What is counted of a set of calls; null is unknown. */
export interface Numbers {
  /** Calls, however many attempts each took. */
  readonly calls: number
  /** Calls that ended as `error` or `partial`; null when no record says how its call ended. */
  readonly errors: number | null
  readonly partial: number
  readonly aborted: number
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
  readonly cost_unknown_calls: number
  /** Of the attempts that say so. */
  readonly cache_read_tokens: number | null
  /** Of their input. */
  readonly cache_share: number | null
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

/** Counts a set of calls. */
export class Group {
  readonly latency: Distribution
  readonly ttft: Distribution
  #calls = 0
  #errors = 0
  #partial = 0
  #aborted = 0
  #retries = 0
  #toldSuccess = false
  #toldFailure = false
  #costUnknown = 0
  readonly #input = new NumberSum()
  readonly #output = new NumberSum()
  readonly #cached = new NumberSum()
  readonly #cacheable = new NumberSum()
  readonly #price = new NumberSum()
  readonly #cost = new MoneySum()

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
    const { weight } = call
    if (call.retryOf !== null) this.#retries += weight
    if (isKnown(call.inputTokens)) this.#input.add(call.inputTokens, weight)
    if (isKnown(call.outputTokens)) this.#output.add(call.outputTokens, weight)
    if (isKnown(call.cacheReadTokens) && isKnown(call.inputTokens)) {
      this.#cached.add(call.cacheReadTokens, weight)
      this.#cacheable.add(call.inputTokens, weight)
    }
    if (!isKnown(call.nanoDollars)) return
    this.#cost.add(Math.round(call.nanoDollars * weight))
    this.#price.add(call.nanoDollars / 1e9, weight)
  }

  /** How a call ended, by its last attempt so far. */
  settle(call: Call): void {
    this.#count(call, call.weight)
    if (call.status !== 'ok') return
    if (isKnown(call.durationMs)) this.latency.add(call.durationMs, call.weight)
    if (isKnown(call.ttftMs)) this.ttft.add(call.ttftMs, call.weight)
  }

  /** Takes back how a call ended, because a retry followed; never one that was `ok`. */
  unsettle(call: Call): void {
    this.#count(call, -call.weight)
  }

  /** `silentOnSuccess`: in the whole input, of which this group may have the successes only. */
  numbers(silentOnSuccess: boolean = this.silentOnSuccess): Numbers {
    const isTold = silentOnSuccess || this.#toldSuccess || this.#toldFailure
    const errors = isTold || this.#calls === 0 ? this.#errors : null
    return {
      calls: Math.round(this.#calls),
      errors: errors === null ? null : Math.round(errors),
      partial: Math.round(this.#partial),
      aborted: Math.round(this.#aborted),
      retries: Math.round(this.#retries),
      error_rate: this.#calls === 0 || errors === null ? null : errors / this.#calls,
      input_tokens: this.#input.total(),
      output_tokens: this.#output.total(),
      avg_input_tokens: this.#input.average(),
      avg_output_tokens: this.#output.average(),
      cost_usd: this.#cost.total(),
      cost_unknown_calls: Math.round(this.#costUnknown),
      cache_read_tokens: this.#cached.total(),
      cache_share: share(this.#cached.total(), this.#cacheable.total()),
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
    const empty = { count: 0, sum: 0, min: null, max: null, bins: [] }
    this.mergeState({ ...other.#counted(), latency: empty, ttft: empty })
    this.latency.merge(other.latency)
    this.ttft.merge(other.ttft)
  }

  /** Sums of a number over the attempts that know it, with their squares: what a mean's noise is told by. */
  sums(): { readonly [name in 'input_tokens' | 'output_tokens' | 'cost_usd']: SumState } {
    return {
      input_tokens: this.#input.state(),
      output_tokens: this.#output.state(),
      cost_usd: this.#price.state(),
    }
  }

  /** All that is needed to go on counting elsewhere, as JSON. */
  state(): GroupState {
    return { ...this.#counted(), latency: this.latency.state(), ttft: this.ttft.state() }
  }

  #counted(): Omit<GroupState, 'latency' | 'ttft'> {
    return {
      counts: [
        this.#calls,
        this.#errors,
        this.#partial,
        this.#aborted,
        this.#retries,
        this.#costUnknown,
      ],
      told: [this.#toldSuccess, this.#toldFailure],
      sums: [this.#input, this.#output, this.#cached, this.#cacheable, this.#price].map((sum) =>
        sum.state(),
      ),
      cost: this.#cost.state(),
    }
  }

  /** Adds what another has counted. */
  mergeState({ counts, told, sums, cost, latency, ttft }: GroupState): void {
    const [calls = 0, errors = 0, partial = 0, aborted = 0, retries = 0, costUnknown = 0] = counts
    this.#calls += calls
    this.#errors += errors
    this.#partial += partial
    this.#aborted += aborted
    this.#retries += retries
    this.#costUnknown += costUnknown
    this.#toldSuccess ||= told[0] ?? false
    this.#toldFailure ||= told[1] ?? false
    const own = [this.#input, this.#output, this.#cached, this.#cacheable, this.#price]
    for (const [i, sum] of own.entries()) sum.mergeState(sums[i] ?? [0, 0, 0])
    this.#cost.mergeState(cost)
    this.latency.mergeState(latency)
    this.ttft.mergeState(ttft)
  }

  #count(call: Call, by: number): void {
    this.#calls += by
    if (call.status === 'error' || call.status === 'partial') this.#errors += by
    if (call.status === 'partial') this.#partial += by
    if (call.status === 'aborted') this.#aborted += by
    if (!isKnown(call.nanoDollars) && isAnswered(call)) this.#costUnknown += by
  }
}

function share(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole
}

/** What was refused, or stopped before anything came, has no price that somebody could know. */
function isAnswered({ status, inputTokens, outputTokens }: Call): boolean {
  return (
    status === 'ok' || status === 'partial' || isKnown(inputTokens) || isKnown(outputTokens)
  )
}
