/** Codes of `DiagnoseError`; all are explained in docs/errors.md. */
export const DIAGNOSE_ERROR_CODES = ['DIAGNOSE_RULES_INVALID', 'DIAGNOSE_RULES_UNREADABLE'] as const

/** One of `DIAGNOSE_ERROR_CODES`. */
export type DiagnoseErrorCode = (typeof DIAGNOSE_ERROR_CODES)[number]

/** Thrown by this package for rules of one's own, never for an error to diagnose. Match on `code`. */
export class DiagnoseError extends Error {
  override readonly name = 'DiagnoseError'
  readonly code: DiagnoseErrorCode

  constructor(code: DiagnoseErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.code = code
  }
}
