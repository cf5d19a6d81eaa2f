import { type Series, type SeriesPoint, type SeriesStep, STEP_MS } from '../count/time-series.ts'
import type { Report } from '../report.ts'
import { countText, minuteText, moneyText, shareText, shortCount, timeText } from './number-text.ts'
import { type Layout, padEnd, table, wrap } from './text-layout.ts'

const BARS = '▁▂▃▄▅▆▇█'
/** What stands beside a sparkline. */
const BESIDE = 34
const LABEL_WIDTH = 13

/** Sparklines of calls, errors, latency and tokens over time; empty for less than three parts. */
export function seriesLines({ series }: Report, layout: Layout): string[] {
  const { paint, width } = layout
  const room = Math.max(6, width - BESIDE)
  const { points, step, zone } = series
  if (points.length < 3) return []
  const steps = stepsIn(points, step)
  const columns = columnsOf(series, room)
  const line = (
    label: string,
    of: (point: SeriesPoint) => number | null,
    text: (value: number | null) => string,
  ) => {
    const values = columns.map((column) => mean(column.map(of)))
    const known = values.filter((value) => value !== null)
    if (known.length < 3 || Math.max(...known) === 0) return []
    const range = `${text(Math.min(...known))} to ${text(Math.max(...known))}`
    return [
      `  ${paint('dim', padEnd(label, LABEL_WIDTH))}${paint('cyan', sparkline(values))}  ${range}`,
    ]
  }
  const [first, last] = [points[0]?.from ?? '', points.at(-1)?.from ?? '']
  const where = zone === 'UTC' ? 'UTC' : `UTC; days of ${zone}`
  const each =
    columns.length < steps ? `, ${countText(Math.ceil(steps / room))} ${step}s a bar` : ''
  return [
    paint('bold', 'Over time'),
    ...wrap(
      `by ${step}${each}, ${minuteText(first)} to ${minuteText(last)} ${where}`,
      '  ',
      layout,
    ).map((text) => paint('dim', text)),
    ...line(
      'calls',
      ({ calls }) => calls,
      (value) => shortCount(value === null ? null : Math.round(value)),
    ),
    ...line('errors', ({ error_rate }) => error_rate, shareText),
    ...line('latency p95', ({ latency_ms }) => latency_ms.p95, timeText),
    ...line(
      'tokens in',
      ({ avg_input_tokens }) => avg_input_tokens,
      (value) => shortCount(value === null ? null : Math.round(value)),
    ),
    ...line('cost', ({ cost_usd }) => cost_usd, moneyText),
    ...dayLines(series, layout),
  ]
}

/** Days that are few enough to be read one by one. */
const MAX_DAYS = 31

function dayLines({ points, step, zone }: Series, layout: Layout): string[] {
  if (step !== 'day' || points.length > MAX_DAYS) return []
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' })
  return table(
    points,
    [
      { title: 'day', text: ({ from }) => day.format(new Date(from)) },
      { title: 'calls', text: ({ calls }) => shortCount(calls) },
      { title: 'errors', text: ({ error_rate }) => shareText(error_rate) },
      { title: 'p50', drop: 2, text: ({ latency_ms }) => timeText(latency_ms.p50) },
      { title: 'p95', text: ({ latency_ms }) => timeText(latency_ms.p95) },
      { title: 'in', drop: 3, text: ({ input_tokens }) => shortCount(input_tokens) },
      { title: 'out', drop: 4, text: ({ output_tokens }) => shortCount(output_tokens) },
      { title: 'cost', drop: 1, text: ({ cost_usd }) => moneyText(cost_usd) },
    ],
    layout,
  )
}

/** As many neighbours together as make the line fit; where nothing was called there is a gap. */
function columnsOf({ points, step }: Series, room: number): SeriesPoint[][] {
  const size = Math.ceil(stepsIn(points, step) / room)
  const first = Date.parse(points[0]?.from ?? '')
  const columns: SeriesPoint[][] = []
  for (const point of points) {
    const at = Math.floor(stepsBetween(first, point.from, step) / size)
    while (columns.length <= at) columns.push([])
    columns[at]?.push(point)
  }
  return columns
}

/** How many steps there are from the first to the last part. */
function stepsIn(points: readonly SeriesPoint[], step: SeriesStep): number {
  return stepsBetween(Date.parse(points[0]?.from ?? ''), points.at(-1)?.from ?? '', step) + 1
}

/** Days are an hour longer or shorter where clocks change. */
function stepsBetween(first: number, from: string, step: SeriesStep): number {
  return Math.round((Date.parse(from) - first) / STEP_MS[step])
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

/** A line from 0 to the largest; a gap where nothing is known. */
export function sparkline(values: readonly (number | null)[]): string {
  const largest = Math.max(...values.map((value) => value ?? 0))
  return values
    .map((value) =>
      value === null ? ' ' : (BARS[Math.min(7, Math.floor((value / largest) * 8))] ?? ' '),
    )
    .join('')
}
