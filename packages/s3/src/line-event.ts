import type { AuditEvent } from '@recount/audit'

/** pino's level from which on a line tells a failure. */
const ERROR_LEVEL = 50

/** A logged line as an event: what it says under `audit`, else that it was logged, with the line as content, which never enters an entry. */
export function lineEvent(line: object): AuditEvent {
  const { audit, level, name } = line as { audit?: unknown; level?: unknown; name?: unknown }
  if (typeof audit === 'object' && audit !== null) return audit as AuditEvent
  const id = typeof name === 'string' && name !== '' ? name : 'pino'
  return {
    action: 'app.log',
    actor: { type: 'system', id },
    target: { type: 'log', id },
    outcome: typeof level === 'number' && level >= ERROR_LEVEL ? 'failure' : 'success',
    data: [{ part: 'line', text: JSON.stringify(line) }],
  }
}
