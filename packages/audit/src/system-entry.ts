import type { AuditActor } from './event.ts'
import { type LineParts, lineParts } from './line.ts'
import { uuidv7 } from './uuid.ts'

/** What one of the log's own entries says. */
export interface SystemEntry {
  readonly action: `audit.${string}`
  readonly sys: { readonly [key: string]: unknown }
  /** Who asked for it; without, the log itself. */
  readonly actor?: AuditActor
  readonly subject?: string
  readonly tenant?: string
  readonly reason?: string
  readonly outcome?: 'success' | 'failure' | 'denied'
}

/** One of the log's own entries, serialized but for its place. */
export function systemParts(log: string, entry: SystemEntry, now: number): LineParts {
  const { actor = { type: 'system', id: 'recount' }, outcome = 'success', ...said } = entry
  return lineParts(log, uuidv7(now), {
    ...said,
    actor,
    outcome,
    target: { type: 'log', id: log },
  })
}
