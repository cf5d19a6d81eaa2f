/** Codes of the errors that the command ends with; all are explained in docs/errors.md. */
export const CLI_ERROR_CODES = [
  'CLI_AMBIGUOUS',
  'CLI_FILE_UNREADABLE',
  'CLI_FOLDER_NOT_EMPTY',
  'CLI_NOT_AVAILABLE',
  'CLI_NO_INPUT',
  'CLI_OPTION_INVALID',
  'CLI_OUTPUT_FAILED',
  'CLI_TRACE_NOT_FOUND',
  'CLI_USAGE_INVALID',
] as const
/** One of `CLI_ERROR_CODES`. */
export type CliErrorCode = (typeof CLI_ERROR_CODES)[number]

/** How a command ends: done, the answer is no, wrong usage, could not finish, interrupted. */
export const EXIT = { done: 0, no: 1, usage: 2, failed: 3, interrupted: 130 } as const

/** Ends the command. Match on `code`; messages may change in any release. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const EXIT_BY_CODE: Readonly<Record<string, number>> = {
  CLI_FILE_UNREADABLE: EXIT.failed,
  CLI_OUTPUT_FAILED: EXIT.failed,
  CLI_TRACE_NOT_FOUND: EXIT.no,
  ANALYZE_EXPRESSION_INVALID: EXIT.usage,
  ANALYZE_OPTION_INVALID: EXIT.usage,
  ANALYZE_REPORT_INVALID: EXIT.usage,
  ANALYZE_STATE_INVALID: EXIT.failed,
  ANALYZE_STATE_LOCKED: EXIT.failed,
  AUDIT_ENTRY_NOT_FOUND: EXIT.no,
  AUDIT_EXPORT_EXISTS: EXIT.usage,
  AUDIT_ON_HOLD: EXIT.no,
  AUDIT_OPTION_INVALID: EXIT.usage,
  AUDIT_SUBJECT_NOT_FOUND: EXIT.no,
  AUDIT_TIMESTAMP_INVALID: EXIT.no,
  DIAGNOSE_RULES_INVALID: EXIT.usage,
  POLICY_INVALID: EXIT.no,
  S3_FOLDER_NOT_EMPTY: EXIT.usage,
  S3_OPTION_INVALID: EXIT.usage,
  STORE_AMBIGUOUS: EXIT.usage,
  STORE_OPTION_INVALID: EXIT.usage,
  STORE_QUERY_INVALID: EXIT.usage,
  STORE_RETENTION_INVALID: EXIT.usage,
  STORE_TENANT_REQUIRED: EXIT.usage,
}

/** The exit code for whatever was thrown; what is not known to be wrong usage could not be finished. */
export function exitCodeOf(error: unknown): number {
  const known = EXIT_BY_CODE[codeOf(error) ?? '']
  if (known !== undefined) return known
  return error instanceof CliError ? EXIT.usage : EXIT.failed
}

/** The code that an error carries. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : undefined
}
