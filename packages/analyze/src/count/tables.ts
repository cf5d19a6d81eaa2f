import type { Settings } from '../options.ts'
import type { Report } from '../report.ts'
import { type Call, isKnown, isUnpriced } from '../shape/call.ts'
import { type Attempt, type AttemptHandler, type Course, endingOf, latencyOf } from './attempts.ts'
import { START } from './call-numbers.ts'
import { CappedTable, OTHER } from './capped.ts'
import { Endings, MAX_NAMES, type Tally } from './endings.ts'
import { Group, isUsed } from './group.ts'
import { type GroupKey, isStep, otherKey, timedAs } from './grouping.ts'
import { Leaves } from './leaves.ts'
import { byNumber } from './order.ts'
import type { TablesState } from './tables-state.ts'
import { momentOf, TimeKeys } from './time-key.ts'
import { TimeSeries } from './time-series.ts'
import { TopTraces } from './top-traces.ts'

/** Models that are told apart. */
const MAX_MODELS = 1_000
/** Groups of `by` that are told apart. */
const MAX_GROUPS = 10_000

interface Keyed {
  readonly key: GroupKey
  readonly group: Group
}

/** Calls of a place after which it gets a leaf: for fewer that takes longer than it saves. */
const LEAF_CALLS = 512

/** Where an attempt is counted. */
export interface Place {
  /** All groups that it is in, or their leaf. */
  groups: readonly Group[]
  /** Plain calls so far. */
  calls: number
  readonly model: string | null
  readonly keys: readonly GroupKey[]
}

/** All that is counted of calls, in tables of bounded size. */
export class Tables implements AttemptHandler<Place> {
  readonly total: Group = new Group()
  readonly #models = new CappedTable(MAX_MODELS, () => new Group())
  readonly #groups: CappedTable<Keyed>
  readonly #leaves = new Leaves()
  readonly endings: Endings = new Endings()
  readonly series: TimeSeries
  /** Days, hours and minutes as keys of groups. */
  readonly times: TimeKeys
  readonly traces: TopTraces = new TopTraces()
  readonly #settings: Settings
  #nextKey: GroupKey = {}
  #from = Number.POSITIVE_INFINITY
  #to = Number.NEGATIVE_INFINITY
  records = 0
  outsideWindow = 0
  noTime = 0
  retriesUnmatched = 0
  sampled = 0
  #future = 0

  constructor(settings: Settings) {
    this.#settings = settings
    this.series = new TimeSeries(settings.zone, settings.every)
    this.times = new TimeKeys(settings.zone)
    this.#groups = new CappedTable(MAX_GROUPS, (name) => ({
      key: name === OTHER ? otherKey(settings.by) : this.#nextKey,
      group: new Group(),
    }))
  }

  /** Where a call of this model with these keys of `by` is counted. */
  placeFor(model: string | null, keys: readonly GroupKey[]): Place {
    const groups = [this.total, this.#models.get(model)]
    for (const key of keys) {
      this.#nextKey = key
      const { group } = this.#groups.get(JSON.stringify(Object.values(key)))
      if (!groups.includes(group)) groups.push(group)
    }
    return { groups, calls: 0, model, keys }
  }

  /** All was counted: what is asked for after that is known now. */
  end(): void {
    this.#leaves.rollUp()
  }

  isInside({ startTime }: Call): boolean {
    const { since, until, windowed } = this.#settings
    return !windowed || (startTime >= since && startTime < until)
  }

  first(attempt: Attempt<Place>, inside: boolean): void {
    if (!this.#record(attempt, inside)) return
    const { call, place } = attempt
    this.#settle(call, place, call.startTime, call.durationMs, isUnpriced(call))
  }

  /** A call in the window that ended well at its first attempt and stands for no other, by `callNumbers`. */
  plain(numbers: Float64Array, place: Place, finish: Tally | undefined): void {
    const start = numbers[START] as number
    this.records += 1
    if (start < this.#from) this.#from = start
    if (start > this.#to) this.#to = start
    const { groups } = place
    for (let i = 0; i < groups.length; i++) groups[i]?.addPlain(numbers)
    place.calls += 1
    if (place.calls === LEAF_CALLS) place.groups = this.#leaves.groupsFor(groups)
    this.series.groupAt(start)?.addPlain(numbers)
    if (finish !== undefined) finish.count += 1
  }

  /** What an attempt used is counted where it was made; how the call ended, and that it failed, where the call began. */
  retry(attempt: Attempt<Place>, before: Course<Place>): Course<Place> {
    const { call } = attempt
    const course = {
      ...{ ending: endingOf(call), inside: before.inside, place: this.#placeOf(attempt, before) },
      startTime: isKnown(before.startTime) ? before.startTime : call.startTime,
      unpriced: before.unpriced || isUnpriced(call),
    }
    this.#record(attempt, isKnown(call.startTime) ? this.isInside(call) : before.inside)
    if (!before.inside) return course
    this.#unsettle(before)
    const { place, startTime, unpriced } = course
    this.#settle(call, place, startTime, latencyOf(call, before.startTime), unpriced)
    return course
  }

  unmatched(attempt: Attempt<Place>, inside: boolean): void {
    if (this.#record(attempt, inside)) this.retriesUnmatched += 1
  }

  /** Groups by a time are those of the first attempt, others those of the last. */
  #placeOf({ place }: Attempt<Place>, before: Course<Place>): Place {
    const [first] = before.place.keys
    if (first === undefined || !this.#settings.by.some(isStep)) return place
    return this.placeFor(place.model, timedAs(first, place.keys))
  }

  /** The most called first, but hours and days one after the other. */
  #rank(calls: number, key: GroupKey): number {
    const [by = '', ...others] = this.#settings.by
    return others.length === 0 && isStep(by) ? -momentOf(key[by] ?? null) : calls
  }

  window(): Report['window'] {
    const iso = (time: number) => (Number.isFinite(time) ? new Date(time).toISOString() : null)
    return { from: iso(this.#from), to: iso(this.#to) }
  }

  byModel(): Report['by_model'] {
    const { silentOnSuccess } = this.total
    const rows = this.#models
      .entries()
      .map(([model, group]) => ({ model, ...group.all(silentOnSuccess) }))
    return rows.filter(isUsed).sort(
      byNumber(
        ({ calls }) => calls,
        ({ model }) => model,
      ),
    )
  }

  byGroup(): Report['groups'] {
    const { silentOnSuccess } = this.total
    const rows = this.#groups
      .entries()
      .map(([, { key, group }]) => ({ key, ...group.all(silentOnSuccess) }))
    return rows.filter(isUsed).sort(
      byNumber(
        ({ calls, key }) => this.#rank(calls, key),
        ({ key }) => key,
      ),
    )
  }

  /** The models' groups, the most called first. */
  modelGroups(): Map<string | null, Group> {
    const models = this.#models.entries()
    return new Map(
      models.sort(
        byNumber(
          ([, group]) => group.numbers().calls,
          ([model]) => model,
        ),
      ),
    )
  }

  /** The groups of `by`, the most called first. */
  keyedGroups(): Keyed[] {
    const groups = this.#groups.entries().map(([, keyed]) => keyed)
    return groups.sort(
      byNumber(
        ({ group, key }) => this.#rank(group.numbers().calls, key),
        ({ key }) => key,
      ),
    )
  }

  notes(): string[] {
    const more = (what: string, limit: number) =>
      `There are more than ${limit.toLocaleString('en')} ${what}; those first seen after that are counted together as ${OTHER}.`
    return [
      this.#future === 0
        ? ''
        : `Of those outside the window ${this.#future.toLocaleString('en')} began later than now: a clock may be wrong.`,
      this.#models.overflowed ? more('models', MAX_MODELS) : '',
      ...this.endings.overflowed().map((what) => more(what, MAX_NAMES)),
      this.#groups.overflowed ? more('groups', MAX_GROUPS) : '',
    ].filter((note) => note !== '')
  }

  /** All that is needed to go on counting elsewhere, as JSON. */
  state(): TablesState {
    return {
      version: 2,
      by: this.#settings.by,
      total: this.total.state(),
      models: this.#models.entries().map(([model, group]) => [model, group.state()]),
      groups: this.#groups.entries().map(([, { key, group }]) => [key, group.state()]),
      ...this.endings.state(),
      traces: this.traces.top(),
      series: this.series.state(),
      window: [this.#from, this.#to].map((time) => (Number.isFinite(time) ? time : null)),
    }
  }

  /** Adds what another has counted. */
  mergeState(state: TablesState): void {
    this.total.mergeState(state.total)
    for (const [model, group] of state.models) this.#models.get(model).mergeState(group)
    for (const [key, group] of state.groups) {
      this.#nextKey = key
      this.#groups.get(JSON.stringify(Object.values(key))).group.mergeState(group)
    }
    this.endings.mergeState(state)
    for (const trace of state.traces) this.traces.merge(trace)
    this.series.mergeState(state.series)
    const [from, to] = state.window
    this.#from = Math.min(this.#from, from ?? this.#from)
    this.#to = Math.max(this.#to, to ?? this.#to)
  }

  /** Counts the line and what it used; false when it is outside the window. */
  #record({ call, place }: Attempt<Place>, inside: boolean): boolean {
    if (!inside) {
      if (!isKnown(call.startTime)) this.noTime += 1
      else this.#leaveOut(call)
      return false
    }
    this.records += 1
    if (call.weight !== 1) this.sampled += 1
    // Of an unknown time neither is true.
    if (call.startTime < this.#from) this.#from = call.startTime
    if (call.startTime > this.#to) this.#to = call.startTime
    for (const group of place.groups) group.spend(call)
    this.series.groupAt(call.startTime)?.spend(call)
    this.traces.add(call)
    return true
  }

  #leaveOut({ startTime }: Call): void {
    const { until, endNow } = this.#settings
    this.outsideWindow += 1
    if (endNow !== undefined && startTime >= until) this.#future += 1
  }

  #settle(call: Call, place: Place, startTime: number, latencyMs: number, unpriced: boolean): void {
    for (const group of place.groups) group.settle(call, latencyMs, unpriced)
    this.series.groupAt(startTime)?.settle(call, latencyMs, unpriced)
    this.endings.add(call, 1)
  }

  #unsettle({ ending, place, startTime, unpriced }: Course<Place>): void {
    for (const group of place.groups) group.unsettle(ending, unpriced)
    this.series.groupAt(startTime)?.unsettle(ending, unpriced)
    this.endings.add(ending, -1)
  }
}
