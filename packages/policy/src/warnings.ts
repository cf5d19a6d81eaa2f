/** Codes of warnings (`process.emitWarning`); all are explained in docs/errors.md. */
export const POLICY_WARNING_CODES = [
  'POLICY_AUDIT_FAILED',
  'POLICY_BUDGET_STORE_FAILED',
  'POLICY_CALLBACK_FAILED',
  'POLICY_FILE_REFUSED',
  'POLICY_LINE_REFUSED',
] as const

/** One of `POLICY_WARNING_CODES`. */
export type PolicyWarningCode = (typeof POLICY_WARNING_CODES)[number]

const said = new Set<string>()

/** Warns once a process about each thing: about a code, or about a code and a subject. */
export function warnOnce(code: PolicyWarningCode, message: string, subject = ''): void {
  const key = `${code} ${subject}`
  if (said.has(key)) return
  if (said.size < 1000) said.add(key)
  process.emitWarning(message, { code })
}

/** The class of what somebody else's code threw: its message may hold what must not be told. */
export function errorClass(error: unknown): string {
  try {
    const name = error instanceof Error ? error.constructor.name : ''
    return /^[A-Z][A-Za-z]{0,39}$/.test(name) ? name : 'what is no plain error'
  } catch {
    return 'what cannot be read'
  }
}
