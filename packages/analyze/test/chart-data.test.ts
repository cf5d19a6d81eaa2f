import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chartsOf } from '../src/output/html/chart-data.ts'
import { analyzed, call } from './fixtures.ts'

const HOUR = 3_600_000
const BEGIN = 1_789_999_200_000

function valuesOf(charts: ReturnType<typeof chartsOf>, title: string): unknown {
  return charts.find((chart) => chart.title === title)?.lines[0]?.values
}

test('a line does not hide a gap: no calls are 0, and their latency is not there', async () => {
  const hours = [0, 1, 5, 7]
  const records = hours.map((hour) => call({ start_time: BEGIN + hour * HOUR, duration_ms: 10 }))
  const charts = chartsOf(await analyzed(records, { every: 'hour' }))
  assert.deepEqual(
    charts[0]?.times.map((time) => (time * 1000 - BEGIN) / HOUR),
    [0, 1, 2, 4, 5, 6, 7],
  )
  assert.deepEqual(valuesOf(charts, 'Calls'), [1, 1, 0, 0, 1, 0, 1])
  assert.deepEqual(valuesOf(charts, 'Latency of successful calls'), [
    10,
    10,
    null,
    null,
    10,
    null,
    10,
  ])
})

test('a day of 25 hours is no gap', async () => {
  const records = [24, 25, 26].map((day) =>
    call({ start_time: Date.parse(`2026-10-${day}T12:00:00Z`) }),
  )
  const charts = chartsOf(await analyzed(records, { every: 'day', zone: 'Europe/Berlin' }))
  assert.deepEqual(valuesOf(charts, 'Calls'), [1, 1, 1])
})

test('what nobody knows has no chart, and one moment makes none', async () => {
  const records = [0, 1].map((hour) => call({ start_time: BEGIN + hour * HOUR }))
  const titles = chartsOf(await analyzed(records, { every: 'hour' })).map(({ title }) => title)
  assert.deepEqual(titles, ['Calls', 'Latency of successful calls'])
  assert.deepEqual(chartsOf(await analyzed([call()])), [])
})

test('a series has at most 750 parts with those that have no call, so that a few calls in a month make no picture of minutes', async () => {
  const records = Array.from({ length: 60 }, (_, i) => call({ start_time: BEGIN + i * 12 * HOUR }))
  const { series } = await analyzed(records)
  assert.equal(series.step, 'hour')
  const { series: longer } = await analyzed([...records, call({ start_time: BEGIN + 800 * HOUR })])
  assert.equal(longer.step, 'day')
  assert.equal(
    longer.points.reduce((sum, { calls }) => sum + calls, 0),
    61,
  )
})
