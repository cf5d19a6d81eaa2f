import type { AuditEntry } from './entry.ts'

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Whether an entry has what every writer puts into one, in the types that all readers of a log rely on: no crash leaves one without. */
export function hasForm(entry: AuditEntry): boolean {
  const { id, ts, seq, action, actor, target, outcome, data, sys } = entry
  return (
    TIME.test(ts) &&
    [id, outcome, ...namesOf(actor), ...namesOf(target)].every(
      (text) => typeof text === 'string',
    ) &&
    (data === undefined || (Array.isArray(data) && data.every(isObject))) &&
    (sys === undefined || isObject(sys)) &&
    (action === 'audit.genesis') === (seq === 0)
  )
}

/** An `audit.open` entry whose writer found entries before it that nobody had signed: their times may be anything. */
export function namesUnsigned({
  action,
  sys,
  seq,
}: Pick<AuditEntry, 'action' | 'sys' | 'seq'>): boolean {
  return action === 'audit.open' && typeof sys?.signed === 'number' && sys.signed < seq
}

function namesOf(named: unknown): unknown[] {
  return isObject(named) ? [named.id, named.type] : [undefined]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
