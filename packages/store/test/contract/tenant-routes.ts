import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AuditRow, exportEvals, type Scoped, type Store } from '../../src/index.ts'
import { call, content, message, record, START, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

type Route = (store: Store, b: Scoped) => Promise<unknown>

const STEP = { workflow: 'w', step: 's' }
/** Every id of a, and those that both have. */
const IDS = [traceId(1), spanId(1), traceId(1).slice(0, 31), spanId(1).slice(0, 15), 'of-a', 'both']

async function all(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const item of items) found.push(item)
  return found
}

/** The same with each id; what is refused says why. */
function withEach(ask: (id: string) => Promise<unknown>): Promise<unknown[]> {
  return Promise.all(IDS.map((id) => ask(id).catch((error: Error) => error.message)))
}

/** Every method that takes a tenant, asked by b for what is a's; a new one has to be added here. */
const ROUTES: Record<Exclude<keyof Store, 'ingest' | 'position' | 'close'>, Route> = {
  trace: (store, b) => withEach((id) => store.trace(id, b)),
  isForgotten: (store, b) => withEach((id) => store.isForgotten(id, b)),
  list: async (store, b) => {
    const { cursor } = await store.list({ tenant: 'a', limit: 1 })
    return [
      await store.list(b),
      await store.list({ ...b, cursor: cursor ?? undefined }),
      ...(await withEach((trace_id) => store.list({ ...b, trace_id }))),
      ...(await withEach((message_id) => store.list({ ...b, message_id }))),
      ...(await withEach((session_id) => store.list({ ...b, session_id }))),
      ...(await withEach((user_id) => store.list({ ...b, user_id }))),
    ]
  },
  search: async (store, b) => {
    const { cursor } = await store.search({ tenant: 'a', phrase: 'words', limit: 1 })
    return [
      await store.search({ ...b, phrase: 'words' }),
      await store.search({ ...b, phrase: 'words', cursor: cursor ?? undefined }),
      await store.search({ ...b, phrase: 'only of-a' }),
      await store.search({ ...b, phrase: '-' }),
    ]
  },
  aggregate: (store, b) =>
    Promise.all([
      store.aggregate(b),
      store.aggregate({ ...b, by: ['tenant', 'model', 'user', 'session', 'trace'] }),
    ]),
  siblings: (store, b) => withEach((id) => store.siblings(id, b)),
  contextWindow: (store, b) => store.contextWindow({ ...b, ...STEP }),
  conversation: (store, b) => store.conversation({ ...b, ...STEP }),
  latest: (store, b) => store.latest({ ...b, ...STEP }),
  workflow: (store, b) => store.workflow('w', b),
  score: async (store, b) => {
    const judgement = { name: 'tone', score: 0, evaluator: 'human' } as const
    await store.score('both', judgement, b)
    return [await store.score('of-a', judgement, b), await store.score(spanId(1), judgement, b)]
  },
  lines: (store, b) => all(store.lines(b)),
  export: (store, b) => all(store.export(b)),
  tenants: (store, b) => store.tenants(b),
  prune: async (store, b) => [
    await store.prune({ ...b, olderThan: START * 2, dryRun: true }),
    await store.prune({ ...b, olderThan: START * 2 }),
  ],
  retain: async (store, b) => {
    const keep = { metadata_days: 0, content_days: 0 }
    const rules = [
      { when: { tenant: 'a' }, keep },
      { when: { model: 'acme-large' }, keep },
    ]
    return store.retain({ version: 1, rules, defaults: keep }, { ...b, now: START * 2 })
  },
  erase: async (store, b) => [
    await store.erase({ ...b, user: 'of-a' }),
    await store.erase({ ...b, user: 'both' }),
  ],
}

function linesOf(tenant_id: string, at: number) {
  const fields = { tenant_id, user_id: 'both', session_id: 'both', ...STEP }
  const own = `of-${tenant_id}`
  const error = { type: 'Other', message: `words ${own}` }
  const answer = (id: number, more: object) => [
    call(id, id, { ...fields, status: 'error', error, metadata: { note: own }, ...more }),
    content(id, id, 'input', [message('user', `the same words only ${own}`)], {
      ...fields,
      ...more,
    }),
    content(id, id, 'output', [message('assistant', `words ${own}`)], { ...fields, ...more }),
  ]
  const remark = { tenant_id, action: 'rated', comment: `words ${own}` }
  return [
    ...answer(at, { message_id: 'both', prompt: { name: 'p', version: own } }),
    ...answer(at + 10, { message_id: own, user_id: own, session_id: own, release: own }),
    record('user_action', { ...remark, message_id: 'both' }),
    record('user_action', { ...remark, message_id: own }),
    record('evaluation', {
      tenant_id,
      name: 'tone',
      evaluator: 'code',
      score: 1,
      message_id: 'both',
    }),
  ]
}

function entryOf(tenant_id: string): AuditRow {
  return {
    ...{ log: `audit ${tenant_id}`, seq: 1, time: START, action: 'completion', outcome: 'ok' },
    ...{ actor: { type: 'user', id: 'both' }, target: null, subject: null, tenant_id },
    ...{ trace_id: traceId(1), span_id: null },
  }
}

async function everythingOf(store: Store, tenant: string): Promise<string> {
  const scope = { tenant }
  const traces = await Promise.all([traceId(1), traceId(11)].map((id) => store.trace(id, scope)))
  const pages = [await store.list(scope), await store.search({ ...scope, phrase: 'words' })]
  const numbers = await store.aggregate({ ...scope, by: ['tenant', 'model', 'user'] })
  return JSON.stringify([traces, pages, numbers, await all(store.lines(scope))])
}

/** What one tenant asks for or forgets with the ids of another. */
export function tenantRoutesContract(name: string, open: Opened): void {
  test(`${name}: no method hands out, counts, judges or forgets what is another tenant's, whichever of its ids is given`, async (t) => {
    const store = await open(t, { multiTenant: true })
    // Forged: a call of b in a trace of a.
    const forged = call(1, 21, { tenant_id: 'b' })
    await store.ingest([...linesOf('a', 1), ...linesOf('b', 2), forged], {
      audit: [entryOf('a'), entryOf('b')],
    })
    const before = await everythingOf(store, 'a')
    assert.match(before, /of-a/)
    for (const [route, ask] of Object.entries(ROUTES)) {
      const answer = JSON.stringify(await ask(store, { tenant: 'b' })) ?? ''
      assert.doesNotMatch(answer, /(only|words|:) ?"?of-a|"tenant_id":"a"|abc0+b"/, route)
    }
    assert.equal(await everythingOf(store, 'a'), before)
  })

  test(`${name}: data sets of one tenant have no call of another, by a filter, an id or what was done`, async (t) => {
    const store = await open(t, { multiTenant: true })
    await store.ingest([...linesOf('a', 1), ...linesOf('b', 2)])
    const redact = (value: unknown): { value: unknown } => ({ value })
    for (const source of [
      {},
      { ids: [spanId(1), 'of-a', 'both'] },
      { actions: ['rated'] as const },
    ]) {
      const options = { redact, filter: { tenant: 'b' }, ...source }
      const examples = JSON.stringify(await all(exportEvals(store, options)))
      assert.doesNotMatch(examples, /only of-a|words of-a|f0+1"/)
      assert.match(examples, /of-b/)
    }
  })
}
