import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EvalExample, type ExportEvalsOptions, exportEvals } from '../../src/index.ts'
import { call, content, digest, message, record, START, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

/** Takes nothing away: what redaction does is tested where it is built. */
const redact = (value: unknown): { value: unknown } => ({ value })

/** Calls become examples, and are judged. */
export function evalsContract(name: string, open: Opened): void {
  const exported = async (
    store: Parameters<typeof exportEvals>[0],
    options: Omit<ExportEvalsOptions, 'redact'>,
  ): Promise<EvalExample[]> => {
    const examples: EvalExample[] = []
    for await (const example of exportEvals(store, { redact, ...options })) examples.push(example)
    return examples
  }

  test(`${name}: what a user made of an answer is expected of the call that gave it`, async (t) => {
    const store = await open(t)
    const edit = JSON.stringify('Within 30 days.')
    await store.ingest([
      call(1, 1, { start_time: START }),
      content(1, 1, 'input', [message('user', 'Which tool?')]),
      content(1, 1, 'output', [message('assistant', 'none')]),
      call(1, 2, { start_time: START + 500 }),
      content(1, 2, 'input', [message('user', 'When can I return shoes?')]),
      content(1, 2, 'output', [message('assistant', 'In 30 days or so')]),
      record('final_response', {
        ...{ trace_id: traceId(1), span_id: spanId(3), time: START + 900, disposition: 'shown' },
        ...{
          message_id: 'm-1',
          latency_ms: { total: 1, retrieval: 0, llm: 1, tools: 0, ttft: null },
        },
      }),
      content(9, 9, 'user_edit', 'Within 30 days.'),
      record('user_action', {
        ...{ time: START + 5000, message_id: 'm-1', action: 'edited' },
        content: [{ part: 'user_edit', digest: digest(edit), bytes: edit.length }],
      }),
    ])
    const [example, ...more] = await exported(store, { actions: ['edited'] })
    assert.deepEqual([example?.id, more.length], [spanId(2), 0])
    assert.deepEqual(
      [example?.expected, example?.expected_from, example?.rejected],
      ['Within 30 days.', 'edit', false],
    )
    assert.deepEqual(example?.input, [message('user', 'When can I return shoes?')])
    for (const id of [spanId(2), 'm-1', traceId(1)])
      assert.deepEqual(
        (await exported(store, { ids: [id] })).map((one) => one.id),
        [spanId(2)],
        id,
      )
  })

  test(`${name}: an answer after which the user tried again or gave up is rejected, an accepted one expected`, async (t) => {
    const store = await open(t)
    const acted = (at: number, action: string, fields: object = {}) => [
      call(at, at, { model: at === 2 ? 'acme-small' : 'acme-large' }),
      content(at, at, 'input', [message('user', `question ${at}`)]),
      content(at, at, 'output', [message('assistant', `answer ${at}`)]),
      record('user_action', { span_id: spanId(at), time: START + 1000 + at, action, ...fields }),
    ]
    await store.ingest([
      ...acted(1, 'retried', { comment: 'wrong' }),
      ...acted(2, 'abandoned'),
      ...acted(3, 'accepted'),
      ...acted(4, 'rated', { score: 4 }),
      ...acted(5, 'edited'),
      record('user_action', { span_id: spanId(1), time: START + 2, action: 'accepted' }),
    ])
    const actions = ['retried', 'abandoned', 'accepted', 'edited'] as const
    const examples = await exported(store, { actions })
    const facts = examples.map((one) => [one.id, one.action, one.rejected, one.expected !== null])
    assert.deepEqual(facts.sort(), [
      [spanId(1), 'retried', true, false],
      [spanId(2), 'abandoned', true, false],
      [spanId(3), 'accepted', false, true],
      [spanId(5), 'edited', false, false],
    ])
    assert.equal(examples.find(({ id }) => id === spanId(1))?.comment, 'wrong')
    const [rated] = await exported(store, { actions: ['rated'] })
    assert.deepEqual([rated?.id, rated?.rating], [spanId(4), 4])
    const small = await exported(store, { actions, filter: { model: 'acme-small' } })
    assert.deepEqual(
      small.map(({ id }) => id),
      [spanId(2)],
    )
    const all = await exported(store, { expectOutput: true })
    assert.deepEqual(
      all
        .filter(({ expected }) => expected !== null)
        .map(({ id }) => id)
        .sort(),
      [spanId(3), spanId(4)],
    )
  })

  test(`${name}: a score is kept about the span, once, and stands in its example`, async (t) => {
    const store = await open(t)
    await store.ingest([
      call(1, 1, { message_id: 'm-7' }),
      content(1, 1, 'input', [message('user', 'q')]),
    ])
    const judgement = { name: 'helpful', score: 0.25, explanation: 'too short' }
    const first = await store.score('m-7', judgement)
    assert.equal(first?.span_id, spanId(1))
    assert.deepEqual((await store.ingest([first as NonNullable<typeof first>])).known, 1)
    await store.score(spanId(1), { name: 'helpful', score: 1, label: 'good' })
    await store.score(traceId(1), { name: 'tone', label: 'kind', evaluator: 'model' })
    assert.equal(await store.score(spanId(99), judgement), undefined)
    const [example] = await exported(store, {})
    assert.deepEqual(
      example?.scores.map(({ name, score, label, evaluator }) => [name, score, label, evaluator]),
      [
        ['helpful', 1, 'good', 'human'],
        ['tone', null, 'kind', 'model'],
      ],
    )
    const { items } = await store.search({ phrase: 'too short' })
    assert.deepEqual(
      items.map(({ span }) => span.span_id),
      [spanId(1)],
    )
    await assert.rejects(store.score('m-7', { name: 'helpful' }), { code: 'STORE_OPTION_INVALID' })
    await assert.rejects(store.score('m-7', { name: 'x', score: Number.NaN }), /finite/)
  })
}
