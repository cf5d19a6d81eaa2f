import type { BoundResult } from '../../compare/bounds.ts'
import type { Change } from '../../compare/comparison.ts'
import type { GroupNumbers } from '../../count/group.ts'
import type { Report } from '../../report.ts'
import { inputLines } from '../../text/input-text.ts'
import {
  countText,
  moneyText,
  plural,
  shareText,
  shortCount,
  timeText,
} from '../../text/number-text.ts'
import { layoutOf } from '../../text/text-layout.ts'
import { groupName, NO_MODEL, NO_TYPE, subjectName } from '../group-names.ts'
import { changeText, foundText, metricText, metricWords } from '../metric-words.ts'
import { html, type Markup } from './markup.ts'
import { type PageColumn, pageTable } from './page-tables.ts'
import { changeSentences } from './story.ts'

const MAX_ROWS = 200

/** The bounds that were checked, the broken ones first. */
export function boundsSection(bounds: readonly BoundResult[]): Markup | undefined {
  if (bounds.length === 0) return undefined
  const broken = bounds.filter(({ failed }) => failed).length
  const verdict =
    broken === 0
      ? html`<p class="verdict good">${plural(bounds.length, 'bound was', 'bounds were')} checked, none is broken.</p>`
      : html`<p class="verdict bad">${countText(broken)} of ${plural(bounds.length, 'bound')} broken.</p>`
  const rows = bounds.toSorted((a, b) => Number(b.failed) - Number(a.failed))
  const table = pageTable('Bounds', rows.slice(0, MAX_ROWS), [
    { title: 'fails when', cell: ({ expression }) => expression },
    {
      title: 'verdict',
      cell: ({ failed }) => (failed ? 'broken' : 'holds'),
      bad: ({ failed }) => failed,
    },
    { title: 'found', cell: foundText },
  ])
  return html`<section><h2>Bounds</h2>${verdict}${table}</section>
`
}

/** What changed against the baseline, in words and as a table. */
export function changesSection(report: Report): Markup | undefined {
  const { comparison } = report
  if (comparison === undefined) return undefined
  const { baseline, changes, new_errors, new_models, gone_models } = comparison
  if (baseline.calls === 0) {
    return html`<section><h2>Against the baseline</h2>
<p>The baseline has no calls: there is nothing to compare with.</p></section>
`
  }
  const lists = [
    ...named(
      'New errors',
      new_errors.map(({ type }) => type ?? NO_TYPE),
    ),
    ...named(
      'New models',
      new_models.map((model) => model ?? NO_MODEL),
    ),
    ...named(
      'Not seen any more',
      gone_models.map((model) => model ?? NO_MODEL),
    ),
  ]
  const sentences = [...changeSentences(report), ...lists]
  return html`<section><h2>Against ${plural(baseline.calls, 'earlier call')}</h2>
<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
${changes.length === 0 ? undefined : changesTable(changes)}</section>
`
}

function named(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return []
  const shown = names.slice(0, 10).join(', ')
  return [
    `${title}: ${shown}${names.length > 10 ? ` and ${countText(names.length - 10)} more` : ''}.`,
  ]
}

function changesTable(changes: readonly Change[]): Markup {
  const columns: PageColumn<Change>[] = [
    { title: 'what', cell: ({ metric }) => metricWords(metric) },
    { title: 'of', cell: (change) => subjectName(change) ?? 'all calls' },
    { title: 'before', number: true, cell: ({ metric, baseline }) => metricText(metric, baseline) },
    { title: 'now', number: true, cell: ({ metric, current }) => metricText(metric, current) },
    { title: 'change', number: true, cell: (change) => changeText(change.metric, change) },
    { title: 'calls before', number: true, cell: ({ n_baseline }) => countText(n_baseline) },
    { title: 'calls now', number: true, cell: ({ n_current }) => countText(n_current) },
    { title: 'more than chance', cell: ({ beyond_noise }) => NOISE[String(beyond_noise)] ?? '' },
  ]
  const table = pageTable('Changes', changes.slice(0, MAX_ROWS), columns)
  return html`<details><summary>All comparisons</summary>${table}${more(changes.length)}</details>`
}

const NOISE: { readonly [verdict: string]: string } = {
  true: 'yes',
  false: 'no',
  null: 'too few to say',
}

/** Models, and the groups of `by`. */
export function groupSections({ by_model, by, groups }: Report): Markup[] {
  const models = by_model.map((row) => ({ ...row, name: row.model ?? NO_MODEL }))
  const keyed = groups.map((row) => ({ ...row, name: groupName(row.key) }))
  return [
    ...groupSection('Models', 'model', models),
    ...groupSection(`By ${by.join(', ')}`, by.join(' · '), keyed),
  ]
}

function groupSection(
  title: string,
  first: string,
  rows: readonly (GroupNumbers & { readonly name: string })[],
): Markup[] {
  if (rows.length === 0) return []
  const number = true
  const table = pageTable(title, rows.slice(0, MAX_ROWS), [
    { title: first, cell: ({ name }) => name },
    { title: 'calls', number, cell: ({ calls }) => countText(calls) },
    {
      ...{ title: 'errors', number, bad: ({ errors }) => (errors ?? 0) > 0 },
      cell: ({ error_rate }) => shareText(error_rate),
    },
    { title: 'p50', number, cell: ({ latency_ms }) => timeText(latency_ms.p50) },
    { title: 'p95', number, cell: ({ latency_ms }) => timeText(latency_ms.p95) },
    { title: 'tokens in', number, cell: ({ input_tokens }) => shortCount(input_tokens) },
    { title: 'tokens out', number, cell: ({ output_tokens }) => shortCount(output_tokens) },
    { title: 'cost', number, cell: ({ cost_usd }) => moneyText(cost_usd) },
  ])
  return [
    html`<section><h2>${title}</h2>${table}${more(rows.length)}</section>
`,
  ]
}

/** Which errors, and which traces cost most. */
export function listSections({ errors_by_type, totals, top_traces }: Report): Markup[] {
  const number = true
  const errors = pageTable('Errors by type', errors_by_type.slice(0, MAX_ROWS), [
    { title: 'error', cell: ({ type }) => type ?? NO_TYPE },
    { title: 'calls', number, cell: ({ count }) => countText(count) },
    {
      title: 'of all errors',
      number,
      cell: ({ count }) => shareText(count / (totals.errors || 1)),
    },
  ])
  const traces = pageTable('Most expensive traces', top_traces, [
    { title: 'trace', cell: ({ trace_id }) => trace_id },
    { title: 'calls', number, cell: ({ calls }) => countText(calls) },
    { title: 'cost', number, cell: ({ cost_usd }) => moneyText(cost_usd) },
  ])
  return [
    ...(errors_by_type.length > 0
      ? [
          html`<section><h2>Errors</h2>${errors}${more(errors_by_type.length)}</section>
`,
        ]
      : []),
    ...(top_traces.length > 0
      ? [
          html`<section><h2>Most expensive traces</h2>${traces}</section>
`,
        ]
      : []),
  ]
}

/** What the numbers are over. */
export function readSection(report: Report): Markup {
  const text = inputLines(report, layoutOf(false)).join('\n')
  return html`<section><h2>What was read</h2><pre tabindex="0" role="region" aria-label="What was read">${linesOf(text)}</pre></section>
`
}

/** Line ends are control characters to whoever cleans a text. */
function linesOf(text: string): Markup[] {
  return text.split('\n').map(
    (line) => html`${line}
`,
  )
}

function more(rows: number): Markup | undefined {
  return rows > MAX_ROWS ? html`<p>and ${countText(rows - MAX_ROWS)} more</p>` : undefined
}
