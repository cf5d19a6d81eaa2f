export type { ReadOptions } from './chunks.ts'
export { ANALYZE_ERROR_CODES, AnalyzeError, type AnalyzeErrorCode } from './errors.ts'
export { expandInputs, type Input } from './inputs.ts'
export { isTooLong, type Line, MAX_LINE_BYTES, readLines } from './lines.ts'
