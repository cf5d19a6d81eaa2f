import type { Summary } from '../count/distribution.ts'
import type { GroupNumbers, Numbers } from '../count/group.ts'
import type { GroupKey } from '../count/grouping.ts'
import type { Report } from '../report.ts'
import type { OutputOptions } from './output-options.ts'
import { type Family, familyText, type Labels, labelName, uniqueLabels } from './prometheus-text.ts'

/** Models and groups that are written, the most called first. */
const MAX_ROWS = 1_000

/** Numbers, and the labels that say of what. */
interface Row {
  readonly labels: Labels
  readonly numbers: GroupNumbers
}

const COUNTS: readonly (readonly [name: string, help: string, key: keyof Numbers])[] = [
  ['calls', 'Calls in the period, however many attempts each took.', 'calls'],
  ['failed_calls', 'Calls that ended as error or partial.', 'errors'],
  ['partial_calls', 'Calls that failed after a part of the answer.', 'partial'],
  ['aborted_calls', 'Calls that the caller ended.', 'aborted'],
  ['retries', 'Attempts beyond the first.', 'retries'],
  ['input_tokens', 'Tokens sent, of all attempts.', 'input_tokens'],
  ['output_tokens', 'Tokens received, of all attempts.', 'output_tokens'],
  ['cost_usd', 'Cost in US dollars, of all attempts with a known price.', 'cost_usd'],
  ['unpriced_calls', 'Calls whose cost is not known.', 'cost_unknown_calls'],
]
const QUANTILES = { '0.5': 'p50', '0.9': 'p90', '0.95': 'p95', '0.99': 'p99' } as const

/**
 * A report in Prometheus' text format, for the textfile collector of the node exporter. Times are seconds. What is
 * unknown is left out. The numbers are of the period that was read: gauges and summaries, not counters.
 */
export function formatPrometheus(report: Report, { bounds = [] }: OutputOptions = {}): string {
  const { totals, latency_ms, ttft_ms, by_model, groups, by } = report
  const total = { labels: {}, numbers: { ...totals, latency_ms, ttft_ms } }
  const models = by_model.slice(0, MAX_ROWS).map((row) => ({ model: row.model ?? '' }))
  const keys = groups.slice(0, MAX_ROWS).map(({ key }) => groupLabels(by, key))
  return [
    ...scope('recount', '', [total]),
    ...scope('recount_model', ' By model.', rowsOf(models, by_model)),
    ...scope('recount_group', ' By the keys of --by.', rowsOf(keys, groups)),
    counted('recount_errors_by_type', 'Failed calls by type of error.', 'type', report),
    counted('recount_errors_by_category', 'Failed calls by category of error.', 'category', report),
    ...inputFamilies(report),
    {
      ...{ name: 'recount_bound_broken', type: 'gauge' as const },
      help: 'Whether the bound of --fail-on is broken: 1 or 0.',
      samples: uniqueLabels(bounds.map(({ expression }) => ({ expression }))).map((labels, i) => ({
        labels,
        value: bounds[i]?.failed ? 1 : 0,
      })),
    },
  ]
    .map(familyText)
    .join('')
}

function rowsOf(labels: readonly Labels[], numbers: readonly GroupNumbers[]): Row[] {
  return uniqueLabels(labels).map((unique, i) => ({
    labels: unique,
    numbers: numbers[i] as GroupNumbers,
  }))
}

function groupLabels(by: readonly string[], key: GroupKey): Labels {
  const labels: { [name: string]: string } = {}
  for (const part of by) {
    let name = labelName(part)
    while (name in labels) name += '_'
    labels[name] = key[part] ?? ''
  }
  return labels
}

function scope(prefix: string, of: string, rows: readonly Row[]): Family[] {
  return [
    ...COUNTS.map(([name, help, key]): Family => {
      const samples = rows.map(({ labels, numbers }) => ({ labels, value: numbers[key] }))
      return { name: `${prefix}_${name}`, type: 'gauge', help: help + of, samples }
    }),
    summaryFamily(
      `${prefix}_latency_seconds`,
      `How long successful calls took.${of}`,
      rows.map(({ labels, numbers }) => ({ labels, summary: numbers.latency_ms })),
    ),
    summaryFamily(
      `${prefix}_first_token_seconds`,
      `Time to the first token of successful calls.${of}`,
      rows.map(({ labels, numbers }) => ({ labels, summary: numbers.ttft_ms })),
    ),
  ]
}

function summaryFamily(
  name: string,
  help: string,
  rows: readonly { readonly labels: Labels; readonly summary: Summary }[],
): Family {
  const known = rows.filter(({ summary }) => summary.count > 0)
  const samples = known.flatMap(({ labels, summary }) => [
    ...Object.entries(QUANTILES).map(([quantile, key]) => ({
      labels: { ...labels, quantile },
      value: seconds(summary[key]),
    })),
    { suffix: '_sum', labels, value: seconds((summary.mean ?? 0) * summary.count) },
    { suffix: '_count', labels, value: summary.count },
  ])
  return { name, type: 'summary', help, samples }
}

function counted(name: string, help: string, label: 'type' | 'category', report: Report): Family {
  const rows =
    label === 'type'
      ? report.errors_by_type.map(({ type, count }) => ({ value: type, count }))
      : report.errors_by_category.map(({ category, count }) => ({ value: category, count }))
  const samples = uniqueLabels(rows.map(({ value }) => ({ [label]: value ?? '' }))).map(
    (labels, i) => ({ labels, value: rows[i]?.count ?? null }),
  )
  return { name, type: 'gauge', help, samples }
}

function inputFamilies({ partial, input, window }: Report): Family[] {
  const gauge = (name: string, help: string, value: number | null): Family => ({
    ...{ name: `recount_${name}`, type: 'gauge', help, samples: [{ labels: {}, value }] },
  })
  const moment = (iso: string | null) => (iso === null ? null : Date.parse(iso) / 1000)
  return [
    gauge('interrupted_calls', 'Calls that started and never ended.', input.interrupted),
    gauge('input_lines', 'Lines that were read.', input.lines),
    gauge('input_malformed_lines', 'Lines that could not be read.', input.skipped.malformed),
    gauge('input_partial', 'Whether reading was stopped before the end: 1 or 0.', partial ? 1 : 0),
    gauge('window_start_timestamp_seconds', 'When the first call began.', moment(window.from)),
    gauge('window_end_timestamp_seconds', 'When the last call began.', moment(window.to)),
  ]
}

/** Without the dust of binary fractions. */
function seconds(ms: number | null): number | null {
  return ms === null ? null : Number((ms / 1000).toPrecision(12))
}
