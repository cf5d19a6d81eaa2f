import { StoreError } from '../errors.ts'
import type { SpanSummary } from './span-summary.ts'

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

/** Lengths of calls that ended well; null where there are none. Percentiles are exact, between closest ranks linear. */
export interface Latency {
  readonly count: number
  readonly mean: number | null
  readonly max: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** Numbers of a group of model calls. Attempts of one call are one call, with the ending of the last. */
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
  /** Attempts whose cost is unknown, so that a sum says what it leaves out. */
  readonly cost_unknown_calls: number
  readonly latency_ms: Latency
}

/** An attempt as it is counted. */
export interface CountedCall {
  readonly key: readonly (string | null)[]
  readonly status: string | null
  readonly duration_ms: number | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
  readonly cost_usd: number | null
  /** Whether it repeats another attempt. */
  readonly is_retry: boolean
  /** Whether another attempt repeats it, which then counts in its place. */
  readonly is_repeated: boolean
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

interface Sums {
  readonly key: readonly (string | null)[]
  calls: number
  errors: number
  aborted: number
  retries: number
  input: number | null
  output: number | null
  nano: number | null
  unknown: number
  readonly lengths: number[]
}

/** Counts attempts into groups, the dearest first, then the largest. */
export class Groups {
  readonly #keys: readonly GroupKey[]
  readonly #sums: Map<string, Sums> = new Map()

  constructor(keys: readonly GroupKey[]) {
    this.#keys = keys
  }

  add(call: CountedCall): void {
    const id = JSON.stringify(call.key)
    const sums = this.#sums.get(id) ?? emptySums(call.key)
    this.#sums.set(id, sums)
    sums.input = plus(sums.input, call.input_tokens)
    sums.output = plus(sums.output, call.output_tokens)
    sums.nano = plus(sums.nano, call.cost_usd === null ? null : Math.round(call.cost_usd * 1e9))
    if (call.cost_usd === null) sums.unknown += 1
    if (call.is_retry) sums.retries += 1
    if (!call.is_repeated) countEnding(sums, call)
  }

  results(): Grouped[] {
    return [...this.#sums.values()]
      .map((sums) => this.#grouped(sums))
      .sort((a, b) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0) || b.calls - a.calls)
  }

  #grouped(sums: Sums): Grouped {
    const { calls, errors, aborted, retries } = sums
    return {
      key: Object.fromEntries(this.#keys.map((key, at) => [key, sums.key[at] ?? null])),
      calls,
      errors,
      aborted,
      retries,
      error_rate: calls === 0 ? null : errors / calls,
      input_tokens: sums.input,
      output_tokens: sums.output,
      cost_usd: sums.nano === null ? null : sums.nano / 1e9,
      cost_unknown_calls: sums.unknown,
      latency_ms: latencyOf(sums.lengths),
    }
  }
}

function emptySums(key: readonly (string | null)[]): Sums {
  const counts = { calls: 0, errors: 0, aborted: 0, retries: 0, unknown: 0 }
  return { key, ...counts, input: null, output: null, nano: null, lengths: [] }
}

function countEnding(sums: Sums, { status, duration_ms }: CountedCall): void {
  sums.calls += 1
  if (status === 'error' || status === 'partial') sums.errors += 1
  if (status === 'aborted') sums.aborted += 1
  if (status === 'ok' && duration_ms !== null) sums.lengths.push(duration_ms)
}

function plus(sum: number | null, value: number | null): number | null {
  return value === null ? sum : (sum ?? 0) + value
}

function latencyOf(lengths: readonly number[]): Latency {
  const sorted = Float64Array.from(lengths).sort()
  const count = sorted.length
  const sum = sorted.reduce((total, length) => total + length, 0)
  return {
    count,
    mean: count === 0 ? null : sum / count,
    max: sorted.at(-1) ?? null,
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
  }
}

/** Linear between closest ranks: numpy's default, type 7. */
function percentile(sorted: Float64Array, share: number): number | null {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) return null
  return below + (above - below) * (place - Math.floor(place))
}
