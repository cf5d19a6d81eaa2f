import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Filter, Store } from '../../src/index.ts'
import { call, content, message, record, START, spanId, traceId } from '../records.ts'
import type { Opened } from './opened.ts'

async function spansWith(store: Store, phrase: string, filter: Filter = {}): Promise<string[]> {
  const { items } = await store.search({ ...filter, phrase })
  for (const { snippet } of items) {
    const marked = snippet.text.slice(snippet.start, snippet.end)
    const plain = phrase.normalize('NFC').replaceAll(/\s+/g, ' ').trim().toLowerCase()
    assert.equal(marked.toLowerCase(), plain)
  }
  return items.map(({ span }) => span.span_id)
}

const TEXTS = [
  'The quick brown fox jumps over the lazy dog; refund-policy v2 (see §4).',
  '我要申请退款政策的说明，谢谢。',
  'สวัสดีครับ ผมต้องการคืนสินค้า',
  'ship it 👍🏽🚀 now 👨‍👩‍👧',
  'const total = items.reduce((a, b) => a + b.price, 0) // foo_bar',
  'Größe: 42, naïve café, ИНСТРУКЦИЯ по возврату',
  'order 4711-0815, id 9f3a7c21e0b4, https://example.com/a?b=c',
]

/** From every third letter on, short and long. */
function phrasesOf(text: string): string[] {
  const letters = [...text]
  const starts = letters.map((_, at) => at).filter((at) => at % 3 === 0)
  return starts
    .flatMap((from) => [3, 5, 9, 20].map((length) => letters.slice(from, from + length).join('')))
    .filter((phrase) => phrase.trim() !== '')
}

/** A phrase leads to the call. */
export function findContract(name: string, open: Opened): void {
  test(`${name}: an exact phrase is found in any script, from any letter to any letter`, async (t) => {
    const store = await open(t)
    await store.ingest(
      TEXTS.flatMap((text, at) => [
        call(at, at + 1),
        content(at, at + 1, 'output', [message('assistant', text)]),
      ]),
    )
    for (const [at, text] of TEXTS.entries()) {
      for (const phrase of phrasesOf(text)) {
        const found = await spansWith(store, phrase)
        assert.ok(found.includes(spanId(at + 1)), `${JSON.stringify(phrase)} of ${text}`)
      }
    }
    for (const phrase of [
      '退',
      '款政',
      '🚀',
      'ร',
      'foo_bar',
      '=> a',
      '-0815',
      'QUICK  brown\n fox',
    ])
      assert.equal((await spansWith(store, phrase)).length > 0, true, phrase)
  })

  test(`${name}: what is not there as it stands is not found`, async (t) => {
    const store = await open(t)
    await store.ingest(
      TEXTS.flatMap((text, at) => [
        call(at, at + 1),
        content(at, at + 1, 'output', [message('assistant', text)]),
      ]),
    )
    const absent = [
      'brown quick',
      'refund policy',
      '退政',
      'fox leaps',
      '🚀👍',
      'xyzzy',
      'policy v3',
    ]
    for (const phrase of absent) assert.deepEqual(await spansWith(store, phrase), [], phrase)
  })

  test(`${name}: a phrase is found in every part, in errors, comments and explanations`, async (t) => {
    const store = await open(t)
    const parts = [
      'system',
      'input',
      'tools',
      'tool_arguments',
      'tool_result',
      'retrieved',
    ] as const
    await store.ingest([
      call(1, 1, { message_id: 'm-1' }),
      ...parts.map((part, at) => content(1, 1, part, [message('user', `zebra number ${at}`)])),
      call(2, 2, { status: 'error', error: { type: 'Oops', message: 'zebra exploded' } }),
      record('tool_call', {
        trace_id: traceId(3),
        span_id: spanId(3),
        start_time: START,
        duration_ms: 1,
        tool: 'find',
        status: 'ok',
      }),
      content(3, 3, 'tool_arguments', { animal: 'zebra', legs: 4 }),
      record('user_action', { action: 'rated', message_id: 'm-1', comment: 'striped horse' }),
      record('evaluation', {
        name: 'x',
        evaluator: 'human',
        span_id: spanId(2),
        explanation: 'no hooves',
      }),
    ])
    assert.deepEqual((await spansWith(store, 'zebra')).sort(), [1, 2, 3].map(spanId))
    for (const at of parts.keys())
      assert.deepEqual(await spansWith(store, `zebra number ${at}`), [spanId(1)])
    assert.deepEqual(await spansWith(store, '"animal":"zebra"'), [spanId(3)])
    assert.deepEqual(await spansWith(store, 'Oops: zebra'), [spanId(2)])
    assert.deepEqual(await spansWith(store, 'striped'), [spanId(1)])
    assert.deepEqual(await spansWith(store, 'no hooves'), [spanId(2)])
  })

  test(`${name}: filters hold for lists and searches alike`, async (t) => {
    const store = await open(t)
    await store.ingest([
      call(1, 1, {
        ...{
          user_id: 'u1',
          session_id: 's1',
          environment: 'prod',
          release: 'r1',
          tags: ['a', 'b'],
        },
        ...{ prompt: { name: 'triage', version: 2 }, finish_reason: 'stop', cost_usd: 0.5 },
        ...{ metadata: { plan: 'gold', seats: 3 }, input_tokens: 10, output_tokens: 5 },
        message_id: 'm-1',
      }),
      call(2, 2, {
        ...{ model: 'acme-small', status: 'error', duration_ms: 900 },
        diagnosis: { category: 'rate_limit', retryable: 'after_delay' },
      }),
      ...[1, 2].map((at) => content(at, at, 'output', [message('assistant', 'same words')])),
      record('user_action', { action: 'edited', message_id: 'm-1' }),
    ])
    const ofFirst: Filter[] = [
      { user_id: 'u1' },
      { session_id: 's1', environment: 'prod' },
      { model: 'acme-large' },
      { prompt_name: 'triage', prompt_version: '2' },
      { tag: 'b' },
      { metadata: { plan: 'gold', seats: 3 } },
      { ranges: { cost_usd: { at_least: 0.5 } } },
      { ranges: { tokens: { at_least: 15, at_most: 15 } } },
      { ranges: { duration_ms: { at_most: 100 } } },
      { status: 'ok' },
      { action: 'edited' },
      { until: START + 2 },
      { finish_reason: 'stop', release: 'r1' },
    ]
    for (const filter of ofFirst) {
      const { items } = await store.list(filter)
      assert.deepEqual(
        items.map(({ span_id }) => span_id),
        [spanId(1)],
        JSON.stringify(filter),
      )
      assert.deepEqual(await spansWith(store, 'same words', filter), [spanId(1)])
    }
    for (const filter of [
      { category: 'rate_limit' },
      { since: START + 2 },
      { status: 'error' },
    ] as const)
      assert.deepEqual(await spansWith(store, 'same words', filter), [spanId(2)])
    assert.deepEqual((await store.list({ tag: 'c' })).items, [])
  })

  test(`${name}: pages come newest first, and together they are everything once`, async (t) => {
    const store = await open(t)
    const count = 23
    await store.ingest(
      Array.from({ length: count }, (_, at) => at).flatMap((at) => [
        call(at, at + 1, { start_time: START + Math.floor(at / 3) }),
        content(at, at + 1, 'output', [message('assistant', `page ${at} of a book`)]),
      ]),
    )
    const pages = async (
      next: (cursor?: string) => Promise<{ cursor: string | null; ids: string[] }>,
    ) => {
      const ids: string[] = []
      let cursor: string | undefined
      do {
        const page = await next(cursor)
        ids.push(...page.ids)
        cursor = page.cursor ?? undefined
      } while (cursor !== undefined)
      return ids
    }
    const listed = await pages(async (cursor) => {
      const page = await store.list({ limit: 5, cursor })
      return { cursor: page.cursor, ids: page.items.map(({ span_id }) => span_id) }
    })
    assert.equal(new Set(listed).size, count)
    assert.equal(listed.length, count)
    const found = await pages(async (cursor) => {
      const page = await store.search({ phrase: 'of a book', limit: 5, cursor })
      return { cursor: page.cursor, ids: page.items.map(({ span }) => span.span_id) }
    })
    assert.deepEqual(found, listed)
    const times = (await store.list({ limit: 1000 })).items.map(({ start_time }) =>
      Number(start_time),
    )
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    )
  })

  test(`${name}: a query that makes no sense is told what is wrong with it`, async (t) => {
    const store = await open(t)
    const invalid = { code: 'STORE_QUERY_INVALID' }
    await assert.rejects(store.search({ phrase: ' \n ' }), invalid)
    await assert.rejects(store.list({ limit: 0 }), invalid)
    await assert.rejects(store.list({ cursor: 'nonsense' }), invalid)
    await assert.rejects(store.list({ status: 'fine' as 'ok' }), invalid)
    await assert.rejects(store.list({ colour: 'red' } as Filter), invalid)
    await assert.rejects(store.aggregate({ by: ['weather' as 'model'] }), invalid)
    await store.ingest([call(1, 1), content(1, 1, 'output', 'any text')])
    for (const phrase of ['"', "'; DROP TABLE spans; --", '*', 'a AND (', '%_', '\u0000', 'NEAR('])
      assert.deepEqual(await spansWith(store, phrase), [], phrase)
  })
}
