import type { Group } from '../count/group.ts'
import type { GroupKey } from '../count/grouping.ts'
import type { SumState } from '../count/number-sum.ts'
import type { Tables } from '../count/tables.ts'
import { difference } from './difference.ts'
import { meanNoise, type Probability, quantileNoise, shareNoise } from './noise.ts'

/** One number then and now. */
export interface Change {
  /** As in `--fail-on`: `latency_ms.p95`, `error_rate`, `avg_cost_usd`. */
  readonly metric: string
  /** Of which model, or which group of `by`; both absent for all calls. */
  readonly model?: string | null
  readonly key?: GroupKey
  readonly baseline: number
  readonly current: number
  /** current - baseline. */
  readonly change: number
  /** change / baseline; null where that was 0. */
  readonly relative: number | null
  /** Values on both sides. */
  readonly n_baseline: number
  readonly n_current: number
  /** How probable so large a difference is where nothing changed; null where there are too few values to say. */
  readonly p_value: number | null
  /** Whether that is too improbable, with as many comparisons as were made; null where nobody can say. */
  readonly beyond_noise: boolean | null
}

/** This period against another. */
export interface Comparison {
  readonly baseline: {
    readonly window: { readonly from: string | null; readonly to: string | null }
    readonly calls: number
  }
  /** How many numbers were compared: the more, the larger a difference has to be to be called one. */
  readonly comparisons: number
  /** How often, where nothing changed at all, anything is called a change: at most. */
  readonly false_alarm_rate: number
  /** All of them, those beyond noise first. */
  readonly changes: readonly Change[]
  /** Error types that the baseline does not have. */
  readonly new_errors: readonly { readonly type: string | null; readonly count: number }[]
  /** Models that only one side has. */
  readonly new_models: readonly (string | null)[]
  readonly gone_models: readonly (string | null)[]
}

const FALSE_ALARMS = 0.05
/** Aimed at, because the noise is itself an estimate. */
const AIM = 0.04
/** The share of false alarms that the first question gets: whether calls became slower. */
const MAIN_SHARE = 0.6
const MAIN_METRIC = 'latency_ms.p95'
const MAX_SUBJECTS = 50
const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const

interface Subject {
  readonly name: Pick<Change, 'model' | 'key'>
  readonly before: Group
  readonly now: Group
}

type Compared = Omit<Change, 'beyond_noise' | 'change' | 'relative'>

/** Compares what two runs have counted. */
export function compareTables(before: Tables, now: Tables): Comparison {
  const compared = subjectsOf(before, now).flatMap(compareGroups)
  const isMain = ({ metric, model, key }: Compared) =>
    metric === MAIN_METRIC && model === undefined && key === undefined
  const judged = compared.filter(({ p_value }) => p_value !== null)
  const others = judged.filter((one) => !isMain(one)).length
  const limit = (one: Compared) =>
    AIM * (isMain(one) ? MAIN_SHARE : (1 - MAIN_SHARE) / Math.max(1, others))
  const changes = compared.map((one) => withVerdict(one, limit(one)))
  const types = new Set(before.endings.errorsByType().map(({ type }) => type))
  const models = [before, now].map((tables) => tables.byModel().map(({ model }) => model))
  const [old = [], current = []] = models
  // Where one side has no calls at all, nothing of the other is new or gone.
  const isEmpty = [before, now].some(({ total }) => total.numbers().calls === 0)
  return {
    baseline: { window: before.window(), calls: before.total.numbers().calls },
    comparisons: judged.length,
    false_alarm_rate: FALSE_ALARMS,
    changes: changes.toSorted(
      (a, b) => Number(b.beyond_noise === true) - Number(a.beyond_noise === true),
    ),
    new_errors: isEmpty ? [] : now.endings.errorsByType().filter(({ type }) => !types.has(type)),
    new_models: isEmpty ? [] : current.filter((model) => !old.includes(model)),
    gone_models: isEmpty ? [] : old.filter((model) => !current.includes(model)),
  }
}

function subjectsOf(before: Tables, now: Tables): Subject[] {
  const subjects: Subject[] = [{ name: {}, before: before.total, now: now.total }]
  const oldModels = before.modelGroups()
  const models = now.modelGroups()
  if (models.size > 1) {
    for (const [model, group] of [...models].slice(0, MAX_SUBJECTS)) {
      const old = oldModels.get(model)
      if (old !== undefined) subjects.push({ name: { model }, before: old, now: group })
    }
  }
  const oldGroups = new Map(
    before.keyedGroups().map(({ key, group }) => [JSON.stringify(key), group]),
  )
  for (const { key, group } of now.keyedGroups().slice(0, MAX_SUBJECTS)) {
    const old = oldGroups.get(JSON.stringify(key))
    if (old !== undefined) subjects.push({ name: { key }, before: old, now: group })
  }
  return subjects
}

function compareGroups({ name, before, now }: Subject): Compared[] {
  return [
    ...compareQuantiles(name, before, now, 'latency'),
    ...compareQuantiles(name, before, now, 'ttft'),
    ...compareErrors(name, before, now),
    ...compareMeans(name, before, now),
  ]
}

function compareQuantiles(
  name: Subject['name'],
  before: Group,
  now: Group,
  what: 'latency' | 'ttft',
): Compared[] {
  if (before[what].count === 0 || now[what].count === 0) return []
  const [a, b] = [before[what].sample(), now[what].sample()]
  const [old, current] = [before[what].summary(), now[what].summary()]
  const wanted =
    name.model === undefined && name.key === undefined && what === 'latency'
      ? ['p50', 'p90', 'p95', 'p99']
      : ['p50', 'p95']
  return (wanted as (keyof typeof QUANTILES)[]).map((quantile) => ({
    ...{ metric: `${what}_ms.${quantile}`, ...name },
    ...{ baseline: old[quantile] as number, current: current[quantile] as number },
    ...{ n_baseline: old.count, n_current: current.count },
    p_value: rounded(quantileNoise(a, b, QUANTILES[quantile])),
  }))
}

function compareErrors(name: Subject['name'], before: Group, now: Group): Compared[] {
  const [old, current] = [before.numbers(), now.numbers()]
  if (old.errors === null || current.errors === null || old.calls === 0 || current.calls === 0)
    return []
  return [
    {
      ...{ metric: 'error_rate', ...name },
      ...{ baseline: old.errors / old.calls, current: current.errors / current.calls },
      ...{ n_baseline: old.calls, n_current: current.calls },
      p_value: rounded(shareNoise([old.errors, old.calls], [current.errors, current.calls])),
    },
  ]
}

function compareMeans(name: Subject['name'], before: Group, now: Group): Compared[] {
  const [old, current] = [before.sums(), now.sums()]
  return (['input_tokens', 'output_tokens', 'cost_usd'] as const).flatMap((metric) => {
    const [a, b] = [old[metric], current[metric]]
    if (a[1] === 0 || b[1] === 0) return []
    return [
      {
        ...{ metric: `avg_${metric}`, ...name, baseline: meanOf(a), current: meanOf(b) },
        ...{ n_baseline: Math.round(a[1]), n_current: Math.round(b[1]) },
        p_value: rounded(meanNoise(a, b)),
      },
    ]
  })
}

/** To 12 significant digits: what differs beyond is dust. */
function meanOf([sum, weight]: SumState): number {
  return Number((sum / weight).toPrecision(12))
}

function withVerdict(one: Compared, limit: number): Change {
  const change = difference(one.current, one.baseline)
  // What did not change at all is no change however little it varies.
  const p_value = one.p_value !== null && change === 0 ? 1 : one.p_value
  return {
    ...{ ...one, p_value, change },
    relative: one.baseline === 0 ? null : change / one.baseline,
    beyond_noise: p_value === null ? null : p_value <= limit,
  }
}

function rounded(probability: Probability): number | null {
  return probability === null ? null : Number(probability.toPrecision(3))
}
