import { createHash } from 'node:crypto'
import type { Report } from '../../report.ts'
import type { OutputOptions } from '../output-options.ts'
import { figureCards } from './cards.ts'
import { chartsOf } from './chart-data.ts'
import { chartFigure } from './chart-parts.ts'
import { histogramFigure } from './histogram-figure.ts'
import { html, jsonMarkup, type Markup, sourceMarkup } from './markup.ts'
import { outcomeSections } from './outcome-sections.ts'
import { type PageSources, pageSources } from './page-sources.ts'
import {
  boundsSection,
  changesSection,
  groupSections,
  listSections,
  readSection,
} from './sections.ts'
import { storySentences } from './story.ts'

/**
 * A report as one HTML page that needs nothing else: no request, no server. A content security policy allows the
 * page's own script and style by their digests and nothing besides.
 */
export function formatHtml(report: Report, { bounds = [] }: OutputOptions = {}): string {
  const charts = chartsOf(report)
  const sources = pageSources()
  const { zone, step } = report.series
  const figures = charts.map((chart, index) => chartFigure(chart, index, zone))
  const page = html`${head(sources)}<body>
<main>
<header><h1>Model calls</h1>
<ul class="story">${storySentences(report).map(
    (sentence) => html`<li>${sentence}</li>
`,
  )}</ul>
${report.totals.calls === 0 ? undefined : figureCards(report)}</header>
${boundsSection(bounds)}${changesSection(report)}
${figures.length === 0 ? undefined : html`<section><h2>Over time</h2><p class="dim">By ${step}, ${zone}.<span class="hint"> Arrow keys move along a chart.</span> p50: half of the calls took no longer; p95: 95 of 100 did not.</p><div class="charts">${figures}</div></section>`}
${spreadSection(report)}
${groupSections(report)}${listSections(report)}${outcomeSections(report.outcomes)}${readSection(report)}
</main>
<footer><p class="dim">Written by recount analyze. Percentiles are over successful calls.</p></footer>
<script type="application/json" id="charts">${jsonMarkup({ zone, charts })}</script>
<script>${sourceMarkup(sources.script)}</script>
</body>
</html>
`
  return page.markup
}

function head({ style, script }: PageSources): Markup {
  const policy = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Model calls</title>
<style>${sourceMarkup(style)}</style>
</head>
`
}

function digest(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`
}

function spreadSection(report: Report): Markup | undefined {
  const figure = histogramFigure(report)
  return figure && html`<section><h2>How long calls take</h2>${figure}</section>`
}
