import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyze } from '../src/index.ts'
import { analyzed, call, spanId, started, unaccounted } from './fixtures.ts'

const T = Date.UTC(2026, 10, 20, 12)
const HOUR = 3_600_000
const now = new Date(T)

test('a window goes by the start of a call: since is in it, until is not', async () => {
  const records = [-2, -1, 0].map((hours) => call({ start_time: T + hours * HOUR }))
  const report = await analyzed(records, { since: '2h', until: new Date(T).toISOString(), now })
  assert.equal(report.totals.calls, 2)
  assert.equal(report.input.skipped.outside_window, 1)
  assert.deepEqual(report.window, {
    from: '2026-11-20T10:00:00.000Z',
    to: '2026-11-20T11:00:00.000Z',
  })
  assert.equal(unaccounted(report), 0)
})

test('durations are s, m, h, d and w', async () => {
  const records = [call({ start_time: T - 1 })]
  for (const since of [
    '30s',
    '15m',
    '24h',
    '7d',
    '4w',
    '2026-11-20',
    '2026-11-20T11:00:00+00:00',
  ]) {
    assert.equal((await analyzed(records, { since, now })).totals.calls, 1, since)
  }
})

test('a call without a time is not in any window, and that is said', async () => {
  const report = await analyzed([call({ start_time: undefined })], { since: '1h', now })
  assert.equal(report.totals.calls, 0)
  assert.equal(report.input.skipped.no_time, 1)
  assert.equal(unaccounted(report), 0)
})

test('a call belongs where its first attempt began; what each attempt used, where that was made', async () => {
  for (const inside of [true, false]) {
    const first = T - (inside ? 1 : 3) * HOUR
    const [id, second] = [spanId(), spanId()]
    const used = { input_tokens: 7, cost_usd: 0.5 }
    const attempts = [
      call({ ...used, span_id: id, status: 'error', start_time: first }),
      call({ ...used, span_id: second, status: 'error', retry_of: id, start_time: T - HOUR / 2 }),
      call({ ...used, retry_of: second, start_time: T - HOUR / 3 }),
    ]
    for (const records of [attempts, attempts.toReversed()]) {
      const report = await analyzed(records, { since: '2h', now })
      const { calls, errors, retries, cost_usd, input_tokens } = report.totals
      assert.deepEqual([calls, errors, retries], [inside ? 1 : 0, 0, 2])
      assert.deepEqual([cost_usd, input_tokens], inside ? [1.5, 21] : [1, 14])
      assert.equal(report.input.skipped.outside_window, inside ? 0 : 1)
      assert.equal(report.input.retries_unmatched, 0)
      assert.equal(unaccounted(report), 0)
    }
  }
})

test('interrupted calls are those that started in the window', async () => {
  const records = [started({ time: T - 3 * HOUR }), started({ time: T - HOUR })]
  assert.equal((await analyzed(records, { since: '2h', now })).input.interrupted, 1)
})

test('a time that no date can have is no time, and the report is still made', async () => {
  const beyond = [8_640_000_000_000_001, -8_640_000_000_000_001, 1e20]
  const records = [...beyond.map((start_time) => call({ start_time })), call({ start_time: T - 1 })]
  const all = await analyzed(records)
  assert.equal(all.totals.calls, 4)
  assert.equal(all.window.to, new Date(T - 1).toISOString())
  const report = await analyzed(records, { since: '1h', now })
  assert.equal(report.totals.calls, 1)
  assert.equal(report.input.skipped.no_time, 3)
  assert.equal(unaccounted(report), 0)
})

test('the last 24 hours end now: what lies in the future is outside, and said', async () => {
  const now = new Date(Date.UTC(2026, 2, 4))
  const at = (ms: number) => call({ start_time: now.getTime() + ms })
  const rows = [at(-1000), at(1000), at(86_400_000), at(9e11)]
  const report = await analyzed(rows, { since: '24h', now })
  assert.deepEqual([report.totals.calls, report.input.skipped.outside_window], [2, 2])
  assert.match(report.notes.join(), /2 began later than now/)
  const until = await analyzed(rows, { since: '24h', until: '2100-01-01', now })
  assert.deepEqual([until.totals.calls, until.notes], [4, []])
  await assert.rejects(analyzed(rows, { baseline: '0h', now }), /baseline.*longer than nothing/)
})

test('a run that takes long calls nothing future that began while it read', async () => {
  const minute = 60_000
  let clock = T
  const read = (text: string) => ({
    name: text,
    // Ten minutes pass before anything comes.
    async *lines() {
      clock += 10 * minute
      yield text
    },
  })
  const began = (minutes: number) => JSON.stringify(call({ start_time: T + minutes * minute }))
  const sources = [began(-1), began(9), began(36), began(46)].map(read)
  const report = await analyze(sources, { since: '1h', now: () => clock })
  assert.deepEqual([report.totals.calls, report.input.skipped.outside_window], [2, 2])
  assert.match(report.notes.join(), /2 began later than now/)
  clock = T
  const fixed = await analyze(sources, { since: '1h', now })
  assert.equal(fixed.totals.calls, 1, 'a moment that is given stays')
})

test('a bound in a zone that is not known, or on a day that does not exist, is refused', async () => {
  for (const since of ['2026-11-01T01:30 EST', '2026-11-01T01:30+5', '2026-11-31', '2026-02-30'])
    await assert.rejects(analyzed([call()], { since, now }), /Expected `since` to be an ISO time/)
})

test('a start that cannot be read is no start, and is told', async () => {
  const row = { model: 'm', latency_ms: 5, input_tokens: 1, output_tokens: 2 }
  for (const start of ['2026-11-01 01:30:00 EST', '2026-02-30T00:00:00Z']) {
    const report = await analyzed([{ ...row, timestamp: start }])
    assert.deepEqual([report.window.from, report.input.unreadable], [null, { start_time: 1 }])
  }
  const report = await analyzed([{ ...row, asctime: '2026-11-28 21:06:40,237' }])
  assert.equal(report.window.from, '2026-11-28T21:06:40.237Z')
})
