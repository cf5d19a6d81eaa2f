import type { AuditEntry } from '../entry.ts'
import { namesUnsigned } from '../entry-form.ts'
import type { ExportFilter } from './export-request.ts'

/** Why an entry is not shown: it is of another time, or not of what was asked for. Which part of the question it misses would tell about it. */
export type WithheldReason = 'period' | 'filter'

/** Says of an entry why it is withheld; undefined for one that is shown. */
export type EntryFilter = (entry: AuditEntry) => WithheldReason | undefined

/** Entries of the log's own without which it cannot be verified, or not be told what it misses. They name no user of the application. */
const ALWAYS_SHOWN: ReadonlySet<string> = new Set([
  'audit.genesis',
  'audit.key_rotate',
  'audit.key_revoke',
  'audit.prune',
  'audit.stream',
  'audit.gap',
  'audit.recovered',
  'audit.clock',
])

/** The entries that an export shows. */
export function entryFilter(filter: ExportFilter): EntryFilter {
  const from = filter.from?.toISOString() ?? ''
  const to = filter.to?.toISOString()
  const isAsked = questionOf(filter)
  return (entry) => {
    // What was found unsigned counts for nothing, in a bundle too.
    if (ALWAYS_SHOWN.has(entry.action) || namesUnsigned(entry)) return undefined
    if (entry.ts < from || (to !== undefined && entry.ts >= to)) return 'period'
    return isAsked(entry) ? undefined : 'filter'
  }
}

/** Whose data an entry is about, as the log decides it for content too. */
function subjectOf({ subject, actor }: AuditEntry): string | undefined {
  return subject ?? (actor?.type === 'user' ? actor.id : undefined)
}

function questionOf({ tenant, actor, action, subject }: ExportFilter): (e: AuditEntry) => boolean {
  const tests: ((entry: AuditEntry) => boolean)[] = []
  if (isAsked(tenant)) tests.push(isIn(tenant, (entry) => entry.tenant))
  if (isAsked(actor)) tests.push(isIn(actor, (entry) => entry.actor?.id))
  if (isAsked(subject)) tests.push(isIn(subject, subjectOf))
  if (isAsked(action)) tests.push(isAction(action))
  return (entry) => tests.every((test) => test(entry))
}

function isAsked(values: readonly string[] | undefined): values is readonly string[] {
  return values !== undefined && values.length > 0
}

function isIn(values: readonly string[], nameIn: (entry: AuditEntry) => string | undefined) {
  const wanted = new Set<string | undefined>(values)
  return (entry: AuditEntry): boolean => wanted.has(nameIn(entry))
}

function isAction(actions: readonly string[]): (entry: AuditEntry) => boolean {
  const names = new Set(actions)
  const prefixes = actions.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1))
  return ({ action }) => names.has(action) || prefixes.some((prefix) => action.startsWith(prefix))
}
