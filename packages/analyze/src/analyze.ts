import { Analysis } from './analysis.ts'
import { compareTables } from './compare/comparison.ts'
import type { Tables } from './count/tables.ts'
import { AnalyzeError } from './errors.ts'
import type { Input } from './input/inputs.ts'
import { inputsOf, isStdin, type LineSource, refuseSources, toArray } from './input/line-source.ts'
import { type AnalyzeOptions, baselineSettings, checkOptions, type Settings } from './options.ts'
import type { BaselineReport, Report } from './report.ts'
import { baselineReport } from './report-of.ts'
import { NewLines } from './state/new-lines.ts'
import { readState, writeState } from './state/state-file.ts'
import { lockState } from './state/state-lock.ts'

/**
 * Reads logs and counts: percentiles, tokens, cost, errors, by model and by whatever `by` names.
 * `patterns` are paths, globs and `-` for stdin; `.gz` is read too; or sources of lines. Memory does not grow with the
 * input. Codes: ANALYZE_OPTION_INVALID, ANALYZE_INPUT_NOT_FOUND, ANALYZE_INPUT_UNREADABLE.
 */
export async function analyze(
  patterns: string | LineSource | readonly (string | LineSource)[],
  options: AnalyzeOptions = {},
): Promise<Report> {
  const settings = checkOptions(options)
  const inputs = await inputsOf(toArray(patterns))
  if (settings.state === undefined) {
    const report = await count(inputs, settings, new Analysis(settings))
    await settings.deliver?.(report)
    return report
  }
  return withState(settings.state, settings, inputs)
}

/** Reads what is new, and remembers it once the report has been delivered. */
async function withState(
  path: string,
  settings: Settings,
  inputs: readonly Input[],
): Promise<Report> {
  refuseSources(inputs)
  const lock = await lockState(path)
  try {
    const state = await readState(path)
    const lines = new NewLines(state)
    const analysis = new Analysis(settings, lines, state.carried)
    const report = await count(inputs, settings, analysis)
    await settings.deliver?.(report)
    // What was not read to its end is read again.
    if (report.partial) return report
    await lock.check()
    const { units } = lines
    await writeState(path, { logs: lines.logs(), units, carried: analysis.carried })
    return report
  } finally {
    await lock.release()
  }
}

async function count(
  inputs: readonly Input[],
  settings: Settings,
  analysis: Analysis,
): Promise<Report> {
  const baseline = await countBaseline(inputs, settings)
  for (const input of inputs) await analysis.read(input)
  const report = analysis.report(inputs)
  if (baseline === undefined) return report
  return {
    ...report,
    baseline: baseline.report,
    comparison: compareTables(baseline.tables, analysis.tables),
  }
}

/** What the period that is compared with has; undefined without one. */
async function countBaseline(
  inputs: readonly Input[],
  settings: Settings,
): Promise<{ readonly tables: Tables; readonly report: BaselineReport } | undefined> {
  const { baseline } = settings
  if (baseline === undefined) return undefined
  if (baseline.lengthMs !== undefined && inputs.some(isStdin)) {
    throw new AnalyzeError(
      'ANALYZE_OPTION_INVALID',
      'Expected `baseline` to name files where stdin is read, because that can be read only once, got a duration',
    )
  }
  const analysis = new Analysis(baselineSettings(settings, baseline))
  const others = baseline.lengthMs === undefined ? await inputsOf(baseline.patterns) : inputs
  for (const input of others) await analysis.read(input)
  return { tables: analysis.tables, report: baselineReport(analysis.report(others)) }
}
