import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Filter } from '../../src/index.ts'
import { call, record, START, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

/** Which spans a filter asks for. */
export function filtersContract(name: string, open: Opened): void {
  test(`${name}: calls are found by what was judged of them, of each judge the last time`, async (t) => {
    const store = await open(t)
    const judged = (at: number, time: number, fields: object) =>
      record('evaluation', {
        ...{ name: 'helpful', evaluator: 'human', time: START + time },
        ...{ trace_id: traceId(at), span_id: spanId(at), ...fields },
      })
    await store.ingest([
      ...[1, 2, 3, 4, 5].map((at) => call(at, at, { message_id: `m-${at}`, cost_usd: 1 })),
      judged(1, 1, { score: 0.2 }),
      judged(2, 2, { score: 0.9 }),
      judged(2, 1, { score: 0.1 }),
      judged(2, 3, { score: 0.3, evaluator: 'model' }),
      record('evaluation', {
        ...{ name: 'helpful', evaluator: 'human', label: 'rude', message_id: 'm-3', time: START },
      }),
      judged(4, 1, { name: 'tone', score: 1, label: 'kind' }),
      record('evaluation', {
        ...{ name: 'helpful', evaluator: 'code', score: 0, trace_id: traceId(5), time: START },
      }),
    ])
    const cases = [
      [{ name: 'helpful' }, [1, 2, 3, 5]],
      [{ name: 'helpful', at_most: 0.2 }, [1, 5]],
      [{ name: 'helpful', at_least: 0.3 }, [2]],
      [{ name: 'helpful', at_most: 0.3, evaluator: 'human' }, [1]],
      [{ name: 'helpful', at_least: 0.25, at_most: 0.5 }, [2]],
      [{ name: 'helpful', label: ['rude', 'kind'] }, [3]],
      [{ name: 'tone', label: 'kind' }, [4]],
      [{ name: 'nobody' }, []],
    ] as const
    for (const [score, expected] of cases) {
      const { items } = await store.list({ score })
      const found = items.map(({ span_id }) => span_id).sort()
      assert.deepEqual(found, expected.map(spanId), JSON.stringify(score))
      const [all] = await store.aggregate({ score })
      assert.equal(all?.calls ?? 0, expected.length, JSON.stringify(score))
    }
  })

  test(`${name}: a filter may be a list of which one must fit, and a bound that is none is refused`, async (t) => {
    const store = await open(t)
    await store.ingest(
      (['ok', 'error', 'aborted', 'partial'] as const).flatMap((status, at) => [
        call(at, at, { status, model: `m${at}`, cost_usd: at }),
        record('user_action', {
          ...{ action: ['rated', 'edited', 'retried', 'accepted'][at], span_id: spanId(at) },
        }),
      ]),
    )
    const lists: Filter[] = [
      { status: ['error', 'aborted'] },
      { model: ['m1', 'm2', 'none'] },
      { action: ['edited', 'retried'] },
      { ranges: { cost_usd: { at_least: 1, at_most: 2 } } },
    ]
    for (const filter of lists) {
      const { items } = await store.list(filter)
      assert.deepEqual(items.map(({ model }) => model).sort(), ['m1', 'm2'])
      const groups = await store.aggregate({ ...filter, by: ['model'] })
      assert.deepEqual(groups.map(({ key }) => key.model).sort(), ['m1', 'm2'])
    }
    const wrong: readonly object[] = [
      { ranges: { cost_usd: { min: 1 } } },
      { ranges: { cost_usd: [1, 2] } },
      { ranges: { cost_usd: 1 } },
      { ranges: { cost: { at_least: 1 } } },
      { ranges: 1 },
      { metadata: 'a' },
      { status: ['fine'] },
      { status: [1] },
      { action: ['liked'] },
      { score: 'helpful' },
      { score: {} },
      { score: { name: 'helpful', min: 1 } },
      { score: { name: 'helpful', at_least: '1' } },
      { score: { name: 'helpful', evaluator: 'me' } },
    ]
    for (const filter of wrong)
      await assert.rejects(
        store.list(filter as Filter),
        { code: 'STORE_QUERY_INVALID' },
        JSON.stringify(filter),
      )
  })
}
