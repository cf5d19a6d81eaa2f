import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '../../src/index.ts'
import { call, content, message, START, spanId } from '../records.ts'
import type { Opened } from './opened.ts'

const CALLS = 1300
const OLD = 'The oldest text of all says that the answer is here, too.'

function textOf(at: number): string {
  return at === 0 ? OLD : `Text ${at} says that the answer is ${at % 7 === 0 ? 'near' : 'here'}.`
}

/** What is said by many, and by words that are pieces of many, leads to the same calls as what is rare. */
export function phrasesContract(name: string, open: Opened): void {
  test(`${name}: a phrase longer than any that is searched for is refused at once`, async (t) => {
    const store = await open(t)
    await store.ingest([call(1, 1)])
    for (const phrase of ['a '.repeat(500_000), '退'.repeat(1_000_000)])
      await assert.rejects(store.search({ phrase }), {
        code: 'STORE_QUERY_INVALID',
        message: /4000/,
      })
    assert.deepEqual((await store.search({ phrase: 'refund '.repeat(500) })).items, [])
  })

  test(`${name}: a phrase of a thousand texts is found in all of them, the last call first, old texts that it saw too`, async (t) => {
    const store = await open(t)
    await store.ingest(
      Array.from({ length: CALLS }, (_, at) => at).flatMap((at) => {
        // The newest saw the oldest text, which alone it has in common with what is looked for.
        const texts = at === CALLS - 1 ? [OLD] : [textOf(at)]
        const messages = texts.map((text) => message('user', text))
        return [call(at, at + 1), content(at, at + 1, 'input', messages)]
      }),
    )
    const has = (at: number) => at === CALLS - 1 || textOf(at).includes('the answer is here')
    const expected = Array.from({ length: CALLS }, (_, at) => CALLS - 1 - at)
      .filter(has)
      .map((at) => spanId(at + 1))
    assert.deepEqual(await everySpan(store, 'The answer is here'), expected)
    assert.deepEqual(await everySpan(store, 'e answer is her'), expected)
  })

  test(`${name}: a phrase that begins and ends within words, of which there are very many, is found, and no other one`, async (t) => {
    const store = await open(t)
    // 400 words end with "xo", and 400 begin with "ba".
    const words = Array.from({ length: 400 }, (_, at) => at)
    const texts = [
      words.map((at) => `q${at}xo`).join(' '),
      words.map((at) => `ba${at}q`).join(' '),
      'one says q7xo middle ba9q',
      'one says q7xa middle ba9q',
      'one says q7xo middle bo9q',
      'one says q7xo ba9q at once',
      'one says q7xo-ba9q at once',
    ]
    await store.ingest(
      texts.flatMap((text, at) => [call(at, at + 1), content(at, at + 1, 'output', text)]),
    )
    const phrases = [
      'xo middle ba',
      'xo ba',
      'q7xo middle ba',
      'xo middle ba9',
      'o b',
      'xo',
      'ba',
      '7xo b',
    ]
    for (const phrase of phrases) {
      const expected = texts
        .map((text, at) => ({ text, at }))
        .filter(({ text }) => text.includes(phrase))
        .map(({ at }) => spanId(at + 1))
      assert.deepEqual((await everySpan(store, phrase)).sort(), expected, phrase)
    }
  })

  test(`${name}: a phrase of which very many texts have all but the ends is found in those that have it`, async (t) => {
    const store = await open(t)
    // Whichever has it has "turned to be" as well, which the 700 others have, too.
    const has = [0, 350, 351, 699]
    const texts = Array.from({ length: 700 }, (_, at) =>
      has.includes(at) ? 'It has turned to be right.' : `Nothing returned to be read ${at}.`,
    )
    await store.ingest(
      texts.flatMap((text, at) => [call(at, at + 1), content(at, at + 1, 'output', text)]),
    )
    const expected = has.toReversed().map((at) => spanId(at + 1))
    assert.deepEqual(await everySpan(store, 's turned to be righ'), expected)
    assert.deepEqual(await everySpan(store, 's turned to be righ', 1), expected)
    assert.deepEqual(await everySpan(store, 's turned to be read'), [])
  })

  test(`${name}: what began last comes first, whenever it was written`, async (t) => {
    const store = await open(t)
    // Old logs that are read last, and one span of today among them.
    const began = Array.from({ length: 300 }, (_, at) => (at === 299 ? 10_000 : 5000 - at))
    for (const part of [began.slice(0, 200), began.slice(200)])
      await store.ingest(
        part.flatMap((at) => [
          call(at, at, { start_time: START + at }),
          content(at, at, 'output', `At ${at} the sky is blue`),
        ]),
      )
    const { items } = await store.search({ phrase: 'the sky is', limit: 20 })
    const expected = began.toSorted((a, b) => b - a).slice(0, 20)
    assert.deepEqual(
      items.map(({ span }) => span.span_id),
      expected.map((at) => spanId(at)),
    )
  })
}

async function everySpan(store: Store, phrase: string, limit = 400): Promise<string[]> {
  const spans: string[] = []
  let cursor: string | undefined
  do {
    const page = await store.search({ phrase, limit, cursor })
    spans.push(...page.items.map(({ span }) => span.span_id))
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined)
  return spans
}
