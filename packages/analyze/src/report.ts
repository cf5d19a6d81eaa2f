import type { Comparison } from './compare/comparison.ts'
import type { GroupNumbers, Numbers } from './count/group.ts'
import type { GroupKey } from './count/grouping.ts'
import type { Bar } from './count/histogram.ts'
import type { OutcomeNumbers } from './count/outcomes.ts'
import type { MergeableState } from './count/tables-state.ts'
import type { Series } from './count/time-series.ts'
import type { TraceCost } from './count/top-traces.ts'
import type { Form } from './input/entries.ts'
import type { NotACall } from './shape/not-a-call.ts'

/** Where an entry could not be read, and why; never what it says. */
export interface MalformedExample {
  readonly file: string
  readonly line: number
  readonly reason: string
}

/** What was read. `lines` are lines or elements of JSON arrays; each is a record or skipped. */
export interface InputCounts {
  readonly files: number
  /** As on disk, before decompression. */
  readonly bytes: number
  readonly lines: number
  /** Terminal lines of calls that were counted: first attempts and retries. */
  readonly records: number
  readonly skipped: {
    readonly malformed: number
    readonly not_a_call: number
    /** Calls that began before `since` or not before `until`. */
    readonly outside_window: number
    /** Calls that do not say when they began, where a window is asked for. */
    readonly no_time: number
  }
  /** `not_a_call` in detail. */
  readonly not_a_call: { readonly [reason in NotACall]: number }
  /** The first ten malformed entries. */
  readonly malformed_examples: readonly MalformedExample[]
  /** Calls that started and never ended; with `state` those that had begun in an earlier run and that no run has reported yet. */
  readonly interrupted: number
  /** False when so many were open that `interrupted` is an upper bound. */
  readonly interrupted_exact: boolean
  /** With `state`: calls that began in this run and may end in the next. */
  readonly in_flight: number
  /** With `state`: calls that have ended though an earlier run has reported them as interrupted. */
  readonly interrupted_ended: number
  /** With `state`: last lines that have no end yet and wait for the next run. */
  readonly waiting_lines: number
  /** Each `map` whose field no line has. */
  readonly maps_unmatched: readonly string[]
  /** Retries whose failed attempt is not in the input; their tokens and cost count, their ending does not. */
  readonly retries_unmatched: number
  /** Records that stand for several, because calls were sampled: each is weighed by the inverse of its `sample_rate`, and counts are estimates. */
  readonly sampled_records: number
  /** By key of ours how many values were there that could not be read, so that they are not in the numbers: no number, negative, too large, no word for how a call ended. */
  readonly unreadable: { readonly [key: string]: number }
  /** Files that are cut or damaged, of which what was readable is counted, and files of other formats, with what to do. */
  readonly damaged: readonly { readonly file: string; readonly reason: string }[]
  /** Compressed logs that were left out, because the same log was read uncompressed. */
  readonly left_out: readonly string[]
}

/** What one file was taken for. */
export interface FileExplained {
  readonly file: string
  readonly form: Form | null
  readonly lines: number
  /** Lines that were put together again, and of how many parts; absent where none was. */
  readonly joined?: { readonly lines: number; readonly parts: number }
  readonly shapes: readonly {
    readonly shape: string
    readonly title: string
    readonly records: number
    /** What the first of them was recognised by. */
    readonly why: string
    /** Line of the first of them. */
    readonly first_line: number
    /** For each key of ours, where it was found and how often; empty for our own lines. */
    readonly fields: { readonly [key: string]: { readonly [path: string]: number } }
  }[]
  /** What names do not say and values had to: the unit of a time or of money; null where it cannot be told, so that the value was left out. */
  readonly inferred: readonly {
    readonly key: string
    readonly path: string
    readonly unit: string | null
    readonly why: string
    /** The lines that were looked at. */
    readonly lines: { readonly first: number; readonly last: number; readonly count: number }
  }[]
  /** Where values were that could not be read, so that they were not counted, and how many. */
  readonly unreadable: { readonly [path: string]: number }
  /** The same with the key of ours that each would have been, and the first lines of each. */
  readonly unreadable_values: readonly {
    readonly key: string
    readonly path: string
    readonly count: number
    readonly first_lines: readonly number[]
  }[]
  /** Objects of no known shape. */
  readonly unknown: number
  /** Keys at the top of those, and how many have each; of more than thirty the first seen. */
  readonly unknown_keys: { readonly [key: string]: number }
}

/** What `analyze` found. Unknown is null. Times are milliseconds, money is US dollars. */
export interface Report {
  /** There where reading was stopped before the end: all numbers are over what was read until then. */
  readonly partial?: true
  readonly input: InputCounts
  /** First and last start of a call, ISO 8601. */
  readonly window: { readonly from: string | null; readonly to: string | null }
  readonly totals: Numbers
  readonly latency_ms: GroupNumbers['latency_ms']
  readonly ttft_ms: GroupNumbers['ttft_ms']
  /** Where the latencies of `ok` calls lie, for a picture. */
  readonly latency_histogram: readonly Bar[]
  /** The most called first; `null` where a record names no model, `(other)` beyond 1,000 models. */
  readonly by_model: readonly ({ readonly model: string | null } & GroupNumbers)[]
  readonly errors_by_type: readonly { readonly type: string | null; readonly count: number }[]
  readonly errors_by_category: readonly {
    readonly category: string | null
    readonly count: number
  }[]
  /** The keys of `groups`; empty without `by`. */
  readonly by: readonly string[]
  readonly groups: readonly ({ readonly key: GroupKey } & GroupNumbers)[]
  /** The most frequent first, in the word of our own lines where they are ours. */
  readonly finish_reasons: readonly { readonly reason: string; readonly count: number }[]
  /** The ten traces whose calls cost most. */
  readonly top_traces: readonly TraceCost[]
  readonly series: Series
  readonly outcomes: OutcomeNumbers
  /** What had to be cut short, in words; empty as a rule. */
  readonly notes: readonly string[]
  /** With `baseline`: the numbers of what is compared with. */
  readonly baseline?: BaselineReport
  /** With `baseline`: this period against that one. */
  readonly comparison?: Comparison
  /** With `mergeable`: what `mergeReports` needs. */
  readonly mergeable?: MergeableState
  /** With `explainInput`. */
  readonly explain?: readonly FileExplained[]
}

/** The numbers of a period that another is compared with. */
export type BaselineReport = Pick<
  Report,
  | 'input'
  | 'window'
  | 'totals'
  | 'latency_ms'
  | 'ttft_ms'
  | 'by_model'
  | 'errors_by_type'
  | 'errors_by_category'
  | 'groups'
>
