import type { AskedPage } from '../engine.ts'
import { pieceText } from '../records/pieces.ts'
import type { Hit } from '../store.ts'
import { type Snippet, snippetOf } from '../text/snippet.ts'
import { rowsOf } from './bulk.ts'
import type { Connection } from './connection.ts'
import { unpackedText } from './packed-text.ts'
import { placesOf } from './places.ts'
import { columnsOf, summaryOf } from './span-table.ts'
import { afterSql, IN_ORDER, LISTED, whereOf } from './where.ts'

interface Found {
  readonly span: number
  readonly part: string
  readonly snippet: Snippet
}

/** Spans that have a folded phrase, in the order of lists. */
export function searchSpans(
  connection: Connection,
  query: AskedPage & { readonly phrase: string },
  multiTenant: boolean,
): Hit[] {
  const places = placesOf(connection, query, multiTenant)
  const texts = new Texts(connection, query.phrase)
  const found = new Map<number, Found>()
  for (const rows of places) {
    texts.look(rows.map(({ piece }) => piece))
    for (const { span, part, piece } of rows) {
      const snippet = found.has(span) ? undefined : texts.snippet(piece)
      if (snippet !== undefined) found.set(span, { span, part, snippet })
    }
    if (found.size >= query.limit) break
  }
  return hitsOf(connection, [...found.values()].slice(0, query.limit))
}

/** Pieces that were looked at, and what was found in them. */
class Texts {
  readonly #connection: Connection
  readonly #phrase: string
  readonly #snippets: Map<number, Snippet | undefined> = new Map()

  constructor(connection: Connection, phrase: string) {
    this.#connection = connection
    this.#phrase = phrase
  }

  look(pieces: readonly number[]): void {
    const fresh = [...new Set(pieces)].filter((piece) => !this.#snippets.has(piece))
    const sql = 'SELECT id, body FROM pieces WHERE id IN (SELECT value FROM json_each(?))'
    for (const [id, body] of rowsOf(this.#connection, sql, fresh))
      this.#snippets.set(Number(id), snippetOf(pieceText(unpackedText(body)), this.#phrase))
  }

  snippet(piece: number): Snippet | undefined {
    return this.#snippets.get(piece)
  }
}

function hitsOf(connection: Connection, found: readonly Found[]): Hit[] {
  const spans = spansById(
    connection,
    found.map(({ span }) => span),
  )
  return found.flatMap(({ span, part, snippet }) => {
    const summary = spans.get(span)
    return summary === undefined ? [] : [{ span: summary, part, snippet }]
  })
}

/** Spans by the ids of their rows. */
export function spansById(
  connection: Connection,
  ids: readonly number[],
): Map<number, Hit['span']> {
  const sql = `SELECT ${columnsOf('s')} FROM spans AS s WHERE s.id IN (SELECT value FROM json_each(?))`
  return new Map(rowsOf(connection, sql, ids).map((row) => [Number(row[0]), summaryOf(row)]))
}

/** Spans in the order of lists. */
export function listSpans(
  connection: Connection,
  { filter, scope, limit, after }: AskedPage,
  multiTenant: boolean,
): Hit['span'][] {
  const where = whereOf(filter, scope, multiTenant)
  const later = afterSql(after)
  const sql = `SELECT ${columnsOf('s')} FROM spans AS s
    WHERE ${LISTED} AND (${where.sql}) AND (${later.sql}) ${IN_ORDER} LIMIT ?`
  return connection.all(sql, [...where.values, ...later.values, limit]).map(summaryOf)
}
