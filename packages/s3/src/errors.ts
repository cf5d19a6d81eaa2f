/** Codes of `S3Error`; all are explained in docs/errors.md. */
export const S3_ERROR_CODES = [
  'S3_CLOSED',
  'S3_DAMAGED',
  'S3_FENCED',
  'S3_FOLDER_NOT_EMPTY',
  'S3_LOCK_MISSING',
  'S3_LOCK_UNWANTED',
  'S3_LOG_MISMATCH',
  'S3_LOG_NOT_FOUND',
  'S3_OPTION_INVALID',
  'S3_REFUSED',
  'S3_SDK_MISSING',
  'S3_STORE_WEAK',
  'S3_UNREACHABLE',
] as const

/** One of `S3_ERROR_CODES`. */
export type S3ErrorCode = (typeof S3_ERROR_CODES)[number]

/** Thrown by this package; what is wrong with the log itself is an `AuditError`. Match on `code`; messages may change in any release. */
export class S3Error extends Error {
  override readonly name = 'S3Error'
  readonly code: S3ErrorCode

  constructor(code: S3ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
