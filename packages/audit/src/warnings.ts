/** Codes of warnings (`process.emitWarning`); all are explained in docs/errors.md. */
export const AUDIT_WARNING_CODES = [
  'AUDIT_CHECKPOINT_FAILED',
  'AUDIT_DISK_LOW',
  'AUDIT_HOLD_MISSING',
  'AUDIT_RECOVERED',
  'AUDIT_STREAM_UNKNOWN',
  'AUDIT_UNSIGNED',
] as const

/** One of `AUDIT_WARNING_CODES`. */
export type AuditWarningCode = (typeof AUDIT_WARNING_CODES)[number]

/** Says something to whoever runs the process. */
export function warn(code: AuditWarningCode, message: string): void {
  process.emitWarning(message, { type: 'AuditWarning', code })
}
