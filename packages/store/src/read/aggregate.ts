import { StoreError } from '../errors.ts'
import type { SpanSummary } from './span-summary.ts'
import { type Spread, Values } from './spread.ts'

/** What calls may be grouped by; `day` is UTC, `query` what was asked, whoever asked it. */
export const GROUP_KEYS = [
  'model',
  'provider',
  'prompt',
  'prompt_version',
  'user',
  'session',
  'tenant',
  'trace',
  'workflow',
  'step',
  'agent',
  'service',
  'environment',
  'release',
  'day',
  'query',
] as const
/** One of `GROUP_KEYS`. */
export type GroupKey = (typeof GROUP_KEYS)[number]

/** Which key of a span a group key is; `day` and `query` are made. */
export const GROUP_COLUMNS: Readonly<Partial<Record<GroupKey, keyof SpanSummary>>> = {
  model: 'model',
  provider: 'provider',
  prompt: 'prompt_name',
  prompt_version: 'prompt_version',
  user: 'user_id',
  session: 'session_id',
  tenant: 'tenant_id',
  trace: 'trace_id',
  workflow: 'workflow',
  step: 'step',
  agent: 'agent',
  service: 'service',
  environment: 'environment',
  release: 'release',
}

/** Lengths of calls that ended well, milliseconds. */
export type Latency = Spread

/** Numbers of a group of model calls. Attempts of one call are one call, with the ending of the last; one that was sampled stands for as many as it was chosen from, so that counts are estimates. */
export interface Grouped {
  readonly key: Readonly<Partial<Record<GroupKey, string | null>>>
  readonly calls: number
  /** Ended as `error` or `partial`. */
  readonly errors: number
  readonly aborted: number
  readonly retries: number
  readonly error_rate: number | null
  /** Of all attempts; null when none is known. */
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cost_usd: number | null
  /** Calls with an attempt that was answered and whose cost is unknown, so that a sum says what it leaves out. */
  readonly cost_unknown_calls: number
  readonly latency_ms: Latency
  /** Of single attempts, of which it is known. */
  readonly per_call: {
    readonly cost_usd: Spread
    readonly input_tokens: Spread
    readonly output_tokens: Spread
  }
}

/** An attempt as it is counted. */
export interface CountedCall {
  readonly key: readonly (string | null)[]
  readonly status: string | null
  readonly duration_ms: number | null
  /** For how many it stands. */
  readonly weight: number
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cost_usd: number | null
  /** Whether it repeats another attempt. */
  readonly is_retry: boolean
  /** Whether another attempt repeats it, which then counts in its place. */
  readonly is_repeated: boolean
  /** Whether it repeats, directly or not, an attempt that was answered and whose cost is unknown. */
  readonly repeats_unpriced: boolean
}

/** Checks keys of groups. Throws `STORE_QUERY_INVALID`. */
export function checkGroupKeys(keys: readonly string[]): asserts keys is readonly GroupKey[] {
  for (const key of keys) {
    if ((GROUP_KEYS as readonly string[]).includes(key)) continue
    throw new StoreError(
      'STORE_QUERY_INVALID',
      `Expected \`by\` to be of ${GROUP_KEYS.join(', ')}, got ${key}`,
    )
  }
}

/** What is counted of a group. */
export interface Sums {
  readonly key: readonly (string | null)[]
  calls: number
  errors: number
  aborted: number
  retries: number
  unknown: number
  readonly input: Values
  readonly output: Values
  /** Whole nano-dollars, so that sums are exact. */
  readonly nano: Values
  readonly lengths: Values
}

const NANO = 1e9

/** Counts attempts into groups, the dearest first, then the largest; equal ones by their keys. */
export class Groups {
  readonly #keys: readonly GroupKey[]
  readonly #sums: Map<string, Sums> = new Map()

  constructor(keys: readonly GroupKey[]) {
    this.#keys = keys
  }

  /** What is counted of the group with this key. */
  group(key: readonly (string | null)[]): Sums {
    const id = JSON.stringify(key)
    const sums = this.#sums.get(id) ?? emptySums(key)
    this.#sums.set(id, sums)
    return sums
  }

  add(call: CountedCall): void {
    const sums = this.group(call.key)
    const { input_tokens, output_tokens, cost_usd, weight } = call
    if (input_tokens !== null) sums.input.add(input_tokens, weight)
    if (output_tokens !== null) sums.output.add(output_tokens, weight)
    if (cost_usd !== null) sums.nano.add(nanoDollars(cost_usd), weight)
    if (call.is_retry) sums.retries += weight
    if (!call.is_repeated) countEnding(sums, call)
  }

  results(): Grouped[] {
    return [...this.#sums.values()]
      .map((sums) => this.#grouped(sums))
      .sort((a, b) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0) || b.calls - a.calls || byKey(a, b))
  }

  #grouped(sums: Sums): Grouped {
    const { calls, errors, aborted, retries, input, output, nano } = sums
    return {
      key: Object.fromEntries(this.#keys.map((key, at) => [key, sums.key[at] ?? null])),
      ...{ calls: Math.round(calls), errors: Math.round(errors) },
      ...{ aborted: Math.round(aborted), retries: Math.round(retries) },
      error_rate: calls === 0 ? null : errors / calls,
      input_tokens: rounded(input.sum),
      output_tokens: rounded(output.sum),
      cost_usd: nano.sum === null ? null : Math.round(nano.sum) / NANO,
      cost_unknown_calls: Math.round(sums.unknown),
      latency_ms: sums.lengths.spread(),
      per_call: {
        cost_usd: nano.spread(NANO),
        input_tokens: input.spread(),
        output_tokens: output.spread(),
      },
    }
  }
}

function byKey(a: Grouped, b: Grouped): number {
  return JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1
}

/** For how many calls one stands that was kept at a rate; what is no rate says one. */
export function weightOf(rate: unknown): number {
  return typeof rate === 'number' && rate > 0 && rate < 1 ? 1 / rate : 1
}

/** Whether an attempt has a cost that nobody told. What was refused, or stopped before anything came, has no price that somebody could know. */
export function isUnpriced({ cost_usd, status, input_tokens, output_tokens }: Spent): boolean {
  if (cost_usd !== null) return false
  return status === 'ok' || status === 'partial' || input_tokens !== null || output_tokens !== null
}

type Spent = Pick<CountedCall, 'cost_usd' | 'status' | 'input_tokens' | 'output_tokens'>

/** A cost as it is summed. */
export function nanoDollars(cost_usd: number): number {
  return Math.round(cost_usd * NANO)
}

function emptySums(key: readonly (string | null)[]): Sums {
  const counts = { calls: 0, errors: 0, aborted: 0, retries: 0, unknown: 0 }
  const [input, output, nano, lengths] = [new Values(), new Values(), new Values(), new Values()]
  return { key, ...counts, input, output, nano, lengths }
}

function countEnding(sums: Sums, call: CountedCall): void {
  const { status, duration_ms, weight } = call
  sums.calls += weight
  if (call.repeats_unpriced || isUnpriced(call)) sums.unknown += weight
  if (status === 'error' || status === 'partial') sums.errors += weight
  if (status === 'aborted') sums.aborted += weight
  if (status === 'ok' && duration_ms !== null) sums.lengths.add(duration_ms, weight)
}

function rounded(sum: number | null): number | null {
  return sum === null ? null : Math.round(sum)
}
