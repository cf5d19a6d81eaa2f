/** Codes of `RedactError`; all are explained in docs/errors.md. */
export const REDACT_ERROR_CODES = [
  'REDACT_KEY_INVALID',
  'REDACT_KEY_UNKNOWN',
  'REDACT_OPTION_INVALID',
  'REDACT_PATTERN_UNSAFE',
  'REDACT_TOKEN_UNKNOWN',
  'REDACT_VAULT_INVALID',
] as const

/** One of `REDACT_ERROR_CODES`. */
export type RedactErrorCode = (typeof REDACT_ERROR_CODES)[number]

/** Codes of the warnings of this package; all are explained in docs/errors.md. */
export const REDACT_WARNING_CODES = ['REDACT_FAILED'] as const

/** One of `REDACT_WARNING_CODES`. */
export type RedactWarningCode = (typeof REDACT_WARNING_CODES)[number]

/** Thrown by this package. Match on `code`; messages may change in any release. */
export class RedactError extends Error {
  override readonly name = 'RedactError'
  readonly code: RedactErrorCode

  constructor(code: RedactErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
