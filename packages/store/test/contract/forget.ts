import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyRecord } from '@recount/record'
import {
  call,
  callStarted,
  content,
  digest,
  message,
  record,
  START,
  spanId,
  traceId,
} from '../records.ts'
import type { Opened } from './opened.ts'
import { said } from './said.ts'

/** What is forgotten is gone, and stays so. */
export function forgetContract(name: string, open: Opened): void {
  test(`${name}: a forgotten user is in no answer, also after the same files are read again`, async (t) => {
    const store = await open(t)
    const records = [
      ...said(1, 'secret of anna', { user_id: 'anna' }),
      ...said(2, 'secret of bert', { user_id: 'bert' }),
      callStarted(1, 9, { user_id: 'anna' }),
    ]
    await store.ingest(records)
    const erasure = await store.erase({ user: 'anna' })
    assert.deepEqual([erasure.traces, erasure.spans], [1, 2])
    for (const again of [[], records, records.toReversed()]) {
      await store.ingest(again)
      assert.deepEqual((await store.search({ phrase: 'of anna' })).items, [])
      assert.deepEqual((await store.list({ user_id: 'anna' })).items, [])
      assert.equal((await store.search({ phrase: 'of bert' })).items.length, 1)
      assert.equal((await store.search({ phrase: 'you help' })).items.length, 1)
      const trace = await store.trace(traceId(1))
      assert.doesNotMatch(JSON.stringify(trace), /anna/)
    }
    const [numbers] = await store.aggregate()
    assert.equal(numbers?.calls, 2, 'numbers stay')
  })

  test(`${name}: what was said later about a forgotten answer, by whom nobody says, goes with it and does not come back`, async (t) => {
    const told = (text: string) => ({
      digest: digest(JSON.stringify(text)),
      bytes: text.length + 2,
    })
    const acted = (text: string, about: object) =>
      record('user_action', {
        ...{ time: START + 500, action: 'edited', comment: `remark ${text}`, ...about },
        content: [{ part: 'user_edit', ...told(`edit ${text}`) }],
      })
    const remarks = [
      acted('one', { message_id: 'm-1' }),
      acted('two', { trace_id: traceId(1) }),
      acted('three', { trace_id: traceId(1), span_id: spanId(1) }),
      record('evaluation', {
        ...{ name: 'tone', evaluator: 'model', score: 1, time: START + 600 },
        ...{ trace_id: traceId(1), explanation: 'remark four' },
      }),
    ]
    const edits = [
      content(91, 91, 'user_edit', 'edit one'),
      content(1, 92, 'user_edit', 'edit two'),
      content(93, 93, 'user_edit', 'edit three'),
      content(94, 94, 'user_edit', 'edit one', { user_id: 'bert' }),
    ]
    const unnamed = content(1, 7, 'output', 'edit of nobody', { time: START })
    const calls = said(1, 'anna', { user_id: 'anna' })
    const bert = [
      ...said(2, 'bert', { user_id: 'bert' }),
      acted('bert', { message_id: 'm-2' }),
      content(95, 95, 'user_edit', 'edit bert'),
    ]
    const all = [...calls, ...remarks, ...edits, unnamed, ...bert]
    // What the store knew when it was asked to forget; the rest is read later.
    for (const known of [all, [...calls, ...edits]]) {
      const store = await open(t)
      await store.ingest([...known, ...bert])
      await store.erase({ user: 'anna' })
      // Of an edit alone nobody knows whose answer it was.
      let isTold = known.includes(remarks[0] as AnyRecord)
      for (const again of [edits, remarks, all.toReversed()]) {
        await store.ingest(again)
        isTold ||= again.includes(remarks[0] as AnyRecord)
        const trace = await store.trace(traceId(1))
        assert.doesNotMatch(JSON.stringify(trace), /edit \w|remark/)
        const { items } = await store.search({ phrase: 'edit ' })
        const texts = items.map(({ snippet, span }) => `${snippet.text} of ${span.user_id}`)
        const others = texts.filter((text) => !text.includes('bert'))
        if (isTold) assert.deepEqual(others, [])
        assert.ok(texts.includes('edit bert of null'))
        assert.deepEqual((await store.search({ phrase: 'remark one' })).items, [])
      }
      await store.close()
    }
  })

  test(`${name}: a person whose data was looked up is forgotten with what the model saw of it`, async (t) => {
    const store = await open(t)
    const lookup = record('retrieval', {
      ...{
        trace_id: traceId(1),
        span_id: spanId(10),
        start_time: START,
        duration_ms: 1,
        status: 'ok',
      },
      ...{ source: 'patients', chunks: [{ source_id: 'file-p7', subject_id: 'p7', score: 0.5 }] },
    })
    const records = [
      lookup,
      content(1, 10, 'retrieved', ['weight of seven']),
      ...said(1, 'weight of seven', { user_id: 'nurse' }),
      ...said(2, 'weight of eight', { user_id: 'nurse' }),
    ]
    await store.ingest(records)
    await store.erase({ subject: 'p7' })
    await store.ingest(records)
    assert.deepEqual((await store.search({ phrase: 'of seven' })).items, [])
    assert.equal((await store.search({ phrase: 'of eight' })).items.length, 1)
    assert.doesNotMatch(JSON.stringify(await store.trace(traceId(1))), /p7|of seven/)
  })

  test(`${name}: tombstones in a log are heeded, whatever comes first`, async (t) => {
    const text = [message('user', 'to be forgotten')]
    const lines = [
      content(1, 1, 'input', text),
      content(2, 2, 'input', [message('user', 'of a span')]),
      call(1, 1),
      call(2, 2),
    ]
    const tombstones = [
      record('erased', { digest: digest(JSON.stringify(text)), time: START + 1e6 }),
      record('erased', { of_span_id: spanId(2), time: START + 1e6 }),
    ]
    for (const order of [
      [...lines, ...tombstones],
      [...tombstones, ...lines],
    ]) {
      const store = await open(t)
      await store.ingest(order)
      assert.deepEqual((await store.search({ phrase: 'forgotten' })).items, [])
      assert.deepEqual((await store.search({ phrase: 'of a span' })).items, [])
      assert.equal((await store.list()).items.length, 2)
    }
  })

  test(`${name}: tombstones that come together take away what each names, of its tenant alone`, async (t) => {
    const store = await open(t)
    const later = { time: START + 1e6 }
    const shared = [message('user', 'what both said')]
    const records = [
      ...[1, 2, 3].flatMap((at) => said(at, `words of number ${at}`, { user_id: `u${at}` })),
      ...said(4, 'words of number 4', { user_id: 'u1', tenant_id: 'acme' }),
      call(5, 5),
      call(6, 6, { tenant_id: 'acme' }),
      content(5, 5, 'output', shared),
      content(6, 6, 'output', shared, { tenant_id: 'acme' }),
    ]
    await store.ingest(records)
    await store.ingest([
      record('erased', { subject_id: 'u1', ...later }),
      record('erased', { subject_id: 'u2', ...later }),
      record('erased', { subject_id: 'nobody', ...later }),
      record('erased', { of_span_id: spanId(3), tenant_id: 'other', ...later }),
      record('erased', {
        digest: digest(JSON.stringify(shared)),
        tenant_id: 'acme',
        ...later,
      }),
    ])
    const found = async (phrase: string): Promise<string[]> =>
      (await store.search({ phrase })).items.map(({ span }) => span.span_id).sort()
    assert.deepEqual(await found('words of number'), [spanId(3)])
    assert.deepEqual(await found('what both said'), [spanId(5)])
    const { added, erased } = await store.ingest(records)
    assert.deepEqual([added, erased], [0, 4])
    assert.deepEqual(await found('words of number'), [spanId(3)])
  })

  test(`${name}: old content goes, metadata stays, and it does not come back`, async (t) => {
    const store = await open(t)
    // It was still running at the moment up to which is forgotten.
    const records = [...said(1, 'old words', { duration_ms: 1000 }), ...said(1000, 'new words')]
    await store.ingest(records)
    const pruned = await store.prune({ olderThan: START + 500, contentOnly: true })
    assert.equal(pruned.spans, 1)
    assert.ok(pruned.pieces >= 1)
    await store.ingest([
      ...records,
      content(1, 1, 'output', 'old words, written late', { time: START + 900 }),
    ])
    assert.deepEqual(
      (await store.search({ phrase: 'old words' })).items.map(({ part }) => part),
      ['comment'],
    )
    assert.equal((await store.search({ phrase: 'new words' })).items.length, 1)
    assert.equal((await store.search({ phrase: 'you help' })).items.length, 1, 'shared text stays')
    assert.equal((await store.list()).items.length, 2)
  })

  test(`${name}: old spans go, and they do not come back`, async (t) => {
    const store = await open(t)
    const records = [...said(1, 'old words'), ...said(1000, 'new words', { time: START + 1000 })]
    await store.ingest(records)
    await store.prune({ olderThan: START + 500 })
    const { pruned } = await store.ingest(records)
    assert.ok(pruned >= 2)
    assert.deepEqual(
      (await store.list()).items.map(({ span_id }) => span_id),
      [spanId(1000)],
    )
    assert.deepEqual((await store.search({ phrase: 'old words' })).items, [])
    assert.equal(await store.trace(traceId(1)), undefined)
    await assert.rejects(store.prune({ olderThan: 'yesterday' }), { code: 'STORE_OPTION_INVALID' })
    await assert.rejects(store.erase({}), { code: 'STORE_OPTION_INVALID' })
  })
}
