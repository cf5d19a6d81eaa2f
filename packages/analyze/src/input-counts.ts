import type { OpenSpans } from './count/open-spans.ts'
import type { Tables } from './count/tables.ts'
import type { Input } from './input/inputs.ts'
import type { InputCounts } from './report.ts'

/** What readers have seen: lines, and those that are no calls. */
export interface Seen
  extends Pick<
    InputCounts,
    | 'bytes'
    | 'lines'
    | 'not_a_call'
    | 'malformed_examples'
    | 'maps_unmatched'
    | 'damaged'
    | 'unreadable'
    | 'waiting_lines'
  > {
  readonly malformed: number
}

/** What was read, and what became of it. */
export function inputCounts(
  tables: Tables,
  spans: OpenSpans,
  inputs: readonly Input[],
  { malformed, not_a_call, malformed_examples, maps_unmatched, damaged, unreadable, ...seen }: Seen,
): InputCounts {
  const counts = Object.values(not_a_call)
  const { interrupted, inFlight, interruptedEnded } = spans.tally()
  return {
    files: inputs.length,
    ...seen,
    records: tables.records,
    skipped: {
      malformed,
      not_a_call: counts.reduce((sum, count) => sum + count, 0),
      outside_window: tables.outsideWindow,
      no_time: tables.noTime,
    },
    not_a_call,
    malformed_examples,
    interrupted,
    interrupted_exact: spans.exact,
    in_flight: inFlight,
    interrupted_ended: interruptedEnded,
    maps_unmatched,
    retries_unmatched: tables.retriesUnmatched,
    sampled_records: tables.sampled,
    unreadable,
    damaged,
    left_out: inputs.flatMap(({ twin }) => (twin === undefined ? [] : [twin])),
  }
}
