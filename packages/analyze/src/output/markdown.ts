import type { BoundResult } from '../compare/bounds.ts'
import type { Change } from '../compare/comparison.ts'
import { ERRORS_UNKNOWN, type GroupNumbers } from '../count/group.ts'
import type { BaselineReport, Report } from '../report.ts'
import { inputLines } from '../text/input-text.ts'
import {
  countText,
  moneyText,
  plural,
  shareText,
  shortCount,
  timeText,
} from '../text/number-text.ts'
import { layoutOf } from '../text/text-layout.ts'
import { groupName, NO_MODEL, NO_TYPE, subjectName } from './group-names.ts'
import { answersText } from './markdown-answers.ts'
import { codeBlock, codeText, type MarkdownColumn, markdownTable } from './markdown-text.ts'
import { changeText, foundText, metricText, metricWords } from './metric-words.ts'
import type { OutputOptions } from './output-options.ts'
import { periodText } from './period.ts'

const MAX_ROWS = 20
const MAX_BOUND = 200

/** A report for a pull request, in GitHub's Markdown: at most 20 rows a table, so that it fits a comment. */
export function formatMarkdown(report: Report, { bounds = [] }: OutputOptions = {}): string {
  const sections = [
    `### ${verdict(bounds)}`,
    headText(report),
    boundsText(bounds),
    ...(report.totals.calls > 0 ? [totalsText(report)] : []),
    changesText(report),
    groupsText(
      'Models',
      'model',
      report.by_model.map((row) => ({ ...row, name: row.model ?? NO_MODEL })),
    ),
    groupsText(
      `By ${report.by.map((key) => codeText(key)).join(', ')}`,
      'group',
      report.groups.map((row) => ({ ...row, name: groupName(row.key) })),
    ),
    errorsText(report),
    answersText(report),
    readText(report),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

function verdict(bounds: readonly BoundResult[]): string {
  const broken = bounds.filter(({ failed }) => failed).length
  if (bounds.length === 0) return 'Model calls'
  if (broken === 0) return `✅ Model calls: ${plural(bounds.length, 'bound')} checked, none broken`
  return `❌ Model calls: ${countText(broken)} of ${plural(bounds.length, 'bound')} broken`
}

function headText({ partial, totals, by_model, window }: Report): string {
  const stopped = partial ? ['**Partial**, stopped while reading'] : []
  if (totals.calls === 0) return [...stopped, 'No finished calls.'].join('. ')
  const models = by_model.filter(({ model }) => model !== null).length
  const calls = `**${plural(totals.calls, 'call')}**`
  const parts = [...stopped, calls, plural(models, 'model'), periodText(window)]
  return parts.filter((part) => part !== undefined).join(' · ')
}

function boundsText(bounds: readonly BoundResult[]): string {
  const shown = bounds.toSorted((a, b) => Number(b.failed) - Number(a.failed)).slice(0, MAX_ROWS)
  if (shown.length === 0) return ''
  const rows = markdownTable(shown, [
    { title: '', cell: ({ failed }) => (failed ? '❌ broken' : '✅ holds') },
    { title: 'fails when', cell: ({ expression }) => codeText(expression, MAX_BOUND) },
    { title: 'found', cell: (bound) => codeText(foundText(bound), MAX_BOUND) },
  ])
  return rows + moreText(bounds.length)
}

type Totals = Pick<BaselineReport, 'totals' | 'latency_ms' | 'ttft_ms'>

const TOTALS: readonly (readonly [title: string, text: (side: Totals) => string])[] = [
  ['calls', ({ totals }) => countText(totals.calls)],
  ['errors', errorsOf],
  ['latency p50', ({ latency_ms }) => timeText(latency_ms.p50)],
  ['latency p95', ({ latency_ms }) => timeText(latency_ms.p95)],
  ['latency p99', ({ latency_ms }) => timeText(latency_ms.p99)],
  ['first token p50', ({ ttft_ms }) => timeText(ttft_ms.p50)],
  ['tokens in', ({ totals }) => shortCount(totals.input_tokens)],
  ['tokens out', ({ totals }) => shortCount(totals.output_tokens)],
  ['input from a cache', ({ totals }) => shareText(totals.cache_share)],
  ['cost', costOf],
]

function totalsText(report: Report): string {
  const { baseline } = report
  const now = { title: baseline === undefined ? 'total' : 'now', number: true }
  return markdownTable(TOTALS, [
    { title: '', cell: ([title]) => title },
    ...(baseline === undefined
      ? []
      : [
          {
            title: 'before',
            number: true,
            cell: ([, text]: (typeof TOTALS)[number]) => text(baseline),
          },
        ]),
    { ...now, cell: ([, text]) => text(report) },
  ])
}

function errorsOf({ totals }: Totals): string {
  if (totals.errors === null) return `unknown (${codeText(ERRORS_UNKNOWN, MAX_BOUND)})`
  return `${countText(totals.errors)} (${shareText(totals.error_rate)})`
}

function costOf({ totals }: Totals): string {
  if (totals.cost_usd === null) return 'unknown'
  const { cost_unknown_calls: unpriced } = totals
  const rest = unpriced > 0 ? `, ${plural(unpriced, 'call')} without a price` : ''
  return moneyText(totals.cost_usd) + rest
}

function changesText({ comparison }: Report): string {
  if (comparison === undefined) return ''
  const { baseline, changes, comparisons, new_errors, new_models, gone_models } = comparison
  const beyond = changes.filter(({ beyond_noise }) => beyond_noise === true)
  const period = periodText(baseline.window)
  const against = `Against ${plural(baseline.calls, 'call')}${period ? `, ${period}` : ''}`
  const lines = [
    listText(
      'New errors',
      new_errors.map(({ type }) => type ?? NO_TYPE),
    ),
    listText(
      'New models',
      new_models.map((model) => model ?? NO_MODEL),
    ),
    listText(
      'Not seen any more',
      gone_models.map((model) => model ?? NO_MODEL),
    ),
  ].filter((line) => line !== '')
  if (baseline.calls === 0)
    return `#### Changes\n\nThe baseline has no calls${period ? `, ${period}` : ''}: there is nothing to compare with.`
  const found =
    beyond.length === 0
      ? `No change beyond noise in ${plural(comparisons, 'comparison')}.`
      : `${plural(beyond.length, 'change')} beyond noise in ${plural(comparisons, 'comparison')}:\n\n${changesTable(beyond)}`
  return [`#### Changes\n\n${against}. ${found}`, ...lines].join('\n\n')
}

function changesTable(changes: readonly Change[]): string {
  const columns: MarkdownColumn<Change>[] = [
    { title: 'what', cell: ({ metric }) => metricWords(metric) },
    { title: 'of', cell: (change) => nameCell(subjectName(change)) },
    { title: 'before', number: true, cell: ({ metric, baseline }) => metricText(metric, baseline) },
    { title: 'now', number: true, cell: ({ metric, current }) => metricText(metric, current) },
    { title: 'change', number: true, cell: (change) => changeText(change.metric, change) },
    {
      title: 'n',
      number: true,
      cell: ({ n_baseline, n_current }) => `${countText(n_baseline)} → ${countText(n_current)}`,
    },
  ]
  return markdownTable(changes.slice(0, MAX_ROWS), columns) + moreText(changes.length)
}

function nameCell(name: string | undefined): string {
  return name === undefined ? 'all calls' : codeText(name)
}

function listText(title: string, names: readonly string[]): string {
  if (names.length === 0) return ''
  const shown = names.slice(0, MAX_ROWS).map((name) => codeText(name))
  const rest = names.length - shown.length
  return `${title}: ${shown.join(', ')}${rest > 0 ? ` and ${countText(rest)} more` : ''}`
}

function groupsText(
  title: string,
  first: string,
  rows: readonly (GroupNumbers & { readonly name: string })[],
): string {
  if (rows.length === 0) return ''
  const number = true
  const text = markdownTable(rows.slice(0, MAX_ROWS), [
    { title: first, cell: ({ name }) => codeText(name) },
    { title: 'calls', number, cell: ({ calls }) => countText(calls) },
    { title: 'errors', number, cell: ({ error_rate }) => shareText(error_rate) },
    { title: 'p50', number, cell: ({ latency_ms }) => timeText(latency_ms.p50) },
    { title: 'p95', number, cell: ({ latency_ms }) => timeText(latency_ms.p95) },
    { title: 'in', number, cell: ({ input_tokens }) => shortCount(input_tokens) },
    { title: 'out', number, cell: ({ output_tokens }) => shortCount(output_tokens) },
    { title: 'cost', number, cell: ({ cost_usd }) => moneyText(cost_usd) },
  ])
  return `#### ${title}\n\n${text}${moreText(rows.length)}`
}

function errorsText({ errors_by_type, totals }: Report): string {
  if (!totals.errors) return ''
  const rows = markdownTable(errors_by_type.slice(0, MAX_ROWS), [
    { title: 'error', cell: ({ type }) => codeText(type ?? NO_TYPE) },
    { title: 'calls', number: true, cell: ({ count }) => countText(count) },
  ])
  return `#### Errors\n\n${rows}${moreText(errors_by_type.length)}`
}

function readText(report: Report): string {
  const { notes, input } = report
  const some = { damaged: input.damaged.slice(0, MAX_ROWS), left_out: input.left_out.slice(0, 20) }
  const lines = inputLines({ ...report, notes, input: { ...input, ...some } }, layoutOf(false))
  return `<details><summary>What was read</summary>\n\n${codeBlock(lines)}\n\n</details>`
}

function moreText(rows: number): string {
  return rows > MAX_ROWS ? `\n\nand ${countText(rows - MAX_ROWS)} more` : ''
}
