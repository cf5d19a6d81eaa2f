import type { Summary } from '../count/distribution.ts'
import { ERRORS_UNKNOWN, type GroupNumbers, type Numbers } from '../count/group.ts'
import type { Report } from '../report.ts'
import { answerSections } from './answers-text.ts'
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
import { seriesLines } from './series-text.ts'
import {
  cleanText,
  type Layout,
  layoutOf,
  type Paint,
  padEnd,
  padStart,
  shorten,
  table,
  wrap,
  wrapItems,
} from './text-layout.ts'

/** How a report is written. */
export interface TextOptions {
  /** Whether to use colours; default false. */
  readonly color?: boolean
  /** How many columns there are, from 40 to 160; default 80. */
  readonly columns?: number
}

const MAX_ROWS = 10
const LABEL_WIDTH = 13

/** A report for people: as wide as asked for, the most important first, with bars. */
export function formatText(report: Report, options: TextOptions = {}): string {
  const layout = layoutOf(options.color ?? false, options.columns)
  const { paint } = layout
  const numbers =
    report.totals.calls === 0
      ? [[paint('bold', report.partial ? 'No finished calls so far' : 'No finished calls')]]
      : [
          headLines(report, layout),
          summaryLines(report, layout),
          latencyLines(report, layout),
          modelLines(report, layout),
          groupLines(report, layout),
          errorLines(report, layout),
          seriesLines(report, layout),
          ...answerSections(report, layout),
          comparisonLines(report, layout),
        ]
  const sections = [...numbers, inputLines(report, layout), explanationLines(report, layout)]
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${text.join('\n\n').replace(/[ \t]+$/gm, '')}\n`
}

function headLines(
  { partial, totals, window, by_model }: Report,
  { paint, width }: Layout,
): string[] {
  const models = by_model.filter(({ model }) => model !== null).length
  const { from, to } = window
  const parts = [
    ...(partial ? [paint('yellow', 'PARTIAL, stopped while reading')] : []),
    paint('bold', plural(totals.calls, 'call')),
    ...(models > 0 ? [plural(models, 'model')] : []),
    ...(from !== null && to !== null ? [periodText(from, to)] : []),
  ]
  return wrapItems(parts, ' · ', '', width)
}

function periodText(from: string, to: string): string {
  const [first, last] = [minuteText(from), minuteText(to)]
  if (first === last) return `${first} UTC`
  const sameDay = first.slice(0, 10) === last.slice(0, 10)
  return `${first} to ${sameDay ? last.slice(11) : last} UTC`
}

function summaryLines({ totals, latency_ms, ttft_ms }: Report, layout: Layout): string[] {
  const { paint } = layout
  const label = (text: string) => `  ${paint('dim', padEnd(text, LABEL_WIDTH))}`
  const unpriced =
    totals.cost_unknown_calls > 0
      ? `, ${plural(totals.cost_unknown_calls, 'call')} without a price`
      : ''
  return [
    ...errorRateLines(totals, label('errors'), layout),
    ...percentileLines(latency_ms, label('latency'), layout),
    ...percentileLines(ttft_ms, label('first token'), layout),
    ...wrap(
      `${tokensText(totals.input_tokens, totals.avg_input_tokens)}${cachedText(totals)}`,
      label('tokens in'),
      layout,
    ),
    label('tokens out') + tokensText(totals.output_tokens, totals.avg_output_tokens),
    ...wrap(
      totals.cost_usd === null ? 'unknown' : `${moneyText(totals.cost_usd)}${unpriced}`,
      label('cost'),
      layout,
    ),
  ]
}

function errorRateLines(totals: Numbers, label: string, layout: Layout): string[] {
  const { paint } = layout
  const { errors, error_rate, calls, partial, aborted, retries, status_unknown_calls } = totals
  if (errors === null) return wrap(`unknown: ${ERRORS_UNKNOWN}`, label, layout)
  const notes = [
    `${countText(errors)} of ${countText(calls)}`,
    ...(partial > 0 ? [`${countText(partial)} of them partial`] : []),
    ...(aborted > 0 ? [`${countText(aborted)} aborted`] : []),
    ...(status_unknown_calls > 0
      ? [`${countText(status_unknown_calls)} of an unknown ending`]
      : []),
    ...(retries > 0 ? [plural(retries, 'retry', 'retries')] : []),
  ]
  const rate = paint(errors > 0 ? 'red' : 'green', shareText(error_rate))
  return wrap(notes.join(', '), `${label}${rate}   `, layout)
}

function percentileLines(summary: Summary, label: string, { paint, width }: Layout): string[] {
  if (summary.count === 0) return []
  const items = (['p50', 'p90', 'p95', 'p99', 'max'] as const).map(
    (name) => `${paint('dim', name)} ${padEnd(timeText(summary[name]), 7)}`,
  )
  return wrapItems(items, '  ', label, width)
}

/** Over how many calls, where that is not all of them. */
function cachedText({ cache_share, cache_known_calls, calls, retries }: Numbers): string {
  if (cache_share === null || cache_share === 0) return ''
  const all = calls + retries
  const among =
    cache_known_calls < all
      ? ` (${countText(cache_known_calls)} of ${plural(all, 'call')} say)`
      : ''
  return `, ${shareText(cache_share)} from a cache${among}`
}

function tokensText(total: number | null, average: number | null): string {
  if (total === null || average === null) return 'unknown'
  return `${countText(total)}   ${countText(Math.round(average))} a call`
}

function latencyLines({ latency_ms, latency_histogram, totals }: Report, layout: Layout): string[] {
  const { paint } = layout
  const { count, method, max_relative_error } = latency_ms
  if (count === 0) return [paint('dim', 'No successful call says how long it took.')]
  const how =
    method === 'exact' ? 'exact' : `estimated, within ${shareText(max_relative_error)} of exact`
  const which = totals.errors === null ? 'call' : 'successful call'
  const title = `${paint('bold', 'Latency')} ${paint('dim', `of ${plural(count, which)}, ${how}`)}`
  if (count < 2) return []
  return [title, ...histogramLines(latency_histogram, latency_ms, layout)]
}

function modelLines({ by_model }: Report, layout: Layout): string[] {
  if (by_model.length === 0 || by_model.every(({ model }) => model === null)) return []
  const rows = by_model.map((row) => ({ ...row, name: row.model ?? '(no model named)' }))
  return groupTable('Models', 'model', rows, layout)
}

function groupLines({ by, groups }: Report, layout: Layout): string[] {
  if (groups.length === 0) return []
  const title = by.join(' · ')
  const rows = groups.map((row) => ({
    ...row,
    name: Object.values(row.key)
      .map((value) => value ?? UNKNOWN)
      .join(' · '),
  }))
  return groupTable(`By ${title}`, title, rows, layout)
}

function groupTable(
  title: string,
  first: string,
  rows: readonly (GroupNumbers & { readonly name: string })[],
  layout: Layout,
): string[] {
  const { paint } = layout
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
      { title: 'p50', drop: 2, text: ({ latency_ms }) => timeText(latency_ms.p50) },
      { title: 'p95', text: ({ latency_ms }) => timeText(latency_ms.p95) },
      { title: 'in', drop: 3, text: ({ input_tokens }) => shortCount(input_tokens) },
      { title: 'out', drop: 4, text: ({ output_tokens }) => shortCount(output_tokens) },
      { title: 'cost', drop: 1, text: ({ cost_usd }) => moneyText(cost_usd) },
    ],
    layout,
  )
  return [paint('bold', title), ...lines, ...moreLine(rows.length, paint)]
}

function errorLines({ errors_by_type, totals }: Report, { paint, width: room }: Layout): string[] {
  if (!totals.errors) return []
  const shown = errors_by_type.slice(0, MAX_ROWS)
  const names = shown.map(({ type }) =>
    shorten(cleanText(type ?? '(no type named)'), Math.floor(room * 0.45)),
  )
  const width = Math.max(...names.map((name) => padEnd(name, 0).length))
  const largest = Math.max(...shown.map(({ count }) => count))
  const countWidth = countText(largest).length
  const bar = Math.max(4, Math.min(Math.floor(room * 0.3), room - width - countWidth - 6))
  return [
    paint('bold', 'Errors'),
    ...shown.map(({ count }, i) => {
      const number = padStart(countText(count), countWidth)
      return `  ${padEnd(names[i] as string, width)}  ${number}  ${paint('red', barText(count, largest, bar))}`
    }),
    ...moreLine(errors_by_type.length, paint),
  ]
}

function moreLine(rows: number, paint: Paint): string[] {
  return rows > MAX_ROWS ? [paint('dim', `  and ${countText(rows - MAX_ROWS)} more`)] : []
}
