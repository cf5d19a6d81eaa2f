import type { Engine, TraceMatch } from './engine.ts'
import { StoreError } from './errors.ts'
import { evaluationOf } from './evals/judgement.ts'
import { checkGroupKeys, Groups } from './read/aggregate.ts'
import { cursorText, positionOf } from './read/cursor.ts'
import { checkFilter, type Filter } from './read/filter.ts'
import { rankedSiblings } from './read/siblings.ts'
import type { SpanSummary } from './read/span-summary.ts'
import { conversationOf, latestLog, stepLogs, windowOf } from './read/step-logs.ts'
import { storedTrace } from './read/stored-trace.ts'
import { beforeOf, daysOf } from './read/time.ts'
import {
  type FormsOf,
  mayBeTreated,
  type TreatedOptions,
  treatedForms,
  withForms,
} from './read/treated-ids.ts'
import { lineForAnalysis } from './records/as-read.ts'
import type { ErasedName } from './records/erasure.ts'
import { retain } from './retain.ts'
import { type Scope, type Scoped, scopeOf } from './scope.ts'
import type { EraseOptions, Page, Paging, Search, Store, StoredTrace } from './store.ts'
import { foldedText } from './text/folded-text.ts'

/** A store on an engine: checks queries, keeps to scopes, and makes of lines what people ask for. */
export function createStore(engine: Engine, treated?: TreatedOptions): Store {
  const scopeIn = (query: Scoped): Scope => scopeOf(query, engine.multiTenant)
  let forms: FormsOf | undefined

  /** Keys are read by whoever needs them first. */
  function formsOf(options: TreatedOptions): FormsOf {
    forms ??= treatedForms(options)
    return forms
  }

  /** The same key hashes the same value of two tenants differently. */
  async function tenantsIn(scope: Scope): Promise<readonly string[]> {
    return scope === undefined ? engine.tenants() : [scope]
  }

  async function filterIn(filter: Filter, scope: Scope): Promise<Filter> {
    checkFilter(filter)
    const { since, until } = filter
    // What began nobody knows when is in no window.
    const bounded =
      until === undefined || since !== undefined ? filter : { ...filter, since: EARLIEST }
    if (treated === undefined || !mayBeTreated(bounded)) return bounded
    return withForms(bounded, formsOf(treated), await tenantsIn(scope))
  }

  async function oneTrace(target: string, query: Scoped): Promise<StoredTrace | undefined> {
    const scope = scopeIn(query)
    const matches = await matchesOf(target, scope)
    const exact = matches.filter((match) => match.exact)
    const [match, ...others] = exact.length > 0 ? exact : matches
    if (match === undefined) return undefined
    if (others.length > 0)
      throw new StoreError(
        'STORE_AMBIGUOUS',
        `${target} names several traces: ${[match, ...others].map(({ trace_id }) => trace_id).join(', ')}; name one of them`,
      )
    return readTrace(match.trace_id, scope)
  }

  /** An id that nothing has may be that of a message, and was treated on its way into the log. */
  async function matchesOf(target: string, scope: Scope): Promise<readonly TraceMatch[]> {
    checkId(target)
    const matches = await engine.findTraces(target, scope)
    if (matches.length > 0 || treated === undefined) return matches
    const found = new Map<string, TraceMatch>()
    for (const form of formsOf(treated)(target, await tenantsIn(scope)))
      for (const match of await engine.findTraces(form, scope))
        if (match.exact) found.set(match.trace_id, match)
    return [...found.values()]
  }

  async function readTrace(trace_id: string, scope: Scope): Promise<StoredTrace> {
    const records = await engine.traceRecords(trace_id, scope)
    return storedTrace(trace_id, records, await engine.auditOf(trace_id, scope))
  }

  async function list(query: Filter & Paging = {}): Promise<Page<SpanSummary>> {
    const { limit, cursor, tenant, ...filter } = query
    const scope = scopeIn({ tenant })
    const rows = await engine.list({
      filter: await filterIn(filter, scope),
      scope,
      limit: limitOf(limit) + 1,
      after: cursor === undefined ? undefined : positionOf(cursor),
    })
    return pageOf(rows, limitOf(limit), (span) => span)
  }

  async function callsOf(workflow: string, query: Scoped, step?: string): Promise<StoredTrace[]> {
    const traces = new Map<string, StoredTrace>()
    for await (const span of everySpan({ ...query, event: 'llm_call', workflow, step }))
      if (!traces.has(span.trace_id))
        traces.set(span.trace_id, await readTrace(span.trace_id, scopeIn(query)))
    return [...traces.values()]
  }

  async function* everySpan(filter: Filter): AsyncGenerator<SpanSummary> {
    let cursor: string | undefined
    do {
      const page: Page<SpanSummary> = await list({ ...filter, limit: 500, cursor })
      yield* page.items
      cursor = page.cursor ?? undefined
    } while (cursor !== undefined)
  }

  return {
    ingest: (records, options = {}) => engine.write(records, options),
    trace: (target, options = {}) => oneTrace(target, options),
    list,
    async search(query) {
      const { phrase, limit, cursor, tenant, ...filter } = query
      const scope = scopeIn({ tenant })
      const hits = await engine.search({
        filter: await filterIn(filter, scope),
        scope,
        phrase: phraseOf(phrase),
        limit: limitOf(limit) + 1,
        after: cursor === undefined ? undefined : positionOf(cursor),
      })
      return pageOf(hits, limitOf(limit), ({ span }) => span)
    },
    async aggregate(query = {}) {
      const { by = [], tenant, ...filter } = query
      checkGroupKeys(by)
      const scope = scopeIn({ tenant })
      const asked = { filter: await filterIn(filter, scope), scope, by }
      const counted = await engine.groups?.(asked)
      if (counted !== undefined) return counted.results()
      const groups = new Groups(by)
      for await (const call of engine.countedCalls(asked)) groups.add(call)
      return groups.results()
    },
    async siblings(span_id, options = {}) {
      checkId(span_id)
      const scope = scopeIn(options)
      const question = await engine.question(span_id, scope)
      if (question === undefined) return []
      const others = await engine.alike(question, scope)
      return rankedSiblings(question, others).slice(0, limitOf(options.limit ?? 10))
    },
    contextWindow: async (query) => windowOf(await theLatest(query)),
    conversation: async (query) => conversationOf(await theLatest(query)),
    latest: (query) => theLatest(query),
    workflow: async (id, options = {}) => stepLogs(await callsOf(id, options), { workflow: id }),
    async score(target, judgement, options = {}) {
      const trace = await oneTrace(target, options)
      const evaluation = trace && evaluationOf(trace, target, judgement)
      if (evaluation !== undefined) await engine.write([evaluation], {})
      return evaluation
    },
    async prune({ olderThan, contentOnly = false, dryRun = false, onCleaned, ...query }) {
      const old = { before: beforeOf(olderThan), contentOnly, scope: scopeIn(query) }
      if (dryRun) {
        const spans = await engine.countBefore(old)
        return { spans, pieces: 0, bytes_before: null, bytes_after: null, unfinished: null }
      }
      const pruned = await engine.forgetBefore(old)
      const cleaned = await engine.clean?.(onCleaned)
      const { bytes = null, unfinished = null } = cleaned ?? {}
      return { ...pruned, bytes_after: bytes, unfinished }
    },
    async retain(policy, options = {}) {
      return retain(engine, policy, scopeIn(options), options)
    },
    async erase(options) {
      const { kind, id } = personOf(options)
      const scope = scopeIn(options)
      const ids = treated === undefined ? [id] : formsOf(treated)(id, await tenantsIn(scope))
      const erasure = await engine.forgetPerson({ kind, ids }, scope)
      const cleaned = await engine.clean?.(options.onCleaned)
      return { ...erasure, unfinished: cleaned?.unfinished ?? null }
    },
    async *lines({ since, until, ...query } = {}) {
      for await (const json of engine.lines({ ...daysOf(since, until), scope: scopeIn(query) })) {
        const line = lineForAnalysis(json)
        if (line !== undefined) yield line
      }
    },
    async *export(filter = {}) {
      const seen = new Set<string>()
      for await (const { trace_id } of everySpan(filter)) {
        if (seen.has(trace_id)) continue
        seen.add(trace_id)
        yield await readTrace(trace_id, scopeIn(filter))
      }
    },
    async tenants(options = {}) {
      const scope = scopeIn(options)
      return (await tenantsIn(scope)).filter((tenant) => tenant !== '')
    },
    async isForgotten(target, options = {}) {
      const id = target.toLowerCase().replaceAll('-', '')
      const names = ([id, target] as const).flatMap((one): ErasedName[] =>
        (['span', 'trace', 'message'] as const).map((kind) => ({ kind, id: one })),
      )
      return engine.isForgotten(names, scopeIn(options))
    },
    position: (name) => engine.position(name),
    close: () => engine.close(),
  }

  async function theLatest(query: Scoped & { workflow: string; step: string }) {
    const { workflow, step, ...scoped } = query
    return latestLog(stepLogs(await callsOf(workflow, scoped, step), { workflow, step }))
  }
}

/** The first moment that is one: what is unknown is kept as 0. */
const EARLIEST = 1

function checkId(id: unknown): void {
  if (typeof id !== 'string')
    throw new StoreError('STORE_QUERY_INVALID', `Expected an id to be a text, got ${typeof id}`)
}

function limitOf(limit: number | undefined): number {
  if (limit === undefined) return 50
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit
  throw new StoreError(
    'STORE_QUERY_INVALID',
    `Expected \`limit\` to be a whole number from 1 to 1000, got ${String(limit)}`,
  )
}

function phraseOf(phrase: Search['phrase']): string {
  const folded = typeof phrase === 'string' ? foldedText(phrase).trim() : ''
  if (folded !== '' && folded.length <= LONGEST_PHRASE) return folded
  throw new StoreError(
    'STORE_QUERY_INVALID',
    `Expected \`phrase\` to be a text of at least one character that is no white space, and at most ${LONGEST_PHRASE}; search for a part of it`,
  )
}

/** An index is asked for each word of it, in the order in which they stand. */
const LONGEST_PHRASE = 4000

function personOf({ user, subject }: EraseOptions): { kind: 'user' | 'subject'; id: string } {
  if (typeof user === 'string' && user !== '' && subject === undefined)
    return { kind: 'user', id: user }
  if (typeof subject === 'string' && subject !== '' && user === undefined)
    return { kind: 'subject', id: subject }
  throw new StoreError(
    'STORE_OPTION_INVALID',
    'Expected exactly one of `user` and `subject` to say who is forgotten',
  )
}

/** One more than asked for says that there is a next page. */
function pageOf<Item>(
  items: readonly Item[],
  limit: number,
  spanOf: (item: Item) => SpanSummary,
): Page<Item> {
  const last = items[limit - 1]
  if (items.length <= limit || last === undefined) return { items, cursor: null }
  return { items: items.slice(0, limit), cursor: cursorText(spanOf(last)) }
}
