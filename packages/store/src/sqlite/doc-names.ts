import { keysOf } from '../records/keys.ts'
import { rowsOf } from './bulk.ts'
import type { Connection, Row } from './connection.ts'
import { digestText } from './write-contents.ts'

const STEP_DOCS = 1000

/** Names texts by the names of their pieces, where they were named by all that they say; within a write. */
export function nameDocsByPieces(connection: Connection): void {
  const [found] = connection.all("SELECT value FROM meta WHERE key = 'key'")
  if (found === undefined) return
  const keys = keysOf(String(found[0]))
  for (let last = 0; ; ) {
    const docs = connection.all(DOCS, [last, STEP_DOCS])
    if (docs.length === 0) return
    const names = pieceNames(connection, docs)
    for (const [id, digest, truncated, isList, pieces, tenant] of docs) {
      const how = {
        digest: digest === null ? null : digestText(digest as Buffer),
        truncated: truncated === 1,
        isList: isList === 1,
      }
      const own = idsOf(pieces).map((piece) => names.get(piece) ?? '')
      connection.run('UPDATE docs SET hash = unhex(?) WHERE id = ?', [
        keys.list(String(tenant ?? ''), how, own),
        Number(id),
      ])
      last = Number(id)
    }
  }
}

/** Whose a text is stands where it is said. */
const DOCS = `SELECT d.id, d.digest, d.truncated, d.is_list, d.pieces,
  (SELECT coalesce(s.tenant, l.tenant) FROM contents AS c LEFT JOIN spans AS s ON s.id = c.owner
    LEFT JOIN late AS l ON l.id = -c.owner WHERE c.doc = d.id LIMIT 1)
  FROM docs AS d WHERE d.id > ? ORDER BY d.id LIMIT ?`

function pieceNames(connection: Connection, docs: readonly Row[]): Map<number, string> {
  const sql = 'SELECT id, lower(hex(hash)) FROM pieces WHERE id IN (SELECT value FROM json_each(?))'
  const ids = new Set(docs.flatMap((row) => idsOf(row[4])))
  return new Map(rowsOf(connection, sql, [...ids]).map(([id, name]) => [Number(id), String(name)]))
}

function idsOf(list: unknown): number[] {
  return list === '' ? [] : String(list).split(',').map(Number)
}
