/** Codes of `AuditError`; all are explained in docs/errors.md. */
export const AUDIT_ERROR_CODES = [
  'AUDIT_ANCHOR_INVALID',
  'AUDIT_CHECKPOINT_INVALID',
  'AUDIT_KEY_INVALID',
  'AUDIT_LOG_NOT_FOUND',
  'AUDIT_NOTE_INVALID',
  'AUDIT_OPTION_INVALID',
  'AUDIT_PROOF_INVALID',
  'AUDIT_TILE_INVALID',
  'AUDIT_TIMESTAMP_INVALID',
] as const

/** One of `AUDIT_ERROR_CODES`. */
export type AuditErrorCode = (typeof AUDIT_ERROR_CODES)[number]

/** Thrown by this package. Match on `code`; messages may change in any release. */
export class AuditError extends Error {
  override readonly name = 'AuditError'
  readonly code: AuditErrorCode

  constructor(code: AuditErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.code = code
  }
}
