import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyRecord } from '@recount/record'
import type { RetentionPolicy, Store } from '../../src/index.ts'
import { call, content, message, record, START, spanId } from '../records.ts'
import type { Opened } from './opened.ts'

const DAY = 86_400_000
/** A moment from which the ages of spans are counted. */
const NOW = START + 100 * DAY

function said(at: number, age: number, fields: object = {}): AnyRecord[] {
  const start_time = NOW - age * DAY
  const time = { time: start_time, ...fields }
  return [
    call(at, at, { start_time, ...time }),
    content(at, at, 'output', [message('assistant', `words number ${at}.`)], {
      ...time,
      tags: undefined,
    }),
  ].map((line) => JSON.parse(JSON.stringify(line)) as AnyRecord)
}

const POLICY: RetentionPolicy = {
  version: 1,
  rules: [
    {
      name: 'kept',
      when: { tag: 'dispute' },
      keep: { content_days: 'forever', metadata_days: 'forever' },
    },
    { name: 'acme', when: { tenant: 'acme' }, keep: { content_days: 1, metadata_days: 10 } },
    { name: 'tests', when: { environment: ['dev', 'staging'] }, keep: { content_days: 0 } },
  ],
  defaults: { content_days: 7, metadata_days: 30 },
}

const LINES = [
  ...said(1, 40),
  ...said(2, 40, { tags: ['dispute', 'x'] }),
  ...said(3, 20),
  ...said(4, 5),
  ...said(5, 20, { tenant_id: 'acme' }),
  ...said(6, 5, { tenant_id: 'acme' }),
  ...said(7, 1, { environment: 'staging' }),
  ...said(8, 1, { environment: 'production' }),
]

async function left(store: Store): Promise<{ spans: string[]; words: string[] }> {
  const { items } = await store.list({ limit: 1000 })
  const found = await store.search({ phrase: 'words number', limit: 1000 })
  return {
    spans: items.map(({ span_id }) => span_id).sort(),
    words: found.items.map(({ span }) => span.span_id).sort(),
  }
}

/** What is kept for how long. */
export function retentionContract(name: string, open: Opened): void {
  test(`${name}: the first rule that holds says how long a span and its words are kept`, async (t) => {
    const store = await open(t)
    await store.ingest(LINES)
    const before = await left(store)
    const dry = await store.retain(POLICY, { now: NOW, dryRun: true })
    assert.deepEqual(await left(store), before, 'a dry run changes nothing')
    const done = await store.retain(POLICY, { now: NOW })
    const after = { spans: [2, 3, 4, 6, 7, 8].map(spanId), words: [2, 4, 8].map(spanId) }
    assert.deepEqual(await left(store), after)
    const counts = ({ rules }: typeof done) =>
      rules.map(({ rule, spans, content_spans }) => [rule, spans, content_spans])
    const expected = [
      ['kept', 0, 0],
      ['acme', 1, 1],
      ['tests', 0, 1],
      ['defaults', 1, 1],
    ]
    assert.deepEqual(counts(dry), expected)
    assert.deepEqual(counts(done), expected)
    const again = await store.retain(POLICY, { now: NOW })
    assert.deepEqual([again.spans, again.content_spans], [0, 0], 'nothing is due twice')
    const { pruned } = await store.ingest(LINES)
    assert.equal(pruned, 7)
    assert.deepEqual(await left(store), after, 'what went does not come back')
  })

  test(`${name}: a remark stays as long as its answer, and goes by its age without one`, async (t) => {
    const store = await open(t)
    const time = NOW - 40 * DAY
    await store.ingest([
      ...said(2, 40, { tags: ['dispute'] }),
      record('user_action', { time, action: 'rated', span_id: spanId(2), comment: 'kept remark' }),
      record('user_action', { time, action: 'rated', message_id: 'm', comment: 'lost remark' }),
    ])
    await store.retain(POLICY, { now: NOW })
    const { items } = await store.search({ phrase: 'remark' })
    assert.deepEqual(
      items.map(({ snippet }) => snippet.text),
      ['kept remark'],
    )
    assert.equal((await store.list({ action: 'rated' })).items.length, 1)
  })

  test(`${name}: a policy of defaults alone keeps out by age what is read for the first time`, async (t) => {
    const store = await open(t)
    const policy: RetentionPolicy = { version: 1, defaults: { content_days: 7, metadata_days: 30 } }
    await store.retain(policy, { now: NOW })
    const { pruned } = await store.ingest(LINES.filter(({ tenant_id }) => tenant_id === undefined))
    assert.equal(pruned, 5)
  })
}
