import type { Change } from '../compare/comparison.ts'
import type { Report } from '../report.ts'
import { countText, minuteText, moneyText, plural, shareText, timeText } from './number-text.ts'
import { cleanText, type Layout, shorten, table, wrap } from './text-layout.ts'

const MAX_ROWS = 12
const NAMES: Readonly<Record<string, string>> = {
  'latency_ms.p50': 'latency p50',
  'latency_ms.p90': 'latency p90',
  'latency_ms.p95': 'latency p95',
  'latency_ms.p99': 'latency p99',
  'ttft_ms.p50': 'first token p50',
  'ttft_ms.p95': 'first token p95',
  error_rate: 'error rate',
  avg_input_tokens: 'tokens in a call',
  avg_output_tokens: 'tokens out a call',
  avg_cost_usd: 'cost a call',
}

/** This period against the baseline; empty without one. */
export function comparisonLines({ comparison }: Report, layout: Layout): string[] {
  const { paint } = layout
  if (comparison === undefined) return []
  const { baseline, comparisons, changes, new_errors, new_models, gone_models } = comparison
  const { from, to } = baseline.window
  const period =
    from === null || to === null ? '' : `, ${minuteText(from)} to ${minuteText(to)} UTC`
  if (baseline.calls === 0) {
    const none = `The baseline has no calls${period}: there is nothing to compare with.`
    return [paint('bold', 'Against the baseline'), ...wrap(none, '  ', layout)]
  }
  const beyond = changes.filter(({ beyond_noise }) => beyond_noise)
  const shown = (beyond.length > 0 ? beyond : changes.filter(isOfAll)).slice(0, MAX_ROWS)
  const names = (list: readonly (string | null)[]) =>
    list
      .slice(0, 5)
      .map((name) => shorten(cleanText(name ?? '(no name)'), 30))
      .join(', ')
  return [
    paint('bold', 'Against the baseline'),
    ...wrap(`of ${plural(baseline.calls, 'call')}${period}`, '  ', layout).map((line) =>
      paint('dim', line),
    ),
    ...table(
      shown,
      [
        { title: 'number', text: nameOf },
        {
          ...{ title: 'before', drop: 2 },
          text: ({ metric, baseline: value }) => valueText(metric, value),
        },
        { title: 'now', text: ({ metric, current }) => valueText(metric, current) },
        {
          title: 'change',
          text: changeText,
          style: ({ beyond_noise, change }) =>
            beyond_noise ? (change > 0 ? 'red' : 'green') : undefined,
        },
        { title: 'verdict', text: verdictText, drop: 1 },
      ],
      layout,
    ),
    ...(new_errors.length > 0
      ? wrap(
          names(new_errors.map(({ type, count }) => `${type ?? '(no type named)'} (${count})`)),
          '  new errors: ',
          layout,
        )
      : []),
    ...(new_models.length > 0 ? wrap(names(new_models), '  new models: ', layout) : []),
    ...(gone_models.length > 0 ? wrap(names(gone_models), '  models gone: ', layout) : []),
    ...wrap(
      `${plural(comparisons, 'number')} compared, ${countText(beyond.length)} beyond noise; where nothing changed, at most 1 report in 20 says that anything did.`,
      '  ',
      layout,
    ),
  ]
}

function isOfAll({ model, key }: Change): boolean {
  return model === undefined && key === undefined
}

function nameOf({ metric, model, key }: Change): string {
  const name = NAMES[metric] ?? metric
  if (key !== undefined)
    return `${name} of ${Object.values(key)
      .map((value) => value ?? '–')
      .join(' · ')}`
  return model === undefined ? name : `${name} of ${model ?? '(no model named)'}`
}

function valueText(metric: string, value: number): string {
  if (metric.includes('_ms.')) return timeText(value)
  if (metric === 'error_rate') return shareText(value)
  return metric === 'avg_cost_usd' ? moneyText(value) : countText(Math.round(value))
}

function changeText({ relative, change, metric }: Change): string {
  if (relative === null) return `${change > 0 ? '+' : ''}${valueText(metric, change)}`
  const percent = relative * 100
  return `${percent > 0 ? '+' : ''}${percent.toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`
}

function verdictText({ beyond_noise }: Change): string {
  if (beyond_noise === null) return 'too few'
  return beyond_noise ? 'changed' : 'noise'
}
