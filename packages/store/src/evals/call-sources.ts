import type { LlmCall, UserActionName } from '@recount/record'
import { checkFilter, type Filter } from '../read/filter.ts'
import { type SpanSummary, spanFacts } from '../read/span-summary.ts'
import { beganOf } from '../records/slot.ts'
import type { Scoped } from '../scope.ts'
import type { Page, Store, StoredTrace } from '../store.ts'
import { verdictsOf } from './call-verdicts.ts'

/** Model calls that a filter asks for. */
export function filteredCalls(store: Store, filter: Filter): AsyncGenerator<SpanSummary> {
  return everySpan(store, { ...filter, event: 'llm_call' })
}

/** Model calls with which users did something last, that a filter asks for as well. */
export async function* actedCalls(
  store: Store,
  actions: readonly UserActionName[],
  { tenant, ...filter }: Filter,
): AsyncGenerator<SpanSummary> {
  checkFilter(filter)
  const seen = new Set<string>()
  // A user acts on an answer, which may be another span than the call that gave it.
  for (const action of actions)
    for await (const { trace_id, tenant_id } of everySpan(store, { tenant, action })) {
      const key = `${trace_id} ${tenant_id}`
      if (seen.has(key)) continue
      seen.add(key)
      const trace = await store.trace(trace_id, { tenant: tenant_id ?? '' })
      const calls = trace === undefined ? [] : actedIn(trace, actions)
      const own = { tenant: tenant_id ?? '', event: 'llm_call', ...filter }
      if (calls.length > 0) yield* await askedFor(store, calls, own, trace_id)
    }
}

/** Those of a trace that a filter asks for; the store knows how ids were treated. */
async function askedFor(
  store: Store,
  calls: readonly SpanSummary[],
  filter: Filter,
  trace_id: string,
): Promise<SpanSummary[]> {
  if (filter.trace_id !== undefined && filter.trace_id !== trace_id) return []
  const asked = new Set<string>()
  for await (const { span_id } of everySpan(store, { ...filter, trace_id })) asked.add(span_id)
  return calls.filter(({ span_id }) => asked.has(span_id))
}

/** The calls that ids of spans, messages and traces name; of a trace or an answer the last one. */
export async function* namedCalls(
  store: Store,
  ids: Iterable<string>,
  { tenant }: Scoped,
  onMissing: (id: string) => void,
): AsyncGenerator<SpanSummary> {
  const seen = new Set<string>()
  for (const id of ids) {
    const trace = await store.trace(id, { tenant })
    const call = trace && namedCall(trace, id)
    if (call === undefined) onMissing(id)
    if (call === undefined || seen.has(call.span_id)) continue
    seen.add(call.span_id)
    yield call
  }
}

async function* everySpan(store: Store, filter: Filter): AsyncGenerator<SpanSummary> {
  let cursor: string | undefined
  do {
    const page: Page<SpanSummary> = await store.list({ ...filter, limit: 1000, cursor })
    yield* page.items
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined)
}

function actedIn({ records }: StoredTrace, actions: readonly UserActionName[]): SpanSummary[] {
  const verdicts = verdictsOf(records)
  return records.filter(isCall).flatMap((call) => {
    const { action, rating } = verdicts.get(call.span_id) ?? {}
    const isMeant =
      (action !== undefined && actions.includes(action)) ||
      (rating !== undefined && actions.includes('rated'))
    return isMeant ? [summaryOf(call)] : []
  })
}

/** The call that an id names: itself, or of an answer or a trace the last one up to then. */
export function namedCall({ records }: StoredTrace, id: string): SpanSummary | undefined {
  const plain = id.toLowerCase().replaceAll('-', '')
  const calls = records.filter(isCall).sort((a, b) => beganOf(a) - beganOf(b))
  const own = calls.filter(
    ({ span_id, message_id }) => message_id === id || span_id.startsWith(plain),
  )
  const answer = records.find(
    (record) => record.event === 'final_response' && record.message_id === id,
  )
  const until = answer?.time ?? Number.POSITIVE_INFINITY
  const call = own.at(-1) ?? calls.findLast((one) => beganOf(one) <= until)
  return call && summaryOf(call)
}

function isCall(record: { readonly event: string }): record is LlmCall {
  return record.event === 'llm_call' && (record as LlmCall).operation !== 'embeddings'
}

function summaryOf(call: LlmCall): SpanSummary {
  const { rank: _, ...span } = spanFacts(call) as NonNullable<ReturnType<typeof spanFacts>>
  return span
}
