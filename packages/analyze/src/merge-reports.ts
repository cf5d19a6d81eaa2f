import { isRow } from '@recount/record/shapes'
import { Outcomes } from './count/outcomes.ts'
import { Tables } from './count/tables.ts'
import { AnalyzeError } from './errors.ts'
import { checkOptions } from './options.ts'
import type { InputCounts, Report } from './report.ts'
import { mergeableState, reportOf } from './report-of.ts'

type MergeableReport = Report & { readonly mergeable: NonNullable<Report['mergeable']> }

/**
 * One report of several, of machines, shards or days, each made with `mergeable`: counts and sums
 * are exact, percentiles come from the sketches. ANALYZE_REPORT_INVALID names what is no such
 * report, or was grouped by other keys.
 */
export function mergeReports(
  reports: readonly { readonly name: string; readonly report: unknown }[],
): Report {
  const [first, ...others] = reports.map(checked)
  if (first === undefined) throw invalid('the list', 'at least one report')
  const { by, series } = first.mergeable
  const tables = new Tables(checkOptions({ by, zone: series.zone }))
  const outcomes = new Outcomes(series.zone)
  for (const { mergeable } of [first, ...others]) {
    if (mergeable.by.join() !== by.join()) {
      const keys = mergeable.by.join(', ') || 'nothing'
      throw invalid(
        'reports',
        `to be grouped by the same keys, got ${by.join(', ') || 'nothing'} and ${keys}`,
      )
    }
    tables.mergeState(mergeable)
    outcomes.mergeState(mergeable.outcomes)
  }
  const input = others.reduce((sum, { input: next }) => addInputs(sum, next), first.input)
  return { ...reportOf(tables, input, outcomes, by), mergeable: mergeableState(tables, outcomes) }
}

function checked({
  name,
  report,
}: {
  readonly name: string
  readonly report: unknown
}): MergeableReport {
  const isReport = isRow(report) && isRow(report.input) && isRow(report.totals)
  if (!isReport) throw invalid(name, 'a report of `analyze --json`')
  const { mergeable } = report
  if (!isRow(mergeable) || mergeable.version !== 2) {
    throw invalid(name, 'a report that was made with --mergeable by this version')
  }
  return report as unknown as MergeableReport
}

/** Numbers are added, lists are joined. */
function addInputs(a: InputCounts, b: InputCounts): InputCounts {
  return addRows({ ...a }, { ...b }) as unknown as InputCounts
}

type Fields = { readonly [key: string]: unknown }

function addRows(a: Fields, b: Fields): Fields {
  // Reports of other versions may have other reasons for what was skipped.
  const keys = Object.keys({ ...a, ...b })
  return Object.fromEntries(keys.map((key) => [key, key in a ? added(a[key], b[key]) : b[key]]))
}

function added(a: unknown, b: unknown): unknown {
  if (typeof a === 'number') return a + (typeof b === 'number' ? b : 0)
  if (typeof a === 'boolean') return a && b !== false
  if (Array.isArray(a)) return [...a, ...(Array.isArray(b) ? b : [])].slice(0, 1000)
  return isRow(a) ? addRows(a, isRow(b) ? b : {}) : a
}

function invalid(name: string, expected: string): AnalyzeError {
  return new AnalyzeError('ANALYZE_REPORT_INVALID', `Expected ${name} to be ${expected}`)
}
