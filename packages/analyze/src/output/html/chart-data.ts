import type { Series, SeriesPoint, SeriesStep } from '../../count/time-series.ts'
import type { Report } from '../../report.ts'

/** What the numbers of a chart are, which says how they are written. */
export type ChartUnit = 'count' | 'share' | 'ms' | 'usd'

/** A chart over time; the page's script draws it. */
export interface Chart {
  readonly title: string
  readonly unit: ChartUnit
  /** Epoch seconds. */
  readonly times: readonly number[]
  readonly lines: readonly {
    readonly label: string
    readonly color: 'first' | 'second' | 'bad'
    readonly values: readonly (number | null)[]
  }[]
}

type ChartLine = Omit<Chart['lines'][number], 'values'> & {
  readonly value: (point: SeriesPoint) => number | null
  /** What a part without a call counts as. */
  readonly none: 0 | null
}

const CHARTS: readonly (Pick<Chart, 'title' | 'unit'> & {
  readonly lines: readonly ChartLine[]
})[] = [
  {
    ...{ title: 'Calls', unit: 'count' },
    lines: [{ label: 'calls', color: 'first', none: 0, value: ({ calls }) => calls }],
  },
  {
    ...{ title: 'Failed calls', unit: 'count' },
    lines: [{ label: 'failed', color: 'bad', none: 0, value: ({ errors }) => errors }],
  },
  {
    ...{ title: 'Latency of successful calls', unit: 'ms' },
    lines: [
      { label: 'p50', color: 'first', none: null, value: ({ latency_ms }) => latency_ms.p50 },
      { label: 'p95', color: 'second', none: null, value: ({ latency_ms }) => latency_ms.p95 },
    ],
  },
  {
    ...{ title: 'Cost', unit: 'usd' },
    lines: [{ label: 'cost', color: 'first', none: 0, value: ({ cost_usd }) => cost_usd }],
  },
  {
    ...{ title: 'Tokens', unit: 'count' },
    lines: [
      { label: 'in', color: 'first', none: 0, value: ({ input_tokens }) => input_tokens },
      { label: 'out', color: 'second', none: 0, value: ({ output_tokens }) => output_tokens },
    ],
  },
  {
    ...{ title: 'Tokens a call', unit: 'count' },
    lines: [
      { label: 'in', color: 'first', none: null, value: (point) => point.avg_input_tokens },
      { label: 'out', color: 'second', none: null, value: (point) => point.avg_output_tokens },
    ],
  },
]
const STEP_MS: { readonly [step in SeriesStep]: number } = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
}

/** The charts that have something to show: at least two parts of the series, and a value. */
export function chartsOf({ series }: Pick<Report, 'series'>): Chart[] {
  if (series.points.length < 2) return []
  const moments = momentsOf(series)
  const charts = CHARTS.map(({ title, unit, lines }) => ({
    ...{ title, unit, times: moments.map(({ time }) => time / 1000) },
    lines: lines.map(({ label, color, value, none }) => ({
      ...{ label, color },
      values: moments.map(({ point }) => (point === undefined ? none : value(point))),
    })),
  }))
  return charts.filter((chart) => chart.lines.some(({ values }) => values.some(Boolean)))
}

interface Moment {
  readonly time: number
  /** Undefined for a part without a call. */
  readonly point: SeriesPoint | undefined
}

/** The parts of a series, and the first and last of those without a call between them: a line must not hide a gap. */
function momentsOf({ points, step }: Series): Moment[] {
  const length = STEP_MS[step]
  const moments: Moment[] = []
  for (const point of points) {
    const time = Date.parse(point.from)
    const before = moments.at(-1)?.time
    // Half a step more: days are longer when clocks change.
    if (before !== undefined && time - before > 1.5 * length) {
      moments.push({ time: before + length, point: undefined })
      if (time - before > 2.5 * length) moments.push({ time: time - length, point: undefined })
    }
    moments.push({ time, point })
  }
  return moments
}
