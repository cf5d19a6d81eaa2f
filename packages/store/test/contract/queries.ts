import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { Filter } from '../../src/index.ts'
import { call, content, record, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

/** Queries mean what the documentation says, or are refused. */
export function queriesContract(name: string, open: Opened): void {
  test(`${name}: whatever is a text in a filter may be a list, of which one must fit`, async (t) => {
    const store = await open(t)
    const statuses = ['ok', 'error', 'aborted', 'partial'] as const
    await store.ingest([
      ...statuses.map((status, at) =>
        call(1, at, {
          status,
          message_id: `m-${at}`,
          model: `m${at}`,
          service: 's',
          trace_id: traceId(at),
        }),
      ),
      ...['edited', 'accepted', 'rated'].map((action, at) =>
        record('user_action', { action, message_id: `m-${at}` }),
      ),
    ])
    const filters: readonly (readonly [Filter, readonly number[]])[] = [
      [{ status: ['ok', 'aborted'] }, [0, 2]],
      [{ status: ['partial'] }, [3]],
      [{ status: [] }, []],
      [{ action: ['edited', 'accepted', 'retried'] }, [0, 1]],
      [{ action: [] }, []],
      [{ model: ['m1', 'm3', 'none'] }, [1, 3]],
      [{ trace_id: [traceId(0), traceId(2)], service: ['s', 'other'] }, [0, 2]],
      [{ status: ['ok', 'error'], action: ['accepted', 'rated'], model: ['m0', 'm1'] }, [1]],
    ]
    for (const [filter, expected] of filters) {
      const { items } = await store.list(filter)
      const ids = items.map(({ span_id }) => span_id).sort()
      assert.deepEqual(ids, expected.map(spanId), JSON.stringify(filter))
      // Numbers come from blocks or rows.
      const groups = await store.aggregate({ ...filter, by: ['model'] })
      const models = groups.map(({ key }) => key.model).sort()
      assert.deepEqual(
        models,
        expected.map((at) => `m${at}`),
        JSON.stringify(filter),
      )
    }
  })

  test(`${name}: a filter of a wrong shape is refused, never left out`, async (t) => {
    const store = await open(t)
    const invalid = { code: 'STORE_QUERY_INVALID' }
    const wrong: readonly object[] = [
      { status: ['ok', 'fine'] },
      { action: ['edited', 'seen'] },
      { action: 3 },
      { model: ['a', 1] },
      { model: null },
      { tag: {} },
      { since: '2026' },
      { ranges: { cost_usd: { min: 0.03 } } },
      { ranges: { cost_usd: [0.03, 1] } },
      { ranges: { cost_usd: { at_least: 0.03, max: 1 } } },
      { ranges: { cost_usd: {} } },
      { ranges: { cost_usd: 0.03 } },
      { ranges: { cost_usd: null } },
      { ranges: { cost_usd: { at_least: '0.03' } } },
      { ranges: { cost_usd: { at_most: Number.NaN } } },
      { ranges: { length: { at_least: 1 } } },
      { ranges: [{ at_least: 1 }] },
      { ranges: 'cost_usd>1' },
      { metadata: 'plan=gold' },
      { metadata: ['plan'] },
      { metadata: { plan: { is: 'gold' } } },
      { metadata: { plan: undefined } },
      { metadata: { plan: ['gold', ['silver']] } },
      { metadata: { seats: Number.NaN } },
      { metadata: { seats: 3n } },
    ]
    for (const filter of wrong) {
      await assert.rejects(store.list(filter as Filter), invalid, inspect(filter))
      await assert.rejects(store.search({ phrase: 'a', ...(filter as Filter) }), invalid)
      await assert.rejects(store.aggregate(filter as Filter), invalid)
    }
    await assert.rejects(store.aggregate({ by: ['weather' as 'model'] }), invalid)
    await assert.rejects(store.search({ phrase: 'a '.repeat(500_000) }), invalid)
    await assert.rejects(store.trace(17 as never), invalid)
  })

  test(`${name}: a long phrase is found to its last letter, and nothing that only begins like it`, async (t) => {
    const store = await open(t)
    const said = [
      'the refund takes fourteen days '.repeat(60),
      '退款将在五个工作日内到账'.repeat(60),
      '👍🏽🚀'.repeat(200),
      'a '.repeat(1900),
      'w'.repeat(900),
    ]
    await store.ingest(
      said.flatMap((text, at) => [call(at, at), content(at, at, 'output', `${text}end of ${at}`)]),
    )
    for (const [at, text] of said.entries()) {
      const ids = async (phrase: string): Promise<string[]> =>
        (await store.search({ phrase })).items.map(({ span }) => span.span_id)
      for (const from of [0, 1, 2])
        assert.deepEqual(
          await ids(`${[...text].slice(from).join('')}end of ${at}`),
          [spanId(at)],
          text.slice(0, 20),
        )
      assert.deepEqual(await ids(`${text}end of ${at + 1}`), [], text.slice(0, 20))
    }
  })
}
