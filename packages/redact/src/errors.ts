/** Codes of `RedactError`; all are explained in docs/errors.md. */
export const REDACT_ERROR_CODES = ['REDACT_KEY_INVALID'] as const

/** One of `REDACT_ERROR_CODES`. */
export type RedactErrorCode = (typeof REDACT_ERROR_CODES)[number]

/** Thrown by this package. Match on `code`; messages may change in any release. */
export class RedactError extends Error {
  override readonly name = 'RedactError'
  readonly code: RedactErrorCode

  constructor(code: RedactErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
