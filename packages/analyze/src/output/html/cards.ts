import type { BaselineReport, Report } from '../../report.ts'
import {
  countText,
  moneyText,
  shareText,
  shortCount,
  timeText,
  UNKNOWN,
} from '../../text/number-text.ts'
import { html, type Markup } from './markup.ts'

type Side = Pick<BaselineReport, 'totals' | 'latency_ms'>

const FIGURES: readonly (readonly [title: string, text: (side: Side) => string])[] = [
  ['Calls', ({ totals }) => countText(totals.calls)],
  ['Failed', ({ totals }) => shareText(totals.error_rate)],
  ['Typical latency', ({ latency_ms }) => timeText(latency_ms.p50)],
  ['Slowest 5 %', ({ latency_ms: { p95 } }) => (p95 === null ? UNKNOWN : `> ${timeText(p95)}`)],
  ['Cost', ({ totals }) => moneyText(totals.cost_usd)],
  ['Tokens in', ({ totals }) => shortCount(totals.input_tokens)],
  ['Tokens out', ({ totals }) => shortCount(totals.output_tokens)],
]

/** The numbers that everybody looks for first, each with what it was before where there is a baseline. */
export function figureCards(report: Report): Markup {
  const { totals, baseline } = report
  const failed = (totals.errors ?? 0) > 0
  const before = (text: (side: Side) => string): Markup | undefined =>
    baseline === undefined ? undefined : html`<dd class="before">before: ${text(baseline)}</dd>`
  return html`<dl class="cards">
${FIGURES.map(
  ([title, text]) =>
    html`<div><dt>${title}</dt><dd${title === 'Failed' && failed ? html` class="bad"` : undefined}>${text(report)}</dd>${before(text)}</div>
`,
)}</dl>
`
}
