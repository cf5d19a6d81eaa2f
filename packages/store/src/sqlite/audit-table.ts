import { type AuditOfTrace, type AuditRow, MOST_ENTRIES } from '../records/audit-row.ts'
import type { Scope } from '../scope.ts'
import { insertRows } from './bulk.ts'
import type { Connection } from './connection.ts'
import { idBytes, plainText } from './span-table.ts'

/** Keeps entries of audit logs, each once; within a write. Answers how many are new or other ones. */
export function writeAudit(connection: Connection, rows: readonly AuditRow[]): number {
  return insertRows(
    connection,
    'INSERT INTO audit',
    rows.map((row) => [
      ...[plainText(row.log), row.seq, plainText(row.tenant_id ?? ''), row.time],
      ...[idBytes(row.trace_id), JSON.stringify(row)],
    ]),
    {
      conflict:
        'ON CONFLICT (log, seq) DO UPDATE SET tenant = excluded.tenant, time = excluded.time, trace_id = excluded.trace_id, json = excluded.json WHERE json <> excluded.json',
    },
  )
}

/** Entries that name a trace. */
export function readAudit(connection: Connection, trace_id: string, scope: Scope): AuditOfTrace {
  const where = `trace_id = unhex(?)${scope === undefined ? '' : ' AND tenant = ?'}`
  const values = [trace_id, ...(scope === undefined ? [] : [scope])]
  const rows = connection
    .all(`SELECT json FROM audit WHERE ${where} ORDER BY log, seq LIMIT ${MOST_ENTRIES}`, values)
    .map(([json]) => JSON.parse(String(json)) as AuditRow)
  const all =
    rows.length < MOST_ENTRIES
      ? rows.length
      : connection.number(`SELECT count(*) FROM audit WHERE ${where}`, values)
  return { rows, left_out: all - rows.length }
}

/** Tenants of which there are spans or late lines: one after the other by the index, without looking at every row. */
export function tenantsIn(connection: Connection): string[] {
  const tenants: string[] = []
  let last = ''
  for (;;) {
    const [row] = connection.all(
      "SELECT tenant FROM spans WHERE tenant <> '' AND tenant > ? ORDER BY tenant LIMIT 1",
      [last],
    )
    if (row === undefined) break
    last = String(row[0])
    tenants.push(last)
  }
  const late = connection.all("SELECT DISTINCT tenant FROM late WHERE tenant <> ''")
  return [...new Set(['', ...tenants, ...late.map(([tenant]) => String(tenant))])]
}
