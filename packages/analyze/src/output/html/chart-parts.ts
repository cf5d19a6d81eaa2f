import {
  countText,
  minuteText,
  moneyText,
  shareText,
  timeText,
  UNKNOWN,
} from '../../text/number-text.ts'
import type { Chart, ChartUnit } from './chart-data.ts'
import { html, type Markup } from './markup.ts'
import { pageTable } from './page-tables.ts'

const TEXTS: { readonly [unit in ChartUnit]: (value: number) => string } = {
  count: (value) => countText(Math.round(value)),
  share: shareText,
  ms: timeText,
  usd: moneyText,
}

/** A place for a chart, what it shows in words, and the same numbers as a table. */
export function chartFigure(chart: Chart, index: number, zone: string): Markup {
  const { title, unit, times, lines } = chart
  const words = `${title}. ${lines.map((line) => rangeText(line, unit)).join(' ')}`
  const table = pageTable(
    `${title}, ${zone}`,
    times.map((_, i) => i),
    [
      { title: 'from', cell: (i) => momentText(times[i] as number, zone) },
      ...lines.map(({ label, values }) => ({
        ...{ title: label, number: true },
        cell: (i: number) => valueText(values[i], unit),
      })),
    ],
  )
  return html`<figure>
<figcaption>${title}${legend(chart)}</figcaption>
<div class="chart" data-chart="${index}" role="img" aria-label="${words}" tabindex="0"></div>
<output class="readout"></output>
<details><summary>${title} as a table</summary>
${table}</details>
</figure>
`
}

function legend({ lines }: Chart): Markup[] {
  if (lines.length < 2) return []
  return lines.map(
    ({ label, color }) => html` <span class="key"><i class="${color}"></i>${label}</span>`,
  )
}

function rangeText({ label, values }: Chart['lines'][number], unit: ChartUnit): string {
  const known = values.filter((value) => value !== null)
  const [least, most] = [Math.min(...known), Math.max(...known)]
  if (known.length === 0) return `${label}: unknown.`
  return `${label}: from ${TEXTS[unit](least)} to ${TEXTS[unit](most)}.`
}

function valueText(value: number | null | undefined, unit: ChartUnit): string {
  return value === null || value === undefined ? UNKNOWN : TEXTS[unit](value)
}

/** `2026-11-20 09:00` on the clocks of a zone. */
function momentText(seconds: number, zone: string): string {
  const moment = new Date(seconds * 1000)
  if (zone === 'UTC') return minuteText(moment.toISOString())
  // Swedish writes dates as ISO 8601 does.
  const options = { timeZone: zone, dateStyle: 'short', timeStyle: 'short' } as const
  return new Intl.DateTimeFormat('sv-SE', options).format(moment)
}
