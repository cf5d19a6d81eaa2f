/** Codes of `StoreError`; all are explained in docs/errors.md. */
export const STORE_ERROR_CODES = [
  'STORE_AMBIGUOUS',
  'STORE_BUSY',
  'STORE_CLIENT_MISSING',
  'STORE_CLOSED',
  'STORE_CORRUPT',
  'STORE_FILE_HELD',
  'STORE_NEWER',
  'STORE_OPTION_INVALID',
  'STORE_QUERY_INVALID',
  'STORE_RETENTION_INVALID',
  'STORE_SCHEMA_OLD',
  'STORE_TENANT_REQUIRED',
  'STORE_UNREADABLE',
  'STORE_UNWRITABLE',
] as const

/** One of `STORE_ERROR_CODES`. */
export type StoreErrorCode = (typeof STORE_ERROR_CODES)[number]

/** Thrown by this package. Match on `code`; messages may change in any release. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Codes of warnings of the process; all are explained in docs/errors.md. */
export const STORE_WARNING_CODES = ['STORE_WRITE_FAILED'] as const

/** One of `STORE_WARNING_CODES`. */
export type StoreWarningCode = (typeof STORE_WARNING_CODES)[number]
