import type { Summary } from '../count/distribution.ts'
import { ERRORS_UNKNOWN, type GroupNumbers, type Numbers } from '../count/group.ts'
import type { Report } from '../report.ts'
import { barText, histogramLines } from './bars.ts'
import { comparisonLines } from './comparison-text.ts'
import { explanationLines } from './explanation-text.ts'
import { inputLines } from './input-text.ts'
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
import { answerLines, seriesLines } from './series-text.ts'
import {
  cleanText,
  type Paint,
  padEnd,
  padStart,
  painter,
  shorten,
  table,
  wrap,
} from './text-layout.ts'

/** How a report is written. */
export interface TextOptions {
  /** Whether to use colours; default false. */
  readonly color?: boolean
}

const MAX_ROWS = 10
const LABEL_WIDTH = 13

/** A report for people: at most 80 columns wide, the most important first, with bars. */
export function formatText(report: Report, options: TextOptions = {}): string {
  const paint = painter(options.color ?? false)
  const numbers =
    report.totals.calls === 0
      ? [[paint('bold', report.partial ? 'No finished calls so far' : 'No finished calls')]]
      : [
          headLines(report, paint),
          summaryLines(report, paint),
          latencyLines(report, paint),
          modelLines(report, paint),
          groupLines(report, paint),
          errorLines(report, paint),
          seriesLines(report, paint),
          answerLines(report, paint),
          comparisonLines(report, paint),
        ]
  const sections = [...numbers, inputLines(report, paint), explanationLines(report, paint)]
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${text.join('\n\n').replace(/[ \t]+$/gm, '')}\n`
}

function headLines({ partial, totals, window, by_model }: Report, paint: Paint): string[] {
  const models = by_model.filter(({ model }) => model !== null).length
  const { from, to } = window
  const parts = [
    ...(partial ? [paint('yellow', 'PARTIAL, stopped while reading')] : []),
    paint('bold', plural(totals.calls, 'call')),
    ...(models > 0 ? [plural(models, 'model')] : []),
    ...(from !== null && to !== null ? [periodText(from, to)] : []),
  ]
  return [parts.join(' · ')]
}

function periodText(from: string, to: string): string {
  const [first, last] = [minuteText(from), minuteText(to)]
  if (first === last) return `${first} UTC`
  const sameDay = first.slice(0, 10) === last.slice(0, 10)
  return `${first} to ${sameDay ? last.slice(11) : last} UTC`
}

function summaryLines({ totals, latency_ms, ttft_ms }: Report, paint: Paint): string[] {
  const label = (text: string) => `  ${paint('dim', padEnd(text, LABEL_WIDTH))}`
  const unpriced =
    totals.cost_unknown_calls > 0
      ? `, ${plural(totals.cost_unknown_calls, 'call')} without a price`
      : ''
  return [
    ...errorRateLines(totals, label('errors'), paint),
    ...(latency_ms.count > 0 ? [label('latency') + percentilesText(latency_ms, paint)] : []),
    ...(ttft_ms.count > 0 ? [label('first token') + percentilesText(ttft_ms, paint)] : []),
    label('tokens in') + tokensText(totals.input_tokens, totals.avg_input_tokens),
    label('tokens out') + tokensText(totals.output_tokens, totals.avg_output_tokens),
    label('cost') +
      (totals.cost_usd === null ? 'unknown' : `${moneyText(totals.cost_usd)}${unpriced}`),
  ]
}

function errorRateLines(totals: Numbers, label: string, paint: Paint): string[] {
  const { errors, error_rate, calls, partial, aborted, retries } = totals
  if (errors === null) return wrap(`unknown: ${ERRORS_UNKNOWN}`, label)
  const notes = [
    `${countText(errors)} of ${countText(calls)}`,
    ...(partial > 0 ? [`${countText(partial)} of them partial`] : []),
    ...(aborted > 0 ? [`${countText(aborted)} aborted`] : []),
    ...(retries > 0 ? [plural(retries, 'retry', 'retries')] : []),
  ]
  const rate = paint(errors > 0 ? 'red' : 'green', shareText(error_rate))
  return [`${label}${rate}   ${notes.join(', ')}`]
}

function percentilesText(summary: Summary, paint: Paint): string {
  return (['p50', 'p90', 'p95', 'p99', 'max'] as const)
    .map((name) => `${paint('dim', name)} ${padEnd(timeText(summary[name]), 8)}`)
    .join(' ')
}

function tokensText(total: number | null, average: number | null): string {
  if (total === null || average === null) return 'unknown'
  return `${countText(total)}   ${countText(Math.round(average))} a call`
}

function latencyLines({ latency_ms, latency_histogram, totals }: Report, paint: Paint): string[] {
  const { count, method, max_relative_error } = latency_ms
  if (count === 0) return [paint('dim', 'No successful call says how long it took.')]
  const how =
    method === 'exact' ? 'exact' : `estimated, within ${shareText(max_relative_error)} of exact`
  const which = totals.errors === null ? 'call' : 'successful call'
  const title = `${paint('bold', 'Latency')} ${paint('dim', `of ${plural(count, which)}, ${how}`)}`
  if (count < 2) return []
  return [title, ...histogramLines(latency_histogram, latency_ms, paint)]
}

function modelLines({ by_model }: Report, paint: Paint): string[] {
  if (by_model.length === 0 || by_model.every(({ model }) => model === null)) return []
  const rows = by_model.map((row) => ({ ...row, name: row.model ?? '(no model named)' }))
  return groupTable('Models', 'model', rows, paint)
}

function groupLines({ by, groups }: Report, paint: Paint): string[] {
  if (groups.length === 0) return []
  const title = by.join(' · ')
  const rows = groups.map((row) => ({
    ...row,
    name: Object.values(row.key)
      .map((value) => value ?? UNKNOWN)
      .join(' · '),
  }))
  return groupTable(`By ${title}`, title, rows, paint)
}

function groupTable(
  title: string,
  first: string,
  rows: readonly (GroupNumbers & { readonly name: string })[],
  paint: Paint,
): string[] {
  const lines = table(
    rows.slice(0, MAX_ROWS),
    [
      { title: first, text: ({ name }) => name },
      { title: 'calls', text: ({ calls }) => shortCount(calls) },
      {
        title: 'errors',
        text: ({ error_rate }) => shareText(error_rate),
        style: ({ errors }) => ((errors ?? 0) > 0 ? 'red' : undefined),
      },
      { title: 'p50', text: ({ latency_ms }) => timeText(latency_ms.p50) },
      { title: 'p95', text: ({ latency_ms }) => timeText(latency_ms.p95) },
      { title: 'in', text: ({ input_tokens }) => shortCount(input_tokens) },
      { title: 'out', text: ({ output_tokens }) => shortCount(output_tokens) },
      { title: 'cost', text: ({ cost_usd }) => moneyText(cost_usd) },
    ],
    paint,
  )
  return [paint('bold', title), ...lines, ...moreLine(rows.length, paint)]
}

function errorLines({ errors_by_type, totals }: Report, paint: Paint): string[] {
  if (!totals.errors) return []
  const shown = errors_by_type.slice(0, MAX_ROWS)
  const names = shown.map(({ type }) => shorten(cleanText(type ?? '(no type named)'), 36))
  const width = Math.max(...names.map((name) => padEnd(name, 0).length))
  const largest = Math.max(...shown.map(({ count }) => count))
  const countWidth = countText(largest).length
  return [
    paint('bold', 'Errors'),
    ...shown.map(({ count }, i) => {
      const number = padStart(countText(count), countWidth)
      return `  ${padEnd(names[i] as string, width)}  ${number}  ${paint('red', barText(count, largest, 24))}`
    }),
    ...moreLine(errors_by_type.length, paint),
  ]
}

function moreLine(rows: number, paint: Paint): string[] {
  return rows > MAX_ROWS ? [paint('dim', `  and ${countText(rows - MAX_ROWS)} more`)] : []
}
