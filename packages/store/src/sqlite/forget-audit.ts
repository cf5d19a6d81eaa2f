import type { Person } from '../engine.ts'
import { type AuditRow, peopleOf } from '../records/audit-row.ts'
import type { Scope } from '../scope.ts'
import type { Connection } from './connection.ts'
import { inTurn } from './turns.ts'

const STEP_AUDIT = 1000

/** Entries of audit logs that name a person are gone from here; the logs themselves are not touched. `onGone` is called within each write. */
export async function forgetAudit(
  connection: Connection,
  { ids }: Person,
  scope: Scope,
  onGone: () => void,
): Promise<number> {
  const inScope = scope === undefined ? '' : ' AND tenant = ?'
  const rows = connection
    .all(`SELECT log, seq, json FROM audit AS t WHERE ${NAMES_ONE}${inScope}`, [
      JSON.stringify(ids.map((id) => JSON.stringify(id))),
      ...(scope === undefined ? [] : [scope]),
    ])
    .filter(([, , json]) =>
      peopleOf(JSON.parse(String(json)) as AuditRow).some((id) => ids.includes(id)),
    )
  for (let at = 0; at < rows.length; at += STEP_AUDIT) {
    const some = rows.slice(at, at + STEP_AUDIT).map(([log, seq]) => [log, seq])
    await inTurn(connection, () => {
      connection.run(
        'DELETE FROM audit WHERE (log, seq) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))',
        [JSON.stringify(some)],
      )
      onGone()
    })
  }
  return rows.length
}

/** Whether the JSON text of a row of `t` has one of these in it. */
export const NAMES_ONE: string =
  'EXISTS (SELECT 1 FROM json_each(?) AS j WHERE instr(t.json, j.value) > 0)'
