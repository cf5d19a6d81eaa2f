import { Group, type GroupNumbers, type GroupState, isUsed } from './group.ts'
import { ZoneOffsets } from './zone-offsets.ts'

/** Lengths of the parts of a series. */
export const SERIES_STEPS = ['minute', 'hour', 'day'] as const
/** One of `SERIES_STEPS`. */
export type SeriesStep = (typeof SERIES_STEPS)[number]

/** What was counted of the calls that began in one part of a series. */
export interface SeriesPoint extends GroupNumbers {
  /** Beginning of the part, ISO 8601. */
  readonly from: string
}

/** Calls over time. */
export interface Series {
  readonly step: SeriesStep
  /** Time zone of the days and hours. */
  readonly zone: string
  /** Parts in which nothing was counted are left out. */
  readonly points: readonly SeriesPoint[]
}

/** How long a part of a series is; a day on which clocks change is not. */
export const STEP_MS: Readonly<Record<SeriesStep, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
}
/** Parts that are kept; then they are joined to longer ones. */
const MAX_POINTS = 750
const MAX_DAYS = 4_000
/** Latencies of a part that are held as they are. */
const EXACT_VALUES = 5_000

/** Counts calls by when they began: by the step that was asked for, or by the finest that makes at most 750 parts. */
export class TimeSeries {
  readonly #zone: string
  readonly #fixed: boolean
  readonly #offsets: ZoneOffsets
  #step: SeriesStep
  #groups = new Map<number, Group>()
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY
  #lastMinute = Number.NaN
  #lastGroup: Group | undefined

  constructor(zone: string, step: SeriesStep | undefined) {
    this.#zone = zone
    this.#fixed = step !== undefined
    this.#step = step ?? 'minute'
    this.#offsets = new ZoneOffsets(zone)
  }

  /** The group of a moment in epoch milliseconds; undefined for an unknown one (NaN), or beyond what is kept. */
  groupAt(time: number): Group | undefined {
    if (Number.isNaN(time)) return undefined
    const minute = Math.floor(time / STEP_MS.minute)
    if (minute !== this.#lastMinute) {
      this.#lastGroup = this.#findGroup(time)
      // Parts begin at full minutes only. Finding one may have joined others.
      this.#lastMinute = minute
    }
    return this.#lastGroup
  }

  #findGroup(time: number): Group | undefined {
    const from = this.#offsets.beginning(time, STEP_MS[this.#step])
    const known = this.#groups.get(from)
    if (known !== undefined) return known
    if (this.#groups.size >= this.#limit() || this.#isTooLong(from)) {
      if (this.#fixed || this.#step === 'day') return undefined
      this.#coarsen()
      return this.#findGroup(time)
    }
    const group = new Group(EXACT_VALUES)
    this.#groups.set(from, group)
    this.#first = Math.min(this.#first, from)
    this.#last = Math.max(this.#last, from)
    return group
  }

  series(silentOnSuccess: boolean): Series {
    const points = [...this.#groups]
      .sort(([a], [b]) => a - b)
      .map(([from, group]) => ({
        from: new Date(from).toISOString(),
        ...group.all(silentOnSuccess),
      }))
      .filter(isUsed)
    return { step: this.#step, zone: this.#zone, points }
  }

  state(): SeriesState {
    const groups = [...this.#groups].map(([from, group]): [number, GroupState] => [
      from,
      group.state(),
    ])
    return { step: this.#step, zone: this.#zone, groups }
  }

  /** Adds what another has counted, in the coarser step of the two. */
  mergeState({ step, groups }: SeriesState): void {
    while (!this.#fixed && SERIES_STEPS.indexOf(this.#step) < SERIES_STEPS.indexOf(step))
      this.#coarsen()
    for (const [from, state] of groups) this.groupAt(from)?.mergeState(state)
  }

  #limit(): number {
    return this.#fixed || this.#step === 'day' ? MAX_DAYS : MAX_POINTS
  }

  /** Whether there would be too many parts with those that have no call: a picture of single minutes of a month says nothing. */
  #isTooLong(from: number): boolean {
    if (this.#fixed || this.#step === 'day' || this.#groups.size === 0) return false
    const span = Math.max(this.#last, from) - Math.min(this.#first, from)
    return span / STEP_MS[this.#step] >= MAX_POINTS
  }

  #coarsen(): void {
    const finer = this.#groups
    this.#step = this.#step === 'minute' ? 'hour' : 'day'
    this.#groups = new Map()
    this.#first = Number.POSITIVE_INFINITY
    this.#last = Number.NEGATIVE_INFINITY
    this.#lastMinute = Number.NaN
    for (const [from, group] of finer) this.groupAt(from)?.merge(group)
  }
}

/** A series in a mergeable report. */
export interface SeriesState {
  readonly step: SeriesStep
  readonly zone: string
  readonly groups: readonly (readonly [from: number, state: GroupState])[]
}
