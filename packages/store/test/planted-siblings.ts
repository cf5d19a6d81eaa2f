import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { AnyRecord } from '@recount/record'
import { folder, storeIn } from './folder.ts'
import { call, content, message, spanId } from './records.ts'

/** The same questions in two wordings, with places for what they are about. */
const WORDINGS = [
  [
    'How do I return {thing} that I bought in {place}?',
    'I bought {thing} in {place} and want to return it. How?',
  ],
  [
    'When will my {thing} arrive in {place}?',
    'Tell me the arrival date of the {thing} I ordered to {place}.',
  ],
  [
    'Is there a warranty on {thing} from the shop in {place}?',
    'The shop in {place} sold me {thing}: does it have a warranty?',
  ],
  [
    'Can you change the delivery of {thing} to {place}?',
    'Please have {thing} delivered to {place} instead.',
  ],
  [
    'Why was I charged twice for {thing} in {place}?',
    'My card shows two charges for {thing} from {place}, why?',
  ],
] as const
const KINDS = [
  ...[
    'blue',
    'wooden',
    'folding',
    'electric',
    'leather',
    'heavy',
    'silver',
    'waterproof',
    'antique',
  ],
  ...[
    'ceramic',
    'portable',
    'woollen',
    'striped',
    'wireless',
    'yellow',
    'vintage',
    'cotton',
    'bamboo',
  ],
  ...['rusty', 'painted', 'plastic', 'marble', 'velvet', 'copper', 'crystal'],
]
const THINGS = [
  ...['kettle', 'chair', 'lamp', 'bicycle', 'tent', 'jacket', 'mirror', 'drill', 'sofa', 'carpet'],
  ...[
    'camera',
    'violin',
    'basket',
    'helmet',
    'blanket',
    'clock',
    'ladder',
    'pillow',
    'wallet',
    'stove',
  ],
]
const PLACES = [
  'Hamburg',
  'Lisbon',
  'Osaka',
  'Nairobi',
  'Toronto',
  'Quito',
  'Oslo',
  'Perth',
  'Lyon',
]

/** Pairs of calls: the same question, asked again with the same or other words, another prompt version or another model. */
function planted(count: number): {
  readonly records: AnyRecord[]
  readonly pairs: readonly (readonly [number, number])[]
} {
  const records: AnyRecord[] = []
  const pairs: [number, number][] = []
  for (let at = 0; at < count; at += 1) {
    const wording = WORDINGS[at % 5] as readonly [string, string]
    const thing = `the ${KINDS[at % 25]} ${THINGS[Math.floor(at / 25) % 20]}`
    const fill = (text: string): string =>
      text.replace('{thing}', thing).replace('{place}', PLACES[at % 9] ?? '')
    const [one, other] = [2 * at + 1, 2 * at + 2]
    const isParaphrase = at % 3 === 0
    records.push(
      call(one, one, { prompt: { name: 'support', version: 1 } }),
      content(one, one, 'input', asked(fill(wording[0]))),
      call(other, other, {
        prompt: { name: 'support', version: at % 2 === 0 ? 2 : 1 },
        ...(at % 2 === 1 ? { model: 'acme-small' } : {}),
      }),
      content(other, other, 'input', asked(fill(wording[isParaphrase ? 1 : 0]))),
    )
    pairs.push([one, other])
  }
  return { records, pairs }
}

function asked(question: string): object[] {
  return [message('system', 'You help customers of a shop.'), message('user', question)]
}

/** Asks for the siblings of some: of those asked in the same words all must be right, of paraphrases nine of ten. */
export async function checkPlanted(
  t: TestContext,
  isAsked: (at: number) => boolean,
): Promise<void> {
  const store = await storeIn(t, join(folder(t), 'recount.db'))
  const { records, pairs } = planted(500)
  await store.ingest(records)
  const counts = { same: 0, paraphrased: 0, wrongSame: 0, wrongParaphrased: 0 }
  for (const [at, [one, other]] of pairs.entries()) {
    if (!isAsked(at)) continue
    const [first] = await store.siblings(spanId(one), { limit: 1 })
    const isRight = first?.span.span_id === spanId(other)
    const isParaphrased = at % 3 === 0
    counts[isParaphrased ? 'paraphrased' : 'same'] += 1
    if (!isRight) counts[isParaphrased ? 'wrongParaphrased' : 'wrongSame'] += 1
  }
  const { same, paraphrased, wrongSame, wrongParaphrased } = counts
  assert.ok(same > 0 && paraphrased > 0)
  assert.equal(wrongSame, 0)
  assert.ok(wrongParaphrased <= paraphrased / 10, `${wrongParaphrased} of ${paraphrased}`)
}
