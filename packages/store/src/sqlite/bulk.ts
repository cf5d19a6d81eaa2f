import type { Connection, Row, Value } from './connection.ts'

/** Fewer statements, as each has its price; fewer values than SQLite takes in one. */
const MOST_VALUES = 2000

/**
 * How rows are inserted of which none can be there: whatever else a statement of many rows might have to take back, SQLite
 * keeps a copy of each page that it changes.
 */
export const NEW = 'INSERT OR ROLLBACK'

/** Inserts rows, many in each statement; the text of the statement ends where its rows begin. Answers how many changed. */
export function insertRows(
  connection: Connection,
  into: string,
  rows: readonly (readonly Value[])[],
  conflict = '',
): number {
  const width = rows[0]?.length ?? 1
  let size = 2 ** Math.floor(Math.log2(MOST_VALUES / width))
  let changed = 0
  for (let at = 0; at < rows.length; at += size) {
    // Halves of halves, so that few different statements have to be prepared.
    while (size > rows.length - at) size /= 2
    const sql = `${into} ${valuesOf(width, size)} ${conflict}`
    const values: Value[] = []
    for (const row of rows.slice(at, at + size)) values.push(...row)
    changed += connection.run(sql, values)
  }
  return changed
}

function valuesOf(width: number, size: number): string {
  const row = `(${Array(width).fill('?').join(', ')})`
  return `VALUES ${Array(size).fill(row).join(', ')}`
}

/** Rows of a query that has a list of ids or of hexadecimal names where it says `json_each(?)`. */
export function rowsOf(
  connection: Connection,
  sql: string,
  list: readonly (string | number)[],
): Row[] {
  return list.length === 0 ? [] : connection.all(sql, [JSON.stringify(list)])
}
