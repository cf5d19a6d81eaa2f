import assert from 'node:assert/strict'
import { test } from 'node:test'
import { content, digest, record, START, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'
import { said } from './said.ts'

/** What was said about the answers of a person goes with them. */
export function remarksContract(name: string, open: Opened): void {
  test(`${name}: what somebody else who is named made of a forgotten answer goes with it, and the same words about another one stay`, async (t) => {
    const text = 'as agents write it'
    const told = { digest: digest(JSON.stringify(text)), bytes: text.length + 2 }
    const edited = (at: number, user_id: string, about: object) => [
      record('user_action', {
        ...{ time: START + 500, action: 'edited', user_id, ...about },
        ...{ comment: `comment of ${user_id}`, content: [{ part: 'user_edit', ...told }] },
      }),
      content(at, at, 'user_edit', text, { user_id }),
    ]
    const records = [
      ...said(1, 'secret of anna', { user_id: 'anna' }),
      ...said(2, 'secret of bert', { user_id: 'bert' }),
      ...edited(91, 'agent-5', { message_id: 'm-1' }),
      ...edited(92, 'agent-6', { trace_id: traceId(1), span_id: spanId(1) }),
      ...edited(93, 'agent-7', { message_id: 'm-2' }),
    ]
    for (const order of [records, records.toReversed()]) {
      const store = await open(t)
      await store.ingest(order)
      const { edit_digests } = await store.erase({ user: 'anna' })
      assert.ok(edit_digests.includes(`${told.digest} agent-5`))
      for (const again of [[], records, records.toReversed()]) {
        await store.ingest(again)
        const { items } = await store.search({ phrase: 'as agents' })
        assert.deepEqual(
          items.map(({ span }) => span.user_id),
          ['agent-7'],
        )
        assert.equal((await store.search({ phrase: 'comment of' })).items.length, 1)
      }
      await store.close()
    }
  })

  test(`${name}: remarks about an answer that is read after its user was forgotten go, whichever comes first`, async (t) => {
    const text = 'an edit by somebody'
    const told = { digest: digest(JSON.stringify(text)), bytes: text.length + 2 }
    const remarks = (about: object, at: number) => [
      record('user_action', {
        ...{ time: START + 500, action: 'edited', user_id: 'agent-5', ...about },
        ...{ comment: `remark ${at}`, content: [{ part: 'user_edit', ...told }] },
      }),
      record('evaluation', {
        ...{ name: 'tone', evaluator: 'model', score: 1, time: START + 600, ...about },
        explanation: `remark ${at}`,
      }),
      content(90 + at, 90 + at, 'user_edit', text, { user_id: 'agent-5' }),
    ]
    const late = [
      ...remarks({ message_id: 'm-1' }, 1),
      ...remarks({ trace_id: traceId(1) }, 2),
      ...remarks({ trace_id: traceId(1), span_id: spanId(1) }, 3),
    ]
    const calls = [
      ...said(1, 'secret', { user_id: 'anna' }),
      ...said(2, 'bert', { user_id: 'bert' }),
    ]
    for (const order of [[calls, late], [late, calls], [[...late, ...calls]]]) {
      const store = await open(t)
      await store.ingest(said(7, 'known before', { user_id: 'anna' }))
      await store.erase({ user: 'anna' })
      for (const records of [...order, ...order]) await store.ingest(records)
      await store.erase({ user: 'anna' })
      for (const phrase of ['remark', 'an edit by'])
        assert.deepEqual((await store.search({ phrase })).items, [], phrase)
      const trace = await store.trace(traceId(1))
      assert.doesNotMatch(JSON.stringify(trace), /m-1|remark|agent-5/)
      const scores = trace?.records.filter(({ event }) => event === 'evaluation') ?? []
      assert.ok(scores.length > 0, 'numbers stay')
      assert.equal((await store.search({ phrase: 'about bert' })).items.length, 1)
      await store.close()
    }
  })
}
