import type { Report } from '../../report.ts'
import { countText, plural, timeText } from '../../text/number-text.ts'
import { html, type Markup } from './markup.ts'

const WIDTH = 400

/** How the latencies are spread: a bar for each range, with its count, as a table. */
export function histogramFigure({ latency_histogram, latency_ms }: Report): Markup | undefined {
  const bars = withoutEmptyEnds(latency_histogram)
  if (latency_ms.count < 2 || bars.length < 2) return undefined
  const largest = Math.max(...bars.map(({ count }) => count))
  const rows = bars.map(({ from, to, count }) => {
    const width = count === 0 ? 0 : Math.max(1, Math.round((count / largest) * WIDTH))
    return html`<tr><th scope="row">${timeText(from)} – ${timeText(to)}</th><td class="number">${countText(count)}</td><td class="bar"><svg viewBox="0 0 ${WIDTH} 12" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="12"></rect></svg></td></tr>
`
  })
  return html`<table class="histogram"><caption>How long ${plural(latency_ms.count, 'successful call')} took</caption>
<thead><tr><th scope="col">took</th><th scope="col" class="number">calls</th><td></td></tr></thead>
<tbody>
${rows}</tbody></table>
`
}

function withoutEmptyEnds(bars: Report['latency_histogram']): Report['latency_histogram'] {
  const first = bars.findIndex(({ count }) => count > 0)
  return bars.slice(Math.max(0, first), bars.findLastIndex(({ count }) => count > 0) + 1)
}
