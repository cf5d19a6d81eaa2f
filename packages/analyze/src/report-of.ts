import type { OutcomeNumbers } from './count/outcomes.ts'
import type { Tables } from './count/tables.ts'
import type { InputCounts, Report } from './report.ts'

/** The report on what tables have counted. */
export function reportOf(
  tables: Tables,
  input: InputCounts,
  outcomes: OutcomeNumbers,
  by: readonly string[],
): Report {
  return {
    input,
    window: tables.window(),
    totals: tables.total.numbers(),
    ...tables.total.summaries(),
    latency_histogram: tables.total.latency.histogram(),
    by_model: tables.byModel(),
    errors_by_type: tables.errorsByType(),
    errors_by_category: tables.errorsByCategory(),
    by,
    groups: tables.byGroup(),
    finish_reasons: tables.finishReasons(),
    top_traces: tables.topTraces(),
    series: tables.series.series(tables.total.silentOnSuccess),
    outcomes,
    notes: tables.notes(),
  }
}
