import type { AuditEntry, StoredDataItem } from '../entry.ts'

type Cell = string | number | undefined

/** Columns of the table, in their order: what is nested deeper stands as JSON. */
const COLUMNS: readonly (readonly [string, (entry: AuditEntry) => Cell])[] = [
  ['log', ({ log }) => log],
  ['seq', ({ seq }) => seq],
  ['time', ({ ts }) => ts],
  ['action', ({ action }) => action],
  ['outcome', ({ outcome }) => outcome],
  ['stage', ({ stage }) => stage],
  ['op', ({ op }) => op],
  ['actor_type', ({ actor }) => actor?.type],
  ['actor_id', ({ actor }) => actor?.id],
  ['actor_via', ({ actor }) => actor?.via?.join(' ')],
  ['subject', ({ subject }) => subject],
  ['tenant', ({ tenant }) => tenant],
  ['target_type', ({ target }) => target?.type],
  ['target_id', ({ target }) => target?.id],
  ['target_version', ({ target }) => target?.ver],
  ['reason', ({ reason }) => (typeof reason === 'string' ? reason : json(reason))],
  ['trace_id', ({ trace }) => trace?.trace_id],
  ['span_id', ({ trace }) => trace?.span_id],
  ['session_id', ({ trace }) => trace?.session_id],
  ['request_id', ({ trace }) => trace?.request_id],
  ['llm', ({ llm }) => json(llm)],
  ['source', ({ src }) => json(src)],
  ['policy', ({ policy }) => json(policy)],
  ['details', ({ details }) => json(details)],
  ['data', ({ data }) => data?.map(partOf).join(' ')],
  ['ext', ({ ext }) => json(ext)],
  ['sys', ({ sys }) => json(sys)],
  ['id', ({ id }) => id],
]

/** The first line of the table (RFC 4180). */
export const CSV_HEADER: string = `${COLUMNS.map(([name]) => name).join(',')}\r\n`

/** An entry as a line of the table. */
export function csvLine(entry: AuditEntry): string {
  return `${COLUMNS.map(([, cellOf]) => csvCell(cellOf(entry))).join(',')}\r\n`
}

// A spreadsheet takes what begins so for a formula, also behind spaces, and in the wide forms that some fold into the narrow ones.
const FORMULA = /^[\s\0]*[=+\-@\u066b\uff0b\uff0d\uff1d\uff20\t\r\n|%]/

/** A value as a cell that no spreadsheet computes: what looks like a formula gets an apostrophe in front. */
export function csvCell(value: Cell): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n']|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

function partOf({ part }: StoredDataItem): string {
  return part
}
