import type { Connection, Row, Value } from './connection.ts'

/** Fewer statements, as each has its price; fewer values than SQLite takes in one. */
const MOST_VALUES = 2000

/**
 * How rows are inserted of which none can be there: whatever else a statement of many rows might have to take back, SQLite
 * keeps a copy of each page that it changes.
 */
export const NEW = 'INSERT OR ROLLBACK'

/**
 * Inserts rows, many in each statement; the text of the statement ends where its rows begin. What all rows have in their
 * first columns is handed over once. Answers how many changed.
 */
export function insertRows(
  connection: Connection,
  into: string,
  rows: readonly (readonly Value[])[],
  { shared = [], conflict = '' }: { shared?: readonly Value[]; conflict?: string } = {},
): number {
  const width = Math.max(1, rows[0]?.length ?? 1)
  let size = 2 ** Math.floor(Math.log2(MOST_VALUES / width))
  let changed = 0
  for (let at = 0; at < rows.length; at += size) {
    // Halves of halves, so that few different statements have to be prepared.
    while (size > rows.length - at) size /= 2
    const sql = insertOf(`${into} VALUES`, conflict, [shared.length, rows[0]?.length ?? 0, size])
    const values: Value[] = [...shared]
    for (const row of rows.slice(at, at + size)) values.push(...row)
    changed += connection.run(sql, values)
  }
  return changed
}

/** Texts of statements are long, and the same text is found sooner than one like it. */
const KNOWN = new Map<string, string>()
const MOST_KNOWN = 500

function insertOf(
  into: string,
  conflict: string,
  lengths: readonly [number, number, number],
): string {
  const key = `${into} ${lengths} ${conflict}`
  const known = KNOWN.get(key)
  if (known !== undefined) return known
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear()
  const sql = `${into} ${valuesOf(...lengths)} ${conflict}`
  KNOWN.set(key, sql)
  return sql
}

/** A plain `?` is the one after the last of those that have a number. */
function valuesOf(shared: number, own: number, size: number): string {
  const numbered = Array.from({ length: shared }, (_, at) => `?${at + 1}`)
  const row = `(${[...numbered, ...Array(own).fill('?')].join(', ')})`
  return Array(size).fill(row).join(', ')
}

/** Rows of a query that has a list of ids or of hexadecimal names where it says `json_each(?)`. */
export function rowsOf(
  connection: Connection,
  sql: string,
  list: readonly (string | number)[],
): Row[] {
  return list.length === 0 ? [] : connection.all(sql, [JSON.stringify(list)])
}
