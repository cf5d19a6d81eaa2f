import { type AuditOfTrace, type AuditRow, MOST_ENTRIES, peopleOf } from '../records/audit-row.ts'
import type { Scope } from '../scope.ts'
import { inChunks } from './chunks.ts'
import type { Connection } from './connection.ts'
import { dayOf } from './span-columns.ts'
import { scopeSql } from './sweep.ts'

/** Keeps entries of audit logs, each once; answers how many are new or other ones. */
export async function writeAudit(
  connection: Connection,
  rows: readonly AuditRow[],
  version: number,
): Promise<number> {
  if (rows.length === 0) return 0
  const known = new Set(
    (
      await inChunks(
        rows.map(({ log, seq }) => placeOf(log, seq)),
        (chunk) =>
          connection.rows<{ json: string }>(
            "SELECT json FROM $db.audit FINAL WHERE concat(log, ' ', toString(seq)) IN {places:Array(String)}",
            { places: chunk },
          ),
      )
    ).map(({ json }) => json),
  )
  const fresh = rows.filter((row) => !known.has(jsonOf(row)))
  await connection.insert(
    'audit',
    fresh.map((row) => ({
      ...{ tenant: row.tenant_id ?? '', log: row.log, seq: row.seq, trace_id: row.trace_id ?? '' },
      ...{
        time: row.time,
        day: dayOf(row.time),
        people: peopleOf(row),
        json: jsonOf(row),
        version,
      },
    })),
  )
  return fresh.length
}

/** Entries that name a trace. */
export async function auditOf(
  connection: Connection,
  trace_id: string,
  scope: Scope,
): Promise<AuditOfTrace> {
  const where = `trace_id = {trace_id:String} AND ${scopeSql(scope)}`
  const params = { trace_id, scope: scope ?? '' }
  const found = await connection.rows<{ json: string }>(
    `SELECT json FROM $db.audit FINAL WHERE ${where} ORDER BY log, seq LIMIT ${MOST_ENTRIES}`,
    params,
  )
  const rows = found.map(({ json }) => JSON.parse(json) as AuditRow)
  if (rows.length < MOST_ENTRIES) return { rows, left_out: 0 }
  const [all] = await connection.rows<{ n: number }>(
    `SELECT count() AS n FROM $db.audit FINAL WHERE ${where}`,
    params,
  )
  return { rows, left_out: Number(all?.n) - rows.length }
}

function jsonOf(row: AuditRow): string {
  return JSON.stringify(row).toWellFormed()
}

function placeOf(log: string, seq: number): string {
  return `${log} ${seq}`.toWellFormed()
}
