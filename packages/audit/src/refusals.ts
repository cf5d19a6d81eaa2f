import { AuditError } from './errors.ts'

/** The disk did not answer in time. */
export function timedOut(timeout: number, what: string): AuditError {
  const message = `The disk did not answer within ${timeout} ms: ${what}; the action should not go ahead`
  return new AuditError('AUDIT_TIMEOUT', message)
}

/** Something else went wrong while an entry was written. */
export function unexpected(error: unknown): AuditError {
  const message = `The entry was not written: ${(error as Error).message}`
  return new AuditError('AUDIT_WRITE_FAILED', message, { cause: error })
}

/** The log was closed before. */
export function ended(origin: string): AuditError {
  return new AuditError('AUDIT_CLOSED', `${origin} is closed; open it again to append`)
}

/** What an `audit.gap` entry says about a refusal. */
export function causeOf({ code }: AuditError): string {
  return code.slice('AUDIT_'.length).toLowerCase()
}
