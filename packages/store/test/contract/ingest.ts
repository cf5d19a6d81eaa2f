import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyRecord } from '@recount/record'
import { call, callStarted, content, message, record, START, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

/** Records come in, in any order and however often. */
export function ingestContract(name: string, open: Opened): void {
  test(`${name}: what is handed over twice is there once`, async (t) => {
    const store = await open(t)
    const records = [
      call(1, 1),
      content(1, 1, 'input', [message('user', 'hello there')]),
      record('user_action', { action: 'edited', trace_id: traceId(1) }),
    ]
    const nothing = { erased: 0, pruned: 0, invalid: 0 }
    assert.deepEqual(await store.ingest(records), { added: 3, known: 0, ...nothing })
    assert.deepEqual(await store.ingest(records), { added: 0, known: 3, ...nothing })
    assert.equal((await store.list()).items.length, 1)
    assert.equal((await store.trace(traceId(1)))?.records.length, 3)
  })

  test(`${name}: a line is known again in any order of its keys, and added when it says something else`, async (t) => {
    const store = await open(t)
    const said = { tags: ['a', 'b'], metadata: { one: 1, two: null }, cost_usd: 0.5, user_id: 'u' }
    const line = call(1, 1, { ...said, session_id: 'nul \0 here', release: undefined })
    const turned = Object.fromEntries(Object.entries(line).reverse()) as unknown as AnyRecord
    await store.ingest([line])
    const again = JSON.parse(JSON.stringify(turned)) as AnyRecord
    for (const same of [line, turned, again])
      assert.deepEqual((await store.ingest([same, same])).known, 2)
    assert.equal((await store.ingest([{ ...line, cost_usd: 0.25 } as AnyRecord])).added, 1)
    assert.equal((await store.ingest([line])).added, 1)
    const [kept] = (await store.trace(traceId(1)))?.records ?? []
    assert.deepEqual(JSON.parse(JSON.stringify(kept)), JSON.parse(JSON.stringify(line)))
  })

  test(`${name}: lines make the same trace in any order`, async (t) => {
    const lines = [
      callStarted(1, 1),
      content(1, 1, 'input', [message('user', 'hello')]),
      call(1, 1, { input_tokens: 3 }),
      record('user_action', { action: 'accepted', trace_id: traceId(1), time: START + 9 }),
    ]
    const forwards = await open(t)
    await forwards.ingest(lines)
    const backwards = await open(t)
    for (const line of lines.toReversed()) await backwards.ingest([line])
    const trace = await forwards.trace(traceId(1))
    assert.deepEqual(await backwards.trace(traceId(1)), trace)
    assert.equal(trace?.roots[0]?.about.length, 1)
  })

  test(`${name}: a start without an end is interrupted`, async (t) => {
    const store = await open(t)
    await store.ingest([callStarted(1, 1), call(2, 2)])
    const { items } = await store.list({ status: 'interrupted' })
    assert.deepEqual(
      items.map(({ span_id, duration_ms }) => [span_id, duration_ms]),
      [[spanId(1), null]],
    )
    await store.ingest([call(1, 1)])
    assert.equal((await store.list({ status: 'interrupted' })).items.length, 0)
  })

  test(`${name}: what is no record is counted and left out`, async (t) => {
    const store = await open(t)
    const broken = [{ recount: 1, event: 'llm_call' }, { recount: 2 }, null] as unknown[]
    const counts = await store.ingest([...(broken as AnyRecord[]), call(1, 1)])
    assert.deepEqual([counts.invalid, counts.added], [3, 1])
  })

  test(`${name}: content comes back as it was, lists, objects, texts and lone surrogates`, async (t) => {
    const store = await open(t)
    const values: [Parameters<typeof content>[2], unknown][] = [
      ['input', [message('user', 'a'), message('assistant', 'b'), message('user', 'a')]],
      ['output', []],
      ['parsed', { dose: null, unit: 'mg' }],
      ['raw_response', 'data: {"a":1}\n\ndata: [DONE]\n'],
      ['system', null],
      ['upstream', 'half \ud83d of a pair'],
    ]
    await store.ingest(values.map(([part, value]) => content(1, 1, part, value)))
    const trace = await store.trace(traceId(1))
    const kept = trace?.records.flatMap((line) =>
      line.event === 'content' ? [[line.part, line.content]] : [],
    )
    const byPart = (a: unknown[], b: unknown[]): number => String(a[0]).localeCompare(String(b[0]))
    assert.deepEqual(kept?.sort(byPart), values.toSorted(byPart))
  })

  test(`${name}: a position is kept with the records that led to it`, async (t) => {
    const store = await open(t)
    assert.equal(await store.position('logs/app.jsonl'), null)
    await store.ingest([call(1, 1)], { position: { name: 'logs/app.jsonl', at: '120' } })
    assert.equal(await store.position('logs/app.jsonl'), '120')
    await store.ingest([], { position: { name: 'logs/app.jsonl', at: '240' } })
    assert.equal(await store.position('logs/app.jsonl'), '240')
  })

  test(`${name}: a closed store says so`, async (t) => {
    const store = await open(t)
    await store.close()
    await assert.rejects(store.list(), { code: 'STORE_CLOSED' })
    await assert.rejects(store.ingest([call(1, 1)]), { code: 'STORE_CLOSED' })
  })
}
