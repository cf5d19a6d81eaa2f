import type { GroupState } from './group.ts'
import type { GroupKey } from './grouping.ts'
import type { OutcomesState } from './outcomes.ts'
import type { SeriesState } from './time-series.ts'
import type { TraceCost } from './top-traces.ts'

/** All that was counted, as a mergeable report keeps it: counts, sums, and sketches of what was measured. */
export interface MergeableState extends TablesState {
  readonly outcomes: OutcomesState
}

/** Error types, categories and finish reasons. */
export interface EndingsState {
  readonly types: readonly (readonly [type: string | null, count: number])[]
  readonly categories: readonly (readonly [category: string | null, count: number])[]
  readonly finishes: readonly (readonly [reason: string | null, count: number])[]
}

/** The same of calls. */
export interface TablesState extends EndingsState {
  readonly version: 2
  readonly by: readonly string[]
  readonly total: GroupState
  readonly models: readonly (readonly [model: string | null, state: GroupState])[]
  readonly groups: readonly (readonly [key: GroupKey, state: GroupState])[]
  readonly traces: readonly TraceCost[]
  readonly series: SeriesState
  /** First and last start of a call, epoch milliseconds. */
  readonly window: readonly (number | null)[]
}
