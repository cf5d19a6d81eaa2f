/** Codes of the errors that this package throws; all are explained in docs/errors.md. */
export const LOGGER_ERROR_CODES = [
  'LOGGER_FILE_IN_USE',
  'LOGGER_FLUSH_TIMEOUT',
  'LOGGER_OPTION_INVALID',
  'LOGGER_SCHEMA_INVALID',
] as const
/** One of `LOGGER_ERROR_CODES`. */
export type LoggerErrorCode = (typeof LOGGER_ERROR_CODES)[number]

/** Thrown by this package. Match on `code`; messages may change in any release. */
export class LoggerError extends Error {
  override readonly name = 'LoggerError'
  readonly code: LoggerErrorCode

  constructor(code: LoggerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
