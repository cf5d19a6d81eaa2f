import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Attempt, type AttemptHandler, Attempts, endingOf } from '../src/count/attempts.ts'
import { CappedTable } from '../src/count/capped.ts'
import { IdHash } from '../src/count/id-hash.ts'
import { OpenSpans } from '../src/count/open-spans.ts'
import { RecentIds } from '../src/count/recent-ids.ts'
import { RecentMap } from '../src/count/recent-map.ts'
import { toCall } from '../src/shape/call.ts'
import { analyzed, call, random, unaccounted } from './fixtures.ts'

/** Recent ids that are told in text. */
function namedIds(limit: number) {
  const ids = new RecentIds(limit)
  const hash = new IdHash()
  const hashed = (id: string): [number, number] => {
    const { high, low } = hash.ofText(id)
    return [high, low]
  }
  return {
    add: (id: string) => ids.add(...hashed(id)),
    take: (id: string) => ids.take(...hashed(id)),
    get forgotten() {
      return ids.forgotten
    },
  }
}

test('recent ids: the newest limit are known, each is taken once', () => {
  const ids = namedIds(100)
  for (let i = 0; i < 1000; i++) ids.add(`id-${i}`)
  assert.equal(ids.forgotten, true)
  for (let i = 900; i < 1000; i++) {
    assert.equal(ids.take(`id-${i}`), true)
    assert.equal(ids.take(`id-${i}`), false)
  }
  assert.equal(ids.take('id-0'), false)
})

test('recent ids agree with a set under random use', () => {
  const next = random(5)
  const ids = namedIds(1000)
  const reference = new Set<string>()
  for (let i = 0; i < 20_000; i++) {
    const id = Math.floor(next() * 500).toString(16)
    if (next() < 0.5 && !reference.has(id)) {
      reference.add(id)
      ids.add(id)
    } else {
      assert.equal(ids.take(id), reference.delete(id))
    }
    if (i % 900 === 0)
      for (const held of reference) assert.ok(ids.take(held) && reference.delete(held))
  }
})

test('a recent map forgets the oldest and says which', () => {
  const forgotten: number[] = []
  const map = new RecentMap<number>(2, (value) => forgotten.push(value))
  for (let i = 0; i < 6; i++) map.set(`${i}`, i)
  assert.deepEqual(forgotten, [0, 1, 2, 3])
  assert.equal(map.take('5'), 5)
  assert.equal(map.take('5'), undefined)
  map.clear()
  assert.deepEqual(forgotten, [0, 1, 2, 3, 4])
})

test('open spans beyond the bound are still counted, as an upper bound that says so', () => {
  const spans = new OpenSpans(undefined, 10, 4)
  for (let i = 0; i < 15; i++) spans.start(`${i}`)
  assert.equal(spans.tally().interrupted, 15)
  assert.equal(spans.exact, false)
  const early = new OpenSpans(undefined, 10, 4)
  for (let i = 0; i < 12; i++) early.end(`${i}`)
  assert.equal(early.exact, true)
  early.start('11')
  assert.equal(early.tally().interrupted, 0)
  early.start('0')
  assert.equal(early.tally().interrupted, 1)
  assert.equal(early.exact, false)
})

test('attempts beyond the bound: the call stays failed, the retry is unmatched, none is lost', () => {
  const seen = { first: 0, retry: 0, unmatched: 0 }
  const handler: AttemptHandler<null> = {
    isInside: () => true,
    first: () => seen.first++,
    retry: (last, before) => {
      seen.retry++
      return { ...before, ending: endingOf(last.call) }
    },
    unmatched: () => seen.unmatched++,
  }
  const attempts = new Attempts(handler, 2)
  const attempt = (fields: Record<string, unknown>): Attempt<null> => ({
    call: toCall({ status: 'error', ...fields }),
    place: null,
  })
  for (let i = 0; i < 10; i++) attempts.add(attempt({ span_id: `a${i}` }))
  for (let i = 0; i < 10; i++) attempts.add(attempt({ span_id: `b${i}`, retry_of: `a${i}` }))
  attempts.end()
  assert.deepEqual({ ...seen, unmatched: 0, retry: 0 }, { first: 10, retry: 0, unmatched: 0 })
  assert.equal(seen.retry + seen.unmatched, 10)
  assert.ok(seen.retry >= 2)
})

test('a chain of 40,000 retries read backwards does not overflow the stack', async () => {
  const chain = Array.from({ length: 40_000 }, (_, i) =>
    call({
      span_id: `s${i}`,
      status: i === 39_999 ? 'ok' : 'error',
      ...(i === 0 ? {} : { retry_of: `s${i - 1}` }),
    }),
  )
  const report = await analyzed(chain.toReversed())
  assert.equal(report.totals.calls, 1)
  assert.equal(report.totals.errors, 0)
  assert.equal(report.totals.retries, 39_999)
})

test('a full table counts what comes later in one entry', () => {
  const table = new CappedTable(2, () => ({ count: 0 }))
  for (const key of ['a', 'b', 'c', 'a', 'd', null]) table.get(key).count += 1
  assert.deepEqual(
    table.entries().map(([key, { count }]) => [key, count]),
    [
      ['a', 2],
      ['b', 1],
      ['(other)', 3],
    ],
  )
})

test('10,000 models: 1,000 and the rest together, the sum is right, and it is said', async () => {
  const records = Array.from({ length: 10_000 }, (_, i) => call({ model: `model-${i}` }))
  const report = await analyzed(records)
  assert.equal(report.by_model.length, 1001)
  assert.deepEqual(
    report.by_model.slice(0, 1).map(({ model, calls }) => [model, calls]),
    [['(other)', 9000]],
  )
  assert.match(report.notes[0] ?? '', /more than 1,000 models/)
  assert.equal(unaccounted(report), 0)
})
