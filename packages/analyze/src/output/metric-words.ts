import type { BoundResult } from '../compare/bounds.ts'
import { moneyText, shareText, timeText, UNKNOWN } from '../text/number-text.ts'

const WORDS: { readonly [metric: string]: string } = {
  error_rate: 'error rate',
  avg_input_tokens: 'input tokens per call',
  avg_output_tokens: 'output tokens per call',
  avg_cost_usd: 'cost per call',
}
const SUMMARIES: { readonly [name: string]: string } = {
  latency_ms: 'latency',
  ttft_ms: 'first token',
}

/** A metric of a comparison in words: `p95 latency`. */
export function metricWords(metric: string): string {
  const [summary = '', statistic] = metric.split('.')
  const words = SUMMARIES[summary]
  if (words !== undefined && statistic !== undefined) return `${statistic} ${words}`
  return WORDS[metric] ?? metric.replaceAll('_', ' ')
}

/** A value of a metric with its unit. */
export function metricText(metric: string, value: number | null): string {
  if (value === null) return UNKNOWN
  if (/_ms\.(?!count$)/.test(metric)) return timeText(value)
  if (/(_rate|_share)$/.test(metric)) return shareText(value)
  if (metric.endsWith('_usd')) return moneyText(value)
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 })
}

/** A relative change with its sign: `+33 %`; of an error rate the percentage points. */
export function changeText(
  metric: string,
  { change, relative }: { readonly change: number; readonly relative: number | null },
): string {
  if (metric.endsWith('_rate')) return `${signed(change * 100)} points`
  return relative === null ? 'from nothing' : `${signed(relative * 100)} %`
}

/** What a bound found, with its unit; of a change with its sign. */
export function foundText({ metric, value, expression, reason }: BoundResult): string {
  if (value === null) return reason
  const name = metric.replace(/^.*\]\./s, '')
  const [, unit] = /[<>=]\s*[+-]\s*[\d.e+-]+\s*(%|[a-z]*)\s*$/i.exec(expression) ?? []
  if (unit === undefined) return metricText(name, value)
  const isShare = name.endsWith('_rate') || unit === '%'
  if (isShare && !Number.isFinite(value)) return 'from nothing'
  if (isShare) return changeText(name, { change: value, relative: value })
  return `${value < 0 ? '−' : '+'}${metricText(name, Math.abs(value))}`
}

function signed(value: number): string {
  const digits = Math.abs(value) < 10 ? 1 : 0
  const text = Math.abs(value).toLocaleString('en-US', { maximumFractionDigits: digits })
  if (text === '0') return '±0'
  return `${value < 0 ? '−' : '+'}${text}`
}
