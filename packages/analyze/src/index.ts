export { analyze } from './analyze.ts'
export {
  type BoundOptions,
  type BoundResult,
  checkBounds,
  checkExpressions,
} from './compare/bounds.ts'
export type { Change, Comparison } from './compare/comparison.ts'
export { METRICS } from './compare/metrics.ts'
export { EXACT_VALUES, SKETCH_RELATIVE_ERROR, type Summary } from './count/distribution.ts'
export type { GroupNumbers, Numbers } from './count/group.ts'
export { GROUP_KEYS, type GroupKey } from './count/grouping.ts'
export type { Bar } from './count/histogram.ts'
export type { OutcomeNumbers } from './count/outcomes.ts'
export type { MergeableState, TablesState } from './count/tables-state.ts'
export {
  SERIES_STEPS,
  type Series,
  type SeriesPoint,
  type SeriesStep,
} from './count/time-series.ts'
export type { TraceCost } from './count/top-traces.ts'
export { ANALYZE_ERROR_CODES, AnalyzeError, type AnalyzeErrorCode } from './errors.ts'
export { type ReadOptions, readText } from './input/chunks.ts'
export type { Form } from './input/entries.ts'
export { MAX_LINE_BYTES } from './input/held-bytes.ts'
export { expandInputs, type Input } from './input/inputs.ts'
export type { LineSource } from './input/line-source.ts'
export { isTooLong, type Line, readLines } from './input/lines.ts'
export { mergeReports } from './merge-reports.ts'
export type { AnalyzeOptions } from './options.ts'
export { formatHtml } from './output/html/format-html.ts'
export { formatMarkdown } from './output/markdown.ts'
export { formatOtlp } from './output/otlp.ts'
export type { OutputOptions } from './output/output-options.ts'
export { formatPrometheus } from './output/prometheus.ts'
export type {
  BaselineReport,
  FileExplained,
  InputCounts,
  MalformedExample,
  Report,
} from './report.ts'
export { NOT_A_CALL, type NotACall } from './shape/not-a-call.ts'
export { formatText, type TextOptions } from './text/format-text.ts'
