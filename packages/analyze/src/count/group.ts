import type { Call } from '../shape/call.ts'
import { Distribution, type Summary, withoutDust } from './distribution.ts'
import { MoneySum } from './money.ts'

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
}

/** Why `errors` are null. */
export const ERRORS_UNKNOWN = 'no field says whether a call failed; map one with --map error=FIELD'

/** `Numbers` with the two distributions, as every group has them. */
export interface GroupNumbers extends Numbers {
  readonly latency_ms: Summary
  readonly ttft_ms: Summary
}

/** Counts a set of calls. */
export class Group {
  readonly latency: Distribution = new Distribution()
  readonly ttft: Distribution = new Distribution()
  #calls = 0
  #errors = 0
  #partial = 0
  #aborted = 0
  #retries = 0
  #toldSuccess = false
  #toldFailure = false
  #costUnknown = 0
  readonly #input = new TokenSum()
  readonly #output = new TokenSum()
  readonly #cost = new MoneySum()

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
    if (call.inputTokens !== null) this.#input.add(call.inputTokens, weight)
    if (call.outputTokens !== null) this.#output.add(call.outputTokens, weight)
    if (call.nanoDollars !== null) this.#cost.add(Math.round(call.nanoDollars * weight))
  }

  /** How a call ended, by its last attempt so far. */
  settle(call: Call): void {
    this.#count(call, call.weight)
    if (call.status !== 'ok') return
    if (call.durationMs !== null) this.latency.add(call.durationMs, call.weight)
    if (call.ttftMs !== null) this.ttft.add(call.ttftMs, call.weight)
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

  #count(call: Call, by: number): void {
    this.#calls += by
    if (call.status === 'error' || call.status === 'partial') this.#errors += by
    if (call.status === 'partial') this.#partial += by
    if (call.status === 'aborted') this.#aborted += by
    if (call.nanoDollars === null && isAnswered(call)) this.#costUnknown += by
  }
}

class TokenSum {
  #sum = 0
  #calls = 0

  add(tokens: number, weight: number): void {
    this.#sum += tokens * weight
    this.#calls += weight
  }

  total(): number | null {
    return this.#calls === 0 ? null : Math.round(this.#sum)
  }

  average(): number | null {
    return this.#calls === 0 ? null : this.#sum / this.#calls
  }
}

/** What was refused, or stopped before anything came, has no price that somebody could know. */
function isAnswered({ status, inputTokens, outputTokens }: Call): boolean {
  return status === 'ok' || status === 'partial' || inputTokens !== null || outputTokens !== null
}
