import { isWord } from '../text/tokens.ts'
import { insertRows, rowsOf } from './bulk.ts'
import type { Connection, Row } from './connection.ts'
import { readCounters } from './counters.ts'
import { wordsOf } from './fill-index.ts'
import { unpackedText } from './packed-text.ts'
import { noteWords } from './unused-words.ts'
import { hexList } from './write-contents.ts'

/** What deleting left behind. */
export interface Deleted {
  /** Pieces that nobody says any more. */
  readonly pieces: number
  /** Words that were in them. */
  readonly words: ReadonlySet<string>
}

/** Deletes what these say (spans, late lines as negative numbers), and texts that nobody else says; within a write. */
export function deleteContents(
  connection: Connection,
  owners: readonly number[],
  { contentOnly, digests }: { contentOnly: boolean; digests?: readonly string[] | undefined },
): Deleted {
  if (owners.length === 0) return { pieces: 0, words: new Set() }
  const only = contentOnly ? ' AND d.digest IS NOT NULL' : ''
  const named =
    digests === undefined ? '' : ' AND d.digest IN (SELECT unhex(value) FROM json_each(?))'
  const said = connection.all(
    `SELECT c.owner, c.part, c.doc FROM json_each(?) AS j CROSS JOIN contents AS c ON c.owner = j.value
      CROSS JOIN docs AS d ON d.id = c.doc WHERE 1${only}${named}`,
    [JSON.stringify(owners), ...(digests === undefined ? [] : [hexList(digests)])],
  )
  if (said.length === 0) return { pieces: 0, words: new Set() }
  connection.run(
    `DELETE FROM contents WHERE (owner, part, doc) IN (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))`,
    [JSON.stringify(said)],
  )
  return deleteUnsaid(connection, [...new Set(said.map(([, , doc]) => Number(doc)))])
}

/** Deletes those of these texts that nobody says any more. */
function deleteUnsaid(connection: Connection, docs: readonly number[]): Deleted {
  const unsaid = ids(
    rowsOf(
      connection,
      'SELECT j.value FROM json_each(?) AS j WHERE NOT EXISTS (SELECT 1 FROM contents AS c WHERE c.doc = j.value)',
      docs,
    ),
  )
  const pieces = new Set(
    rowsOf(
      connection,
      'SELECT pieces FROM docs WHERE id IN (SELECT value FROM json_each(?))',
      unsaid,
    ).flatMap(([list]) => (list === '' ? [] : String(list).split(',').map(Number))),
  )
  const links = unsaid.length === 0 ? [] : [...pieces]
  connection.run(
    `DELETE FROM doc_pieces WHERE piece IN (SELECT value FROM json_each(?)) AND doc IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(links), JSON.stringify(unsaid)],
  )
  connection.run('DELETE FROM docs WHERE id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(unsaid),
  ])
  return deletePieces(connection, [...pieces])
}

function deletePieces(connection: Connection, pieces: readonly number[]): Deleted {
  const { indexed } = readCounters(connection)
  const unused = rowsOf(
    connection,
    `SELECT p.id, p.body FROM json_each(?) AS j CROSS JOIN pieces AS p ON p.id = j.value
      WHERE NOT EXISTS (SELECT 1 FROM doc_pieces AS d WHERE d.piece = p.id)`,
    pieces,
  )
  const words = new Set<string>()
  const inIndex = unused.flatMap(([id, body]) => {
    if (Number(id) > indexed) return []
    const own = wordsOf(unpackedText(body))
    for (const word of own) if (isWord(word)) words.add(word)
    return [['delete', Number(id), own.join(' ')]]
  })
  insertRows(connection, 'INSERT INTO words_in (words_in, rowid, text)', inIndex)
  if (words.size > 0) noteWords(connection)
  const gone = JSON.stringify(ids(unused))
  connection.run('DELETE FROM queries WHERE piece IN (SELECT value FROM json_each(?))', [gone])
  connection.run('DELETE FROM pieces WHERE id IN (SELECT value FROM json_each(?))', [gone])
  return { pieces: unused.length, words }
}

function ids(rows: readonly Row[]): number[] {
  return rows.map(([id]) => Number(id))
}
