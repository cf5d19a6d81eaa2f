/** Codes under which this package warns through `process.emitWarning`; all are explained in docs/errors.md. */
export const LOGGER_WARNING_CODES = [
  'LOGGER_AUDIT_FAILED',
  'LOGGER_COMPRESSION_FAILED',
  'LOGGER_CONTENT_IN_PRODUCTION',
  'LOGGER_DESTINATION_CLOSED',
  'LOGGER_DESTINATION_FAILED',
  'LOGGER_DESTINATION_STALLED',
  'LOGGER_FLAG_IGNORED',
  'LOGGER_KEY_UNAVAILABLE',
  'LOGGER_RECORDING_FAILED',
  'LOGGER_ROTATION_FAILED',
  'LOGGER_RULES_CONFLICT',
] as const

/** One of `LOGGER_WARNING_CODES`. */
export type LoggerWarningCode = (typeof LOGGER_WARNING_CODES)[number]

const warned = new Set<string>()

/** Warns once a process for each code and message. */
export function warnOnce(code: LoggerWarningCode, message: string): void {
  const seen = `${code} ${message}`
  if (warned.has(seen) || warned.size > 1000) return
  warned.add(seen)
  process.emitWarning(message, { type: 'RecountWarning', code })
}
