/** Codes of `AuditError`; all are explained in docs/errors.md. */
export const AUDIT_ERROR_CODES = [
  'AUDIT_ANCHOR_INVALID',
  'AUDIT_CHECKPOINT_INVALID',
  'AUDIT_CLOSED',
  'AUDIT_CONTENT_UNAVAILABLE',
  'AUDIT_DAMAGED',
  'AUDIT_DISK_FULL',
  'AUDIT_ENTRY_NOT_FOUND',
  'AUDIT_EVENT_INVALID',
  'AUDIT_EXPORT_EXISTS',
  'AUDIT_FENCED',
  'AUDIT_FORK',
  'AUDIT_KEY_INVALID',
  'AUDIT_KEY_MISSING',
  'AUDIT_LOCKED',
  'AUDIT_LOG_CHANGED',
  'AUDIT_LOG_NOT_FOUND',
  'AUDIT_NOTE_INVALID',
  'AUDIT_ON_HOLD',
  'AUDIT_OPTION_INVALID',
  'AUDIT_OVERLOADED',
  'AUDIT_PROOF_INVALID',
  'AUDIT_SUBJECT_NOT_FOUND',
  'AUDIT_TILE_INVALID',
  'AUDIT_TIMEOUT',
  'AUDIT_TIMESTAMP_INVALID',
  'AUDIT_TRUNCATED',
  'AUDIT_WITNESS_FAILED',
  'AUDIT_WRITE_FAILED',
] as const

/** One of `AUDIT_ERROR_CODES`. */
export type AuditErrorCode = (typeof AUDIT_ERROR_CODES)[number]

/** One thing that is wrong with an event: where (JSON Pointer, `/` for the whole), the rule, and a sentence without the value. */
export interface EventFinding {
  readonly path: string
  readonly rule: string
  readonly message: string
}

/** Thrown by this package. Match on `code`; messages may change in any release. `findings` says what is wrong with an event. */
export class AuditError extends Error {
  override readonly name = 'AuditError'
  readonly code: AuditErrorCode
  readonly findings: readonly EventFinding[]

  constructor(
    code: AuditErrorCode,
    message: string,
    options: ErrorOptions & { findings?: readonly EventFinding[] } = {},
  ) {
    super(message, options)
    this.code = code
    this.findings = options.findings ?? []
  }
}

/** The system's code of an error (`ENOSPC`, …); undefined where it is another error. */
export function systemCode(error: unknown): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
