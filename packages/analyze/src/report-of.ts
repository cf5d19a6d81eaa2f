import type { Outcomes } from './count/outcomes.ts'
import type { Tables } from './count/tables.ts'
import type { MergeableState } from './count/tables-state.ts'
import type { BaselineReport, InputCounts, Report } from './report.ts'

/** What of a report is kept of a period that another is compared with. */
export function baselineReport({
  input,
  window,
  totals,
  latency_ms,
  ttft_ms,
  by_model,
  groups,
  errors_by_type,
  errors_by_category,
}: Report): BaselineReport {
  const numbers = { input, window, totals, latency_ms, ttft_ms, by_model, groups }
  return { ...numbers, errors_by_type, errors_by_category }
}

/** The report on what tables have counted. */
export function reportOf(
  tables: Tables,
  input: InputCounts,
  outcomes: Outcomes,
  by: readonly string[],
): Report {
  return {
    input,
    window: tables.window(),
    totals: tables.total.numbers(),
    ...tables.total.summaries(),
    latency_histogram: tables.total.latency.histogram(),
    by_model: tables.byModel(),
    errors_by_type: tables.endings.errorsByType(),
    errors_by_category: tables.endings.errorsByCategory(),
    by,
    groups: tables.byGroup(),
    finish_reasons: tables.endings.finishReasons(),
    top_traces: tables.traces.top(),
    series: tables.series.series(tables.total.silentOnSuccess),
    outcomes: outcomes.numbers(),
    notes: tables.notes(),
  }
}

/** What `mergeReports` needs of what was counted. */
export function mergeableState(tables: Tables, outcomes: Outcomes): MergeableState {
  return { ...tables.state(), outcomes: outcomes.state() }
}
