import type { SeriesPoint } from '../count/time-series.ts'
import type { Report } from '../report.ts'
import {
  countText,
  minuteText,
  moneyText,
  plural,
  shareText,
  shortCount,
  timeText,
  UNKNOWN,
} from './number-text.ts'
import { cleanText, type Paint, padEnd, shorten, wrap } from './text-layout.ts'

const BARS = '▁▂▃▄▅▆▇█'
const WIDTH = 48
const LABEL_WIDTH = 13
const MAX_ROWS = 5

/** Sparklines of calls, errors, latency and tokens over time; empty for less than three parts. */
export function seriesLines({ series }: Report, paint: Paint): string[] {
  const { points, step, zone } = series
  if (points.length < 3) return []
  const columns = columnsOf(points)
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
    columns.length < points.length
      ? `, ${countText(Math.ceil(points.length / WIDTH))} ${step}s a bar`
      : ''
  return [
    `${paint('bold', 'Over time')} ${paint('dim', `by ${step}${each}, ${minuteText(first)} to ${minuteText(last)} ${where}`)}`,
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
  ]
}

/** As many neighbours together as make the line fit. */
function columnsOf(points: readonly SeriesPoint[]): SeriesPoint[][] {
  const size = Math.ceil(points.length / WIDTH)
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) =>
    points.slice(i * size, (i + 1) * size),
  )
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

/** From 0 to the largest; a gap where nothing is known. */
function sparkline(values: readonly (number | null)[]): string {
  const largest = Math.max(...values.map((value) => value ?? 0))
  return values
    .map((value) =>
      value === null ? ' ' : (BARS[Math.min(7, Math.floor((value / largest) * 8))] ?? ' '),
    )
    .join('')
}

/** What became of answers, and what cost most; empty where no line tells. */
export function answerLines({ outcomes, top_traces, totals }: Report, paint: Paint): string[] {
  const { validation, user_actions, evaluations, latency_split_ms } = outcomes
  const judged = validation.passed + validation.failed
  const lines = [
    ...(judged > 0 && validation.failed > 0
      ? wrap(
          `${countText(validation.failed)} of ${countText(judged)} failed: ${validation.by_rule
            .slice(0, MAX_ROWS)
            .map(({ rule, failed }) => `${name(rule)} ${countText(failed)}`)
            .join(', ')}`,
          label('validation', paint),
        )
      : []),
    ...user_actions
      .slice(0, MAX_ROWS)
      .flatMap((row) =>
        wrap(
          `${name(row.prompt)}: ${plural(row.actions, 'action')}, edited ${shareText(row.edit_rate)}, retried ${shareText(row.retry_rate)}, abandoned ${shareText(row.abandon_rate)}`,
          label('users', paint),
        ),
      ),
    ...evaluations
      .slice(0, MAX_ROWS)
      .flatMap(({ name: what, prompt, count, mean_score }) =>
        wrap(
          `${name(what)} of ${name(prompt)}: ${mean_score === null ? UNKNOWN : mean_score.toFixed(2)}, ${countText(count)} judged`,
          label('scores', paint),
        ),
      ),
    ...(latency_split_ms === null || latency_split_ms.total.count < 2
      ? []
      : wrap(
          `p50 of whole traces: ${timeText(latency_split_ms.total.p50)}, of it models ${timeText(latency_split_ms.llm.p50)}, retrieval ${timeText(latency_split_ms.retrieval.p50)}, tools ${timeText(latency_split_ms.tools.p50)}`,
          label('where time', paint),
        )),
    ...((top_traces[0]?.calls ?? 0) > 1 && totals.cost_usd !== null
      ? wrap(
          top_traces
            .slice(0, 3)
            .map(
              ({ trace_id, cost_usd }) =>
                `${shorten(cleanText(trace_id), 12)} ${moneyText(cost_usd)}`,
            )
            .join(', '),
          label('dearest', paint),
        )
      : []),
  ]
  return lines.length === 0 ? [] : [paint('bold', 'Answers'), ...lines]
}

function label(text: string, paint: Paint): string {
  return `  ${paint('dim', padEnd(text, LABEL_WIDTH))}`
}

function name(text: string | null): string {
  return text === null ? '(not named)' : shorten(cleanText(text), 30)
}
