import type { PolicyFinding } from './check-policy.ts'

/** Codes of `PolicyError`; all are explained in docs/errors.md. */
export const POLICY_ERROR_CODES = [
  'POLICY_FILE_UNREADABLE',
  'POLICY_INVALID',
  'POLICY_OPTION_INVALID',
] as const

/** One of `POLICY_ERROR_CODES`. */
export type PolicyErrorCode = (typeof POLICY_ERROR_CODES)[number]

/** Thrown by this package. Match on `code`; messages may change in any release. `findings` says what is wrong with a policy. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly code: PolicyErrorCode
  readonly findings: readonly PolicyFinding[]

  constructor(
    code: PolicyErrorCode,
    message: string,
    options: ErrorOptions & { findings?: readonly PolicyFinding[] } = {},
  ) {
    super(message, options)
    this.code = code
    this.findings = options.findings ?? []
  }
}
