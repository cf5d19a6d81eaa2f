import type { Summary } from '../count/distribution.ts'
import type { GroupNumbers } from '../count/group.ts'
import type { Report } from '../report.ts'
import { bucketFinder } from './otlp-buckets.ts'

/** Names of OpenTelemetry's GenAI conventions for keys of `--by`; others are `recount.KEY`. */
const ATTRIBUTES: { readonly [key: string]: string } = {
  model: 'gen_ai.request.model',
  provider: 'gen_ai.provider.name',
  agent: 'gen_ai.agent.name',
  session: 'gen_ai.conversation.id',
  workflow: 'gen_ai.workflow.name',
  prompt: 'gen_ai.prompt.name',
  user: 'user.id',
  error: 'error.type',
  environment: 'deployment.environment.name',
  release: 'service.version',
}
const DELTA = 1
const QUANTILES = { 0.5: 'p50', 0.9: 'p90', 0.95: 'p95', 0.99: 'p99' } as const

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue: string }
}

/** Numbers, and the attributes that say of what. */
interface Row {
  readonly attributes: readonly Attribute[]
  readonly numbers: GroupNumbers
  /** The model, or the key of the group. */
  readonly name: unknown
}

interface Times {
  readonly startTimeUnixNano?: string
  readonly timeUnixNano: string
}

/**
 * A report as one line of OTLP/JSON metrics, as a collector's file receiver reads it: names of the GenAI conventions
 * where there are any, seconds, delta temporality over the period. One point for each group of `by`, else for each model.
 * Durations have buckets where the report was made with `mergeable`.
 */
export function formatOtlp(report: Report): string {
  const times = timesOf(report.window)
  const rows = rowsOf(report)
  const metrics = [
    tokenMetric(rows, times),
    durationMetric('gen_ai.client.operation.duration', 'latency_ms', report, times),
    durationMetric('gen_ai.client.operation.time_to_first_chunk', 'ttft_ms', report, times),
    quantileMetric('recount.operation.duration.quantiles', 'latency_ms', rows, times),
    quantileMetric('recount.operation.time_to_first_chunk.quantiles', 'ttft_ms', rows, times),
    callsMetric(rows, times),
    costMetric(rows, times),
  ].filter((metric) => metric !== undefined)
  const scope = { name: '@recount/analyze' }
  const partial = report.partial ? [attribute('recount.partial', 'true')] : []
  const resource = { attributes: [attribute('service.name', 'recount'), ...partial] }
  return `${JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] })}\n`
}

function rowsOf({ by, groups, by_model }: Report): Row[] {
  if (by.length === 0)
    return by_model.map((numbers) => ({
      ...{ attributes: known({ model: numbers.model }), numbers },
      name: numbers.model,
    }))
  return groups.map((numbers) => ({
    ...{ attributes: known(numbers.key), numbers },
    name: numbers.key,
  }))
}

function known(key: Readonly<Record<string, string | null>>): Attribute[] {
  return Object.entries(key).flatMap(([name, value]) =>
    value === null ? [] : [attribute(ATTRIBUTES[name] ?? `recount.${name}`, value)],
  )
}

function attribute(key: string, value: string): Attribute {
  return { key, value: { stringValue: value.toWellFormed() } }
}

/** Without any time of a call the point has none but the one that is required. */
function timesOf({ from, to }: Report['window']): Times {
  if (from === null || to === null) return { timeUnixNano: '0' }
  return { startTimeUnixNano: nanos(from), timeUnixNano: nanos(to) }
}

function nanos(iso: string): string {
  return `${BigInt(Date.parse(iso)) * 1_000_000n}`
}

/** Sums and counts without buckets: how the tokens are spread is not known. */
function tokenMetric(rows: readonly Row[], times: Times): object | undefined {
  const dataPoints = rows.flatMap(({ attributes, numbers }) => {
    const point = (type: string, sum: number | null, mean: number | null) =>
      sum === null || mean === null || mean === 0
        ? []
        : [
            {
              attributes: [...attributes, attribute('gen_ai.token.type', type)],
              ...times,
              count: String(Math.round(sum / mean)),
              sum,
            },
          ]
    return [
      ...point('input', numbers.input_tokens, numbers.avg_input_tokens),
      ...point('output', numbers.output_tokens, numbers.avg_output_tokens),
    ]
  })
  return histogram('gen_ai.client.token.usage', '{token}', dataPoints)
}

function durationMetric(
  metric: string,
  key: 'latency_ms' | 'ttft_ms',
  report: Report,
  times: Times,
): object | undefined {
  const bucketsOf = bucketFinder(report, key)
  const dataPoints = withValues(rowsOf(report), key).map(({ attributes, name, summary }) => ({
    ...{ attributes, ...times, count: String(summary.count), sum: sumOf(summary) },
    ...{ min: seconds(summary.min), max: seconds(summary.max), ...bucketsOf(name) },
  }))
  return histogram(metric, 's', dataPoints)
}

function quantileMetric(
  name: string,
  key: 'latency_ms' | 'ttft_ms',
  rows: readonly Row[],
  times: Times,
): object | undefined {
  const dataPoints = withValues(rows, key).map(({ attributes, summary }) => ({
    ...{ attributes, ...times, count: String(summary.count), sum: sumOf(summary) },
    quantileValues: Object.entries(QUANTILES).map(([quantile, percentile]) => ({
      quantile: Number(quantile),
      value: seconds(summary[percentile]),
    })),
  }))
  return dataPoints.length === 0 ? undefined : { name, unit: 's', summary: { dataPoints } }
}

function withValues(
  rows: readonly Row[],
  key: 'latency_ms' | 'ttft_ms',
): (Omit<Row, 'numbers'> & { readonly summary: Summary })[] {
  return rows
    .map(({ attributes, name, numbers }) => ({ attributes, name, summary: numbers[key] }))
    .filter(({ summary }) => summary.count > 0)
}

/** By how they ended, where that is known. */
function callsMetric(rows: readonly Row[], times: Times): object | undefined {
  const dataPoints = rows.flatMap(({ attributes, numbers }) => {
    const { calls, errors, partial, aborted, status_unknown_calls: unknown } = numbers
    const counts =
      errors === null
        ? { unknown: calls }
        : {
            ok: calls - errors - aborted - unknown,
            error: errors - partial,
            ...{ partial, aborted, unknown },
          }
    return Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([status, count]) => ({
        attributes: [...attributes, attribute('recount.status', status)],
        ...times,
        asInt: String(count),
      }))
  })
  return sum('recount.calls', '{call}', dataPoints)
}

function costMetric(rows: readonly Row[], times: Times): object | undefined {
  const dataPoints = rows.flatMap(({ attributes, numbers: { cost_usd } }) =>
    cost_usd === null ? [] : [{ attributes, ...times, asDouble: cost_usd }],
  )
  return sum('recount.cost', 'USD', dataPoints)
}

function histogram(name: string, unit: string, dataPoints: readonly object[]): object | undefined {
  if (dataPoints.length === 0) return undefined
  return { name, unit, histogram: { aggregationTemporality: DELTA, dataPoints } }
}

function sum(name: string, unit: string, dataPoints: readonly object[]): object | undefined {
  if (dataPoints.length === 0) return undefined
  return { name, unit, sum: { aggregationTemporality: DELTA, isMonotonic: true, dataPoints } }
}

function sumOf({ mean, count }: Summary): number {
  return seconds((mean ?? 0) * count)
}

/** Without the dust of binary fractions. */
function seconds(ms: number | null): number {
  return Number(((ms ?? 0) / 1000).toPrecision(12))
}
