import { USER_ACTIONS, type UserActionName } from '@recount/record'
import { StoreError } from '../errors.ts'
import type { Filter } from '../read/filter.ts'
import type { SpanSummary } from '../read/span-summary.ts'
import type { Store, StoredTrace } from '../store.ts'
import { actedCalls, filteredCalls, namedCalls } from './call-sources.ts'
import { ChosenCalls, checkSample, type SampleOptions } from './chosen-calls.ts'
import {
  type EvalExample,
  type ExampleOptions,
  examplesOf,
  type NoExample,
} from './eval-example.ts'
import { type EvalRedactor, redactedExample } from './redacted-example.ts'

/** Which calls become examples, and how. */
export interface ExportEvalsOptions {
  /** Passes once more over everything that was said: `createRedactor()` of `@recount/redact`, or one of your own. */
  readonly redact: EvalRedactor
  /** Model calls that it asks for. */
  readonly filter?: Omit<Filter, 'action'> | undefined
  /** Ids of spans, messages and traces in place of a filter; of a trace its last call. */
  readonly ids?: Iterable<string> | undefined
  /** Only calls with which users did one of these last. */
  readonly actions?: readonly UserActionName[] | undefined
  /** Takes what was said as what is expected, where nobody said otherwise; default false. */
  readonly expectOutput?: boolean | undefined
  /** A sample of them in place of all. */
  readonly sample?: SampleOptions | undefined
  /** Hears of calls that are no examples: their ids, and why. */
  readonly onLeftOut?: ((id: string, why: LeftOut) => void) | undefined
}

/** Why a call is no example, or no call has the id. */
export type LeftOut = NoExample | 'not found'

/** A sample is taken from so many times as many, since of some calls nothing was kept. */
const SPARE = 4

/**
 * Model calls of a store as examples for evals, what began last first, a sample in its own order. Throws
 * `STORE_OPTION_INVALID`, `STORE_QUERY_INVALID`, `STORE_TENANT_REQUIRED`, `STORE_AMBIGUOUS`.
 */
export async function* exportEvals(
  store: Store,
  options: ExportEvalsOptions,
): AsyncGenerator<EvalExample> {
  checkOptions(options)
  const { sample, redact, expectOutput = false, onLeftOut } = options
  const calls = sample === undefined ? callsOf(store, options) : sampled(store, options, sample)
  const read = exampleReader(store, { expectOutput })
  let left = sample?.count ?? Number.POSITIVE_INFINITY
  for await (const call of calls) {
    const example = await read(call)
    if (typeof example === 'string') onLeftOut?.(call.span_id, example)
    else {
      yield redactedExample(example, redact)
      left -= 1
    }
    if (left <= 0) return
  }
}

function checkOptions({ redact, ids, filter, actions = [], sample }: ExportEvalsOptions): void {
  if (sample !== undefined) checkSample(sample)
  if (typeof redact !== 'function')
    throw invalid('Expected `redact` to be a function; give createRedactor() of @recount/redact')
  if (ids !== undefined && Object.keys(filter ?? {}).some((key) => key !== 'tenant'))
    throw invalid('Expected `ids` or `filter`, got both')
  for (const action of actions)
    if (!USER_ACTIONS.includes(action))
      throw invalid(`Expected \`actions\` to be of ${USER_ACTIONS.join(', ')}, got ${action}`)
}

function invalid(message: string): StoreError {
  return new StoreError('STORE_OPTION_INVALID', message)
}

function callsOf(store: Store, options: ExportEvalsOptions): AsyncIterable<SpanSummary> {
  const { ids, actions = [], filter = {}, onLeftOut } = options
  if (ids !== undefined) return namedCalls(store, ids, filter, (id) => onLeftOut?.(id, 'not found'))
  return actions.length > 0 ? actedCalls(store, actions, filter) : filteredCalls(store, filter)
}

async function* sampled(
  store: Store,
  options: ExportEvalsOptions,
  sample: SampleOptions,
): AsyncGenerator<SpanSummary> {
  const chosen = new ChosenCalls({ ...sample, count: sample.count * SPARE })
  for await (const call of callsOf(store, options)) chosen.add(call)
  yield* chosen.results()
}

/** Calls of one trace come one after the other: it is read once. */
function exampleReader(
  store: Store,
  options: ExampleOptions,
): (call: SpanSummary) => Promise<EvalExample | NoExample> {
  let last: StoredTrace | undefined
  let examples = new Map<string, EvalExample | NoExample>()
  return async ({ trace_id, span_id, tenant_id }) => {
    if (last?.trace_id !== trace_id || last.tenant_id !== tenant_id) {
      last = await store.trace(trace_id, { tenant: tenant_id ?? '' })
      examples = last === undefined ? new Map() : examplesOf(last, options)
    }
    return examples.get(span_id) ?? 'no content'
  }
}
