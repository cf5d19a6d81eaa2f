/** The codes of `AnalyzeError`; each is explained in docs/errors.md. */
export const ANALYZE_ERROR_CODES = [
  'ANALYZE_EXPRESSION_INVALID',
  'ANALYZE_INPUT_NOT_FOUND',
  'ANALYZE_INPUT_UNREADABLE',
  'ANALYZE_OPTION_INVALID',
  'ANALYZE_REPORT_INVALID',
  'ANALYZE_STATE_INVALID',
  'ANALYZE_STATE_LOCKED',
] as const
/** One of `ANALYZE_ERROR_CODES`. */
export type AnalyzeErrorCode = (typeof ANALYZE_ERROR_CODES)[number]

/** Thrown by this package. Match on `code`; messages may change in any release. */
export class AnalyzeError extends Error {
  override readonly name = 'AnalyzeError'
  readonly code: AnalyzeErrorCode

  constructor(code: AnalyzeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
