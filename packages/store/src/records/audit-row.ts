/** An entry of an audit log, as far as it is looked up here. The log is the authority, this is a copy that proves nothing. */
export interface AuditRow {
  /** The origin of the log. */
  readonly log: string
  /** Place in the log. */
  readonly seq: number
  /** Epoch milliseconds. */
  readonly time: number
  readonly action: string
  readonly outcome: string
  readonly actor: { readonly type: string; readonly id: string }
  readonly target: { readonly type: string; readonly id: string } | null
  readonly subject: string | null
  readonly tenant_id: string | null
  readonly trace_id: string | null
  readonly span_id: string | null
}

/** Entries that a trace has at once. */
export const MOST_ENTRIES = 10_000

/** Entries that name a trace, the first of them in the order of their logs. */
export interface AuditOfTrace {
  readonly rows: readonly AuditRow[]
  /** How many there are besides. */
  readonly left_out: number
}

/** The row of a line of an audit log's segment; undefined for whatever else it is. */
export function auditRowOf(value: unknown): AuditRow | undefined {
  if (!isObject(value) || value.v !== 1 || typeof value.prev !== 'string') return undefined
  const { log, seq, ts, action, actor, target, trace } = value
  const time = typeof ts === 'string' ? Date.parse(ts) : Number.NaN
  const who = named(actor)
  if (typeof log !== 'string' || typeof action !== 'string' || who === null) return undefined
  if (!Number.isSafeInteger(seq) || Number(seq) < 0 || Number.isNaN(time)) return undefined
  const ids = isObject(trace) ? trace : {}
  return {
    ...{ log, seq: Number(seq), time, action, actor: who, target: named(target) },
    outcome: textOf(value.outcome) ?? 'unknown',
    subject: textOf(value.subject),
    tenant_id: textOf(value.tenant),
    trace_id: idOf(ids.trace_id, 32),
    span_id: idOf(ids.span_id, 16),
  }
}

/** Whom an entry is about: who did it, and whose data it was. */
export function peopleOf({ actor, subject, target }: AuditRow): string[] {
  const users = [actor, target].flatMap((one) => (one?.type === 'user' ? one.id : []))
  return [...new Set([...users, ...(subject === null ? [] : [subject])])]
}

function named(value: unknown): { type: string; id: string } | null {
  if (!isObject(value)) return null
  const { type, id } = value
  return typeof type === 'string' && typeof id === 'string' ? { type, id } : null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function idOf(value: unknown, digits: number): string | null {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value)
    ? value
    : null
}
