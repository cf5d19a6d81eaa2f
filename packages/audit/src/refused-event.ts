import type { AuditError } from './errors.ts'
import type { SystemEntry } from './system-entry.ts'

/** The entry about an event that is not valid: paths and rules, without its values. */
export function refusedEvent(event: unknown, error: AuditError): SystemEntry {
  const findings = error.findings
    .slice(0, 8)
    .map(({ path, rule }) => ({ path: path.slice(0, 256), rule }))
  const sys = { action: actionOf(event), findings }
  return { action: 'audit.invalid_event', sys, outcome: 'failure' }
}

function actionOf(event: unknown): string | null {
  const action = (event as { action?: unknown } | null | undefined)?.action
  return typeof action === 'string' && /^[a-z0-9_.]{1,64}$/.test(action) ? action : null
}
