import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatText } from '../src/index.ts'
import { analyzed, call } from './fixtures.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 2, 28, 22)

test('calls are counted by hour or day, days in a zone begin at its midnight, also when clocks change', async () => {
  const rows = Array.from({ length: 48 }, (_, i) => call({ start_time: START + i * HOUR }))
  const { series } = await analyzed(rows, { every: 'day', zone: 'Europe/Berlin' })
  assert.deepEqual(
    series.points.map(({ from, calls }) => [from, calls]),
    [
      ['2026-03-27T23:00:00.000Z', 1],
      ['2026-03-28T23:00:00.000Z', 23],
      ['2026-03-29T22:00:00.000Z', 24],
    ],
  )
  const hours = (await analyzed(rows, { every: 'hour' })).series
  assert.equal(hours.points.length, 48)
  assert.deepEqual([hours.step, hours.zone], ['hour', 'UTC'])
})

test('without a step it is the finest of which there are not too many; nothing is lost when it grows', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) =>
    call({ start_time: START + i * 20 * 60_000, duration_ms: i, input_tokens: 1 }),
  )
  const { series } = await analyzed(rows)
  assert.equal(series.step, 'hour')
  assert.equal(
    series.points.reduce((sum, { calls }) => sum + calls, 0),
    2000,
  )
  assert.equal(
    series.points.reduce((sum, { input_tokens }) => sum + (input_tokens ?? 0), 0),
    2000,
  )
  assert.equal(series.points[0]?.latency_ms.p50, 1)
  assert.equal((await analyzed(rows.slice(0, 20))).series.step, 'minute')
})

test('a retried call is one call in the series, too', async () => {
  const first = call({ status: 'error', start_time: START })
  const retry = call({ retry_of: first.span_id, start_time: START + HOUR })
  const { series } = await analyzed([first, retry], { every: 'hour' })
  assert.equal(
    series.points.reduce((sum, { calls }) => sum + calls, 0),
    1,
  )
  assert.equal(
    series.points.reduce((sum, { errors }) => sum + (errors ?? 0), 0),
    0,
  )
})

test('a wrong step or zone is refused', async () => {
  const code = 'ANALYZE_OPTION_INVALID'
  await assert.rejects(analyzed([], { every: 'week' as never }), { code })
  await assert.rejects(analyzed([], { zone: 'Nowhere/Land' }), { code })
})

test('hours that come twice or not at all when clocks change are hours of the series', async () => {
  const half = HOUR / 2
  const from = Date.UTC(2026, 9, 24, 22)
  const rows = Array.from({ length: 12 }, (_, i) => call({ start_time: from + i * half }))
  const { points } = (await analyzed(rows, { every: 'hour', zone: 'Europe/Berlin' })).series
  assert.deepEqual(
    points.map(({ calls }) => calls),
    [2, 2, 2, 2, 2, 2],
  )
  const shifted = (await analyzed(rows, { every: 'hour', zone: 'Asia/Kathmandu' })).series
  assert.equal(shifted.points[0]?.from, '2026-10-24T21:15:00.000Z')
  // In Beirut the day on which clocks go forward begins at one.
  const spring = Date.UTC(2026, 2, 28, 12)
  const days = Array.from({ length: 48 }, (_, i) => call({ start_time: spring + i * HOUR }))
  const beirut = (await analyzed(days, { every: 'day', zone: 'Asia/Beirut' })).series
  assert.deepEqual(
    beirut.points.map(({ from: day, calls }) => [day, calls]),
    [
      ['2026-03-27T22:00:00.000Z', 10],
      ['2026-03-28T22:00:00.000Z', 23],
      ['2026-03-29T21:00:00.000Z', 15],
    ],
  )
})

test('hours without a call are a gap in the picture, not left out', async () => {
  const at = [0, 1, 2, 10, 11]
  const rows = at.map((hour) => call({ start_time: START + hour * HOUR, duration_ms: 10 }))
  const text = formatText(await analyzed(rows, { every: 'hour' }))
  assert.match(text, /latency p95 {2}███ {7}██ /)
})

test('few days are a table, too, named as the zone names them', async () => {
  const rows = Array.from({ length: 72 }, (_, i) => call({ start_time: START + i * HOUR }))
  const text = formatText(await analyzed(rows, { every: 'day', zone: 'Asia/Tokyo' }))
  assert.match(text, /\n {2}day +calls .*\n {2}2026-03-29 +17 .*\n {2}2026-03-30 +24 .*\n/)
  assert.doesNotMatch(formatText(await analyzed(rows, { every: 'hour' })), /\n {2}day /)
})

test('calls are grouped by minute, hour or day of a zone, in their order; hours that come twice are two', async () => {
  const from = Date.UTC(2026, 9, 24, 23, 30)
  const rows = Array.from({ length: 5 }, (_, i) =>
    call({ start_time: from + i * HOUR, user_id: `u${i % 2}` }),
  )
  const keys = async (by: string, zone = 'UTC') =>
    (await analyzed(rows, { by, zone })).groups.map(({ key, calls }) => [key[by], calls])
  assert.deepEqual(await keys('day'), [
    ['2026-10-24', 1],
    ['2026-10-25', 4],
  ])
  assert.deepEqual(await keys('hour', 'Europe/Berlin'), [
    ['2026-10-25 01:00+02:00', 1],
    ['2026-10-25 02:00+02:00', 1],
    ['2026-10-25 02:00+01:00', 1],
    ['2026-10-25 03:00+01:00', 1],
    ['2026-10-25 04:00+01:00', 1],
  ])
  assert.equal((await keys('minute', 'America/St_Johns'))[0]?.[0], '2026-10-24 21:00-02:30')
  const { groups } = await analyzed(rows, { by: 'user,day' })
  assert.deepEqual(groups[0]?.key, { user: 'u0', day: '2026-10-25' })
  assert.deepEqual(groups.length, 3)
})

test('the first and the last moments that there are do no harm in any zone', async () => {
  const ends = [8.64e15, -8.64e15, 8.64e15 - 1, 1 - 8.64e15, 0]
  const rows = ends.flatMap((time) => [
    call({ start_time: time }),
    { level: 30, time, recount: 1, event: 'evaluation', name: 'n', score: 1 },
    { level: 30, time: time * 1e5, recount: 1, event: 'evaluation', name: 'n', score: 1 },
  ])
  for (const zone of ['UTC', 'Asia/Kathmandu', 'America/Los_Angeles'])
    for (const every of ['minute', 'day'] as const) {
      const report = await analyzed(rows, { zone, every, by: 'day,hour' })
      assert.equal(report.totals.calls, 5)
      assert.ok(formatText(report).length > 100)
    }
})
