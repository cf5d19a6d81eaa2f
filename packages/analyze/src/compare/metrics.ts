const PERCENTILES = ['p50', 'p90', 'p95', 'p99']
const TOTALS = [
  ...['calls', 'errors', 'partial', 'aborted', 'retries', 'error_rate', 'input_tokens'],
  ...['output_tokens', 'avg_input_tokens', 'avg_output_tokens', 'cost_usd', 'cost_unknown_calls'],
]
const SUMMARIES = ['latency_ms', 'ttft_ms']
const SUMMARY = ['count', 'mean', 'min', 'max', ...PERCENTILES]
const INPUT = ['files', 'bytes', 'lines', 'records', 'interrupted', 'retries_unmatched']
const SKIPPED = ['malformed', 'not_a_call', 'outside_window', 'no_time']

/** Lists of a report that an expression can look into, and what names an entry. */
export const LISTS = { by_model: 'model', errors_by_type: 'type', errors_by_category: 'category' }

/** All metrics of `--fail-on`; NAME, VALUE and METRIC stand for what the user puts there. */
export const METRICS: readonly string[] = [
  ...PERCENTILES,
  ...PERCENTILES.map((name) => `ttft_${name}`),
  ...TOTALS,
  'interrupted',
  ...SUMMARIES.flatMap((summary) => SUMMARY.map((name) => `${summary}.${name}`)),
  ...INPUT.map((name) => `input.${name}`),
  ...SKIPPED.map((name) => `input.skipped.${name}`),
  ...['by_model[NAME].METRIC', 'groups[VALUE,VALUE].METRIC'],
  ...['errors_by_type[NAME].count', 'errors_by_category[NAME].count'],
]

/** The keys that lead to a number of the report, a list's entry by name; undefined for no metric. */
export function toPath(name: string): string[] | undefined {
  if (PERCENTILES.includes(name)) return ['latency_ms', name]
  const ttft = /^ttft_(.+)$/.exec(name)?.[1]
  if (ttft !== undefined && PERCENTILES.includes(ttft)) return ['ttft_ms', ttft]
  if (TOTALS.includes(name)) return ['totals', name]
  if (name === 'interrupted') return ['input', name]
  const path = LISTED.exec(name)?.slice(1) ?? name.split('.')
  return isMetric(path) ? path : undefined
}

const LISTED = /^(by_model|groups|errors_by_type|errors_by_category)\[(.*)\]\.(.+)$/s

function isMetric(path: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = path
  if (first === 'totals') return path.length === 2 && TOTALS.includes(second)
  if (SUMMARIES.includes(first)) return path.length === 2 && SUMMARY.includes(second)
  if (first === 'input') {
    return second === 'skipped'
      ? SKIPPED.includes(third)
      : path.length === 2 && INPUT.includes(second)
  }
  if (path.length !== 3) return false
  if (first.startsWith('errors_by')) return third === 'count'
  const [inner = '', value = ''] = third.split('.')
  return TOTALS.includes(third) || (SUMMARIES.includes(inner) && SUMMARY.includes(value))
}

/** The metric that a wrong name is nearly the name of, if that can be told. */
export function nearMetric(name: string): string | undefined {
  const [, list, entry, inner] = LISTED.exec(name) ?? []
  const prefix = list === undefined ? '' : `${list}[${entry}].`
  const word = (inner ?? name).toLowerCase()
  const ttft = /^ttft_(.+)$/.exec(word)?.[1]
  const candidates = [
    ...[word, `latency_ms.${word}`, `ttft_ms.${ttft}`],
    ...(prefix === '' ? [`input.${word}`, `input.skipped.${word}`] : []),
  ]
  return candidates.map((candidate) => prefix + candidate).find((candidate) => toPath(candidate))
}
