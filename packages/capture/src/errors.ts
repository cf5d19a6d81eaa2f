/** Codes of the errors that this package throws; all are explained in docs/errors.md. */
export const CAPTURE_ERROR_CODES = ['CAPTURE_CLIENT_UNKNOWN', 'CAPTURE_OPTION_INVALID'] as const

/** One of `CAPTURE_ERROR_CODES`. */
export type CaptureErrorCode = (typeof CAPTURE_ERROR_CODES)[number]

/** Thrown by this package for its own options, never for a call. Match on `code`; messages may change in any release. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError'
  readonly code: CaptureErrorCode

  constructor(code: CaptureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
