import type { Connection, Row, Value } from './connection.ts'

/** Fewer statements, as each has its price; fewer values than SQLite takes in one. */
const MOST_VALUES = 2000

/** Inserts rows, many in each statement; the text of the statement ends where its rows begin. Answers how many changed. */
export function insertRows(
  connection: Connection,
  into: string,
  rows: readonly (readonly Value[])[],
  conflict = '',
): number {
  const [first] = rows
  if (first === undefined) return 0
  const most = Math.max(1, Math.floor(MOST_VALUES / first.length))
  const row = `(${first.map(() => '?').join(', ')})`
  let changed = 0
  for (let at = 0; at < rows.length; at += most) {
    const some = rows.slice(at, at + most)
    const sql = `${into} VALUES ${some.map(() => row).join(', ')} ${conflict}`
    // What is not a full statement is seldom of the same length twice.
    changed += connection.run(sql, some.flat())
  }
  return changed
}

/** Rows of a query that has a list of ids or of hexadecimal names where it says `json_each(?)`. */
export function rowsOf(
  connection: Connection,
  sql: string,
  list: readonly (string | number)[],
): Row[] {
  return list.length === 0 ? [] : connection.all(sql, [JSON.stringify(list)])
}
