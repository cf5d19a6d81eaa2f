import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  EVERY_TENANT,
  type Filter,
  type RetentionPolicy,
  type Scoped,
  TEXT_FILTERS,
  type TextFilter,
} from '../../src/index.ts'
import { call, content, digest, message, record, START, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

/** Values that both tenants' spans have. */
const KNOWN: Partial<Record<TextFilter, string>> = {
  ...{ user_id: 'u', session_id: 's', request_id: 'r', message_id: 'm', workflow: 'w', step: 's' },
  ...{ agent: 'g', service: 'v', environment: 'e', release: '1', prompt_name: 'p' },
  ...{ prompt_version: '1', finish_reason: 'stop', event: 'llm_call' },
}

/** One tenant never sees another. */
export function tenantsContract(name: string, open: Opened): void {
  test(`${name}: a store of several tenants refuses every query that does not say whose`, async (t) => {
    const store = await open(t, { multiTenant: true })
    await store.ingest([call(1, 1, { tenant_id: 'a' })])
    const required = { code: 'STORE_TENANT_REQUIRED' }
    const step = { workflow: 'w', step: 's' }
    const queries: (() => Promise<unknown>)[] = [
      () => store.list(),
      () => store.search({ phrase: 'x' }),
      () => store.trace(traceId(1)),
      () => store.aggregate(),
      () => store.siblings(spanId(1)),
      () => store.latest(step),
      () => store.contextWindow(step),
      () => store.conversation(step),
      () => store.workflow('w'),
      () => store.prune({ olderThan: '7d' }),
      () => store.prune({ olderThan: '7d', dryRun: true }),
      () => store.retain({ version: 1 }),
      () => store.retain({ version: 1 }, { dryRun: true }),
      () => store.erase({ user: 'u' }),
      () => store.tenants(),
      async () => {
        for await (const _ of store.export()) assert.fail('nothing is handed out')
      },
    ]
    for (const query of queries) await assert.rejects(query(), required, String(query))
    assert.equal((await store.list({ tenant: EVERY_TENANT })).items.length, 1)
    assert.equal((await store.list({ tenant: 'a' })).items.length, 1)
    assert.equal((await store.list({ tenant: '' })).items.length, 0)
  })

  test(`${name}: no route leads from one tenant to another`, async (t) => {
    const store = await open(t, { multiTenant: true })
    const shared = { message_id: 'm-1', workflow: 'w', step: 's', user_id: 'u', session_id: 's' }
    const input = [message('user', 'what is the secret word')]
    const lines = (tenant_id: string, at: number) => [
      call(at, at, { tenant_id, ...shared, model: `model-${tenant_id}`, cost_usd: 1 }),
      content(at, at, 'input', input, { tenant_id, workflow: 'w', step: 's' }),
      content(at, at, 'output', [message('assistant', `belongs to ${tenant_id}`)], { tenant_id }),
      record('user_action', {
        tenant_id,
        action: 'rated',
        message_id: 'm-1',
        comment: `by ${tenant_id}`,
      }),
    ]
    await store.ingest([...lines('a', 1), ...lines('b', 2)])
    // Forged: lines of b that name spans and digests of a, and a line of nobody.
    await store.ingest([
      call(1, 1, { tenant_id: 'b', model: 'forged' }),
      record('user_action', { action: 'abandoned', message_id: 'm-1', comment: 'by nobody' }),
    ])
    const b: Scoped = { tenant: 'b' }
    const step = { ...b, workflow: 'w', step: 's' }
    const answers = [
      await store.list(b),
      await store.search({ ...b, phrase: 'belongs to' }),
      await store.search({ ...b, phrase: 'by ' }),
      await store.search({ ...b, phrase: 'secret word', user_id: 'u' }),
      await store.trace(traceId(1), b),
      await store.trace('m-1', b).catch((error: Error) => error.message.replaceAll(traceId(1), '')),
      await store.trace(spanId(1), b),
      await store.aggregate({ ...b, by: ['tenant', 'model'] }),
      await store.siblings(spanId(2), b),
      await store.siblings(spanId(1), b),
      await store.latest(step),
      await store.conversation(step),
      await store.workflow('w', b),
    ]
    assert.doesNotMatch(JSON.stringify(answers), /"a"|model-a|to a"|by a"|by nobody/)
    assert.deepEqual((await store.search({ ...b, phrase: 'belongs to a' })).items, [])
    for await (const trace of store.export(b))
      assert.doesNotMatch(JSON.stringify(trace), /"a"|to a"/)
    const a = await store.trace(traceId(1), { tenant: 'a' })
    assert.doesNotMatch(JSON.stringify(a), /forged|by b/)
  })

  test(`${name}: no filter, list of values or policy of one tenant reaches another`, async (t) => {
    const store = await open(t, { multiTenant: true })
    const fields = (tenant_id: string) => ({
      ...{ tenant_id, user_id: 'u', session_id: 's', request_id: 'r', message_id: 'm' },
      ...{ workflow: 'w', step: 's', agent: 'g', service: 'v', environment: 'e', release: '1' },
      ...{ prompt: { name: 'p', version: '1' }, tags: ['t'], metadata: { k: 'v' }, cost_usd: 1 },
      ...{ finish_reason: 'stop', input_tokens: 5 },
    })
    await store.ingest([call(1, 1, fields('a')), call(2, 2, fields('b'))])
    for (const tenant_id of ['a', 'b'])
      await store.ingest([
        record('evaluation', {
          name: 'tone',
          evaluator: 'code',
          score: 1,
          message_id: 'm',
          tenant_id,
        }),
        record('user_action', { action: 'rated', message_id: 'm', tenant_id }),
      ])
    const filters: readonly Filter[] = [
      ...TEXT_FILTERS.map((key) => ({
        [key]: [KNOWN[key] ?? 'acme', spanId(1), traceId(1), traceId(2), 'call', 'acme-large'],
      })),
      { tag: ['t'] },
      { metadata: { k: ['v'] } },
      { status: ['ok'] },
      { score: { name: 'tone' } },
      { action: ['rated'] },
      { since: 0, until: START * 2 },
      {
        ranges: {
          cost_usd: { at_least: 0 },
          tokens: { at_least: 0 },
          duration_ms: { at_least: 0 },
        },
      },
    ]
    for (const filter of filters) {
      const { items } = await store.list({ ...filter, tenant: 'b' })
      assert.ok(
        items.every(({ tenant_id }) => tenant_id === 'b'),
        JSON.stringify(filter),
      )
      const groups = await store.aggregate({ ...filter, tenant: 'b', by: ['tenant'] })
      assert.doesNotMatch(JSON.stringify(groups), /"a"/)
    }
    const policy: RetentionPolicy = {
      version: 1,
      rules: [{ when: { tenant: ['a', 'b'] }, keep: { metadata_days: 0, content_days: 0 } }],
    }
    const now = START + 1e6
    assert.equal((await store.retain(policy, { tenant: 'b', now, dryRun: true })).spans, 1)
    assert.equal((await store.retain(policy, { tenant: 'b', now })).spans, 1)
    assert.equal((await store.list({ tenant: 'a' })).items.length, 1)
    assert.equal((await store.list({ tenant: 'b' })).items.length, 0)
    assert.deepEqual(await store.tenants({ tenant: 'a' }), ['a'])
  })

  test(`${name}: what one tenant forgets stays with the others`, async (t) => {
    const store = await open(t, { multiTenant: true })
    const lines = ['a', 'b'].flatMap((tenant_id, at) => [
      call(at + 1, at + 1, { tenant_id, user_id: 'u' }),
      content(at + 1, at + 1, 'input', [message('user', 'the same words')], {
        tenant_id,
        user_id: 'u',
      }),
    ])
    const text = 'the same edit'
    const edits = ['a', 'b'].flatMap((tenant_id, at) => [
      record('user_action', {
        ...{ time: START + 500, action: 'edited', span_id: spanId(at + 1), tenant_id },
        content: [{ part: 'user_edit', digest: digest(JSON.stringify(text)), bytes: 15 }],
      }),
      content(90 + at, 90 + at, 'user_edit', text, { tenant_id }),
    ])
    await store.ingest([...lines, ...edits])
    await store.erase({ user: 'u', tenant: 'a' })
    assert.deepEqual((await store.search({ tenant: 'a', phrase: text })).items, [])
    assert.equal((await store.search({ tenant: 'b', phrase: text })).items.length, 1)
    await store.ingest([...lines, record('erased', { tenant_id: 'a', of_span_id: spanId(2) })])
    const found = async (tenant: string) =>
      (await store.search({ tenant, phrase: 'same words' })).items.length
    assert.deepEqual([await found('a'), await found('b')], [0, 1])
    await store.prune({ olderThan: Date.now() * 2, tenant: 'a' })
    await store.ingest(lines)
    assert.equal((await store.list({ tenant: 'a' })).items.length, 0)
    assert.equal((await store.list({ tenant: 'b', user_id: 'u' })).items.length, 1)
  })
}
