import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyRecord } from '@recount/record'
import {
  EVAL_FORMATS,
  EVERY_TENANT,
  type ExportEvalsOptions,
  evalRow,
  exportEvals,
  type Store,
} from '../src/index.ts'
import { exported, storeOf } from './examples.ts'
import { call, content, message, record, START, spanId, traceId } from './records.ts'

test('calls of which nothing was kept, attempts that were repeated and embeddings are no examples', async () => {
  const store = await storeOf([
    call(1, 1),
    call(2, 2, { status: 'error' }),
    content(2, 2, 'input', [message('user', 'q')]),
    call(2, 3, { retry_of: spanId(2), attempt: 2 }),
    content(2, 3, 'input', [message('user', 'q')]),
    call(4, 4, { operation: 'embeddings' }),
    content(4, 4, 'input', [message('user', 'q')]),
  ])
  const left: string[] = []
  const examples = await exported(store, {
    onLeftOut: (id, why) => left.push(`${id} ${why}`),
  })
  assert.deepEqual(
    examples.map(({ id }) => id),
    [spanId(3)],
  )
  assert.deepEqual(left.sort(), [
    `${spanId(1)} no content`,
    `${spanId(2)} repeated`,
    `${spanId(4)} embeddings`,
  ])
  await exported(store, { ids: ['nobody/../x'], onLeftOut: (id, why) => left.push(`${id} ${why}`) })
  assert.equal(left.at(-1), 'nobody/../x not found')
})

test('without a redactor nothing is exported', async () => {
  const store = await storeOf([call(1, 1)])
  const examples = exportEvals(store, {} as ExportEvalsOptions)
  await assert.rejects(examples.next(), { code: 'STORE_OPTION_INVALID' })
})

test('what a redactor takes away is in no row of any format', async () => {
  const secret = 'the-word'
  const store = await storeOf([
    call(1, 1, { tags: [secret], metadata: { a: secret }, params: { stop: secret } }),
    content(1, 1, 'system', secret),
    content(1, 1, 'tools', [{ name: 'f', description: secret }]),
    content(1, 1, 'input', [message('user', secret)]),
    content(1, 1, 'output', [message('assistant', secret)]),
    record('user_action', { span_id: spanId(1), action: 'retried', comment: secret }),
    record('evaluation', {
      ...{ span_id: spanId(1), name: 'x', score: 1, evaluator: 'human', explanation: secret },
    }),
  ])
  const masked = (value: unknown) => ({
    value: JSON.parse(JSON.stringify(value).replaceAll(secret, '[GONE]')) as unknown,
  })
  const [example] = await exported(store, { redact: masked })
  assert.ok(example)
  for (const format of EVAL_FORMATS) {
    const line: string = JSON.stringify(evalRow(example, format))
    assert.equal(line.includes(secret), false, format)
    assert.ok(line.includes('[GONE]'))
  }
})

test('examples of one tenant are of that tenant alone', async () => {
  const of = (at: number, tenant_id: string): AnyRecord[] => [
    call(at, at, { tenant_id }),
    content(at, at, 'input', [message('user', tenant_id)], { tenant_id }),
    record('user_action', { span_id: spanId(at), action: 'edited', tenant_id }),
  ]
  const store = await storeOf([...of(1, 'a'), ...of(2, 'b')], true)
  const ids = async (options: Partial<ExportEvalsOptions>): Promise<string[]> =>
    (await exported(store, options)).map(({ id }) => id).sort()
  assert.deepEqual(await ids({ filter: { tenant: 'a' } }), [spanId(1)])
  assert.deepEqual(await ids({ filter: { tenant: 'a' }, actions: ['edited'] }), [spanId(1)])
  assert.deepEqual(await ids({ filter: { tenant: 'a' }, ids: [spanId(2)] }), [])
  assert.deepEqual(await ids({ filter: { tenant: EVERY_TENANT } }), [spanId(1), spanId(2)])
  for (const options of [{}, { ids: [spanId(1)] }, { actions: ['edited'] as const }])
    await assert.rejects(exported(store, options), { code: 'STORE_TENANT_REQUIRED' })
  await assert.rejects(store.score(spanId(1), { name: 'x', score: 1 }), {
    code: 'STORE_TENANT_REQUIRED',
  })
  assert.equal(await store.score(spanId(1), { name: 'x', score: 1 }, { tenant: 'b' }), undefined)
})

test('a sample is the same for a seed, and takes turns between groups, failed calls first', async () => {
  const records = Array.from({ length: 200 }, (_, at) => [
    call(at, at + 1, {
      start_time: START + at,
      model: at % 20 === 0 ? 'rare' : 'common',
      status: at % 50 === 1 ? 'error' : 'ok',
    }),
    content(at, at + 1, 'input', [message('user', `question ${at}`)]),
  ]).flat()
  const store = await storeOf(records)
  const other = await storeOf(records.toReversed())
  const ids = async (from: Store, sample: ExportEvalsOptions['sample']): Promise<string[]> =>
    (await exported(from, { sample })).map(({ id }) => id)
  const chosen = await ids(store, { count: 12, seed: 'a' })
  assert.equal(new Set(chosen).size, 12)
  assert.deepEqual(await ids(other, { count: 12, seed: 'a' }), chosen)
  assert.notDeepEqual(await ids(store, { count: 12, seed: 'b' }), chosen)
  const fair = await exported(store, { sample: { count: 10, by: ['model'] } })
  assert.equal(fair.filter(({ model }) => model === 'rare').length, 5)
  const failed = await exported(store, { sample: { count: 6, errorsFirst: true } })
  assert.deepEqual(
    failed.map(({ status }) => status),
    [...Array(4).fill('error'), 'ok', 'ok'],
  )
  const all = await exported(store, { sample: { count: 1000, by: ['model', 'day'] } })
  assert.equal(all.length, 200)
  for (const sample of [{ count: 0 }, { count: 1.5 }, { count: 1, by: ['query' as const] }])
    await assert.rejects(exported(store, { sample }), { code: 'STORE_OPTION_INVALID' })
})

test('an edit that a later try again follows is not expected any more', async () => {
  const store = await storeOf([
    call(1, 1),
    content(1, 1, 'input', [message('user', 'q')]),
    content(1, 1, 'output', [message('assistant', 'a')]),
    record('user_action', { trace_id: traceId(1), time: START + 1, action: 'accepted' }),
    record('user_action', { trace_id: traceId(1), time: START + 2, action: 'retried' }),
  ])
  const [example] = await exported(store)
  assert.deepEqual([example?.action, example?.expected, example?.rejected], ['retried', null, true])
})
