import type { Scope } from '../scope.ts'
import type { Connection } from './connection.ts'

/** Whose rows, as SQL; `scope` is a value of the query. */
export function scopeSql(scope: Scope): string {
  return scope === undefined ? '1' : 'tenant = {scope:String}'
}

/** Deletes texts that nothing refers to any more. */
export async function sweep(connection: Connection, condition: string): Promise<void> {
  await connection.run(
    `ALTER TABLE $db.pieces DELETE WHERE ${condition} AND hash NOT IN
      (SELECT arrayJoin(pieces) FROM $db.contents)`,
  )
}
