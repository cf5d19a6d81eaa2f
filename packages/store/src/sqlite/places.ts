import type { AskedPage } from '../engine.ts'
import type { Position } from '../read/cursor.ts'
import type { Connection, Row, Value } from './connection.ts'
import { readCounters } from './counters.ts'
import { joinsOf, type Where } from './late-conditions.ts'
import { indexQuery } from './phrase-index.ts'
import { idText } from './span-table.ts'
import { afterSql, IN_ORDER, whereOf } from './where.ts'

/** Where a piece is said that may have a phrase. */
export interface Place {
  readonly span: number
  readonly part: string
  readonly piece: number
}

/** Of more pieces than these the newest spans are looked through, which say some of them soon. */
const MOST_PIECES = 1000
/** So many of the newest ones are asked for first. If they are dense, a page has no others, and the index is read no further. */
const FEW_PIECES = 200
/** One in so many texts. */
const DENSE = 100
/** Places of older texts that are looked at before more is asked for. */
const FEW_OLDER = 200
/** So many places are sooner looked at than the index is asked more exactly. */
const FEW_PLACES = 300
/** Spans whose texts are looked at in one go where the index does not help, at first. */
const FEWEST_SCANNED = 250
const MOST_SCANNED = 4000

/** Places to look at, by spans in the order of lists, the places of one span together; some may come twice. */
export function* placesOf(
  connection: Connection,
  query: AskedPhrase,
  multiTenant: boolean,
): Generator<readonly Place[]> {
  const { exact, quick } = indexQuery(connection, query.phrase)
  const where = whereOf(query.filter, query.scope, multiTenant)
  const search: Search = { connection, query, where, multiTenant }
  if (exact === null) {
    yield* scanned(search)
    return
  }
  if (quick !== undefined) {
    let looked = 0
    let isOver = true
    for (const places of placesBy(search, quick)) {
      yield places
      looked += places.length
      isOver = looked <= FEW_PLACES
      if (!isOver) break
    }
    if (isOver) return
  }
  yield* placesBy(search, exact)
}

type AskedPhrase = AskedPage & { readonly phrase: string }

interface Search {
  readonly connection: Connection
  readonly query: AskedPhrase
  readonly where: Where
  readonly multiTenant: boolean
}

/** Places of pieces that the index matches; where these are very many, of the newest of them and of all older ones. */
function* placesBy(search: Search, matching: string): Generator<readonly Place[]> {
  const { indexed } = readCounters(search.connection)
  const few = matching === '' ? [] : newestPieces(search.connection, matching, FEW_PIECES)
  if (few.length === FEW_PIECES && indexed - (few.at(-1) ?? 0) < FEW_PIECES * DENSE)
    yield* amongNewest(search, { pieces: few, indexed }, FEW_OLDER)
  const pieces =
    few.length < FEW_PIECES ? few : newestPieces(search.connection, matching, MOST_PIECES + 1)
  if (pieces.length <= MOST_PIECES) yield* matched(search, { pieces, indexed })
  else yield* amongNewest(search, { pieces, indexed }, Number.POSITIVE_INFINITY)
}

/** Places of these and of all older pieces, until there are too many older ones. */
function* amongNewest(
  search: Search,
  matching: Matching,
  mostOlder: number,
): Generator<readonly Place[]> {
  const oldest = matching.pieces.at(-1) ?? 0
  let older = 0
  for (const places of scanned(search, matching)) {
    yield places
    older += places.filter(({ piece }) => piece < oldest).length
    if (older > mostOlder) return
  }
}

/** Pieces that match, the newest first; not all where there are very many. */
function newestPieces(connection: Connection, matching: string, most: number): number[] {
  return connection
    .all('SELECT rowid FROM words_in WHERE words_in MATCH ? ORDER BY rowid DESC LIMIT ?', [
      matching,
      most,
    ])
    .map(([piece]) => Number(piece))
}

interface Matching {
  readonly pieces: readonly number[]
  readonly indexed: number
}

function* matched(search: Search, matching: Matching): Generator<readonly Place[]> {
  const { after: from, limit } = search.query
  let after = from
  // A page, and what the index takes for the phrase and is not.
  let most = 2 * limit + 1
  for (;;) {
    const rows = matchedRows(search, matching, after, most)
    const isLast = rows.length < most
    const whole = isLast ? rows : wholeSpans(rows)
    yield whole.map(placeOf)
    if (isLast) return
    const last = whole.at(-1)
    // More places in one span than came at once.
    if (last === undefined) most *= 4
    else after = positionOf(last)
  }
}

/** The next places in the order of lists. */
function matchedRows(
  search: Search,
  { pieces, indexed }: Matching,
  after: Position | undefined,
  most: number,
): Row[] {
  const { connection, where, multiTenant } = search
  const given = [JSON.stringify(pieces), indexed]
  const later = afterSql(after)
  const sql = `${FOUND} SELECT s.id, s.start_time, s.trace_id, s.span_id, p.part, p.piece
    FROM (${foundPlaces(lateJoins(connection, multiTenant))}) AS p JOIN spans AS s ON s.id = p.span
    WHERE (${where.sql}) AND (${later.sql}) ${IN_ORDER} LIMIT ?`
  const rowsFrom = (first: number): Row[] =>
    connection.all(sql, [...given, first, ...where.values, ...later.values, most])
  if (after !== undefined || pieces.length < most) return rowsFrom(1)
  // Rows that were written last began last, as a rule; the others need not be read then.
  const first = connection.number(
    `${FOUND} SELECT min(c.owner) FROM (SELECT DISTINCT d.doc FROM found AS f
      CROSS JOIN doc_pieces AS d ON d.piece = f.piece ORDER BY d.doc DESC LIMIT ?) AS n
      CROSS JOIN contents AS c ON c.doc = n.doc WHERE c.owner > 0`,
    [...given, most],
  )
  const rows = rowsFrom(first)
  return rows.length === most && isAllSince(connection, rows, first) ? rows : rowsFrom(1)
}

/** Spans among which it is asked whether one with an earlier row began later. */
const MOST_NEWEST = 20_000

/** Whether all spans that began with or after the last of these have a row from the first one on. */
function isAllSince(connection: Connection, rows: readonly Row[], first: number): boolean {
  const [row] = connection.all(
    'SELECT min(id), count(*) FROM (SELECT id FROM spans WHERE start_time >= ? LIMIT ?)',
    [rows.at(-1)?.[1] ?? 0, MOST_NEWEST],
  )
  return Number(row?.[0]) >= first && Number(row?.[1]) < MOST_NEWEST
}

/** What is said from the newest span on; of the texts that these are among, these alone. */
function* scanned(search: Search, newest?: Matching): Generator<readonly Place[]> {
  const { connection, query, where, multiTenant } = search
  let { after } = query
  for (let most = FEWEST_SCANNED; ; most = Math.min(most * 2, MOST_SCANNED)) {
    const later = afterSql(after)
    const sql = `SELECT s.id, s.start_time, s.trace_id, s.span_id FROM spans AS s
      WHERE (${where.sql}) AND (${later.sql}) ${IN_ORDER} LIMIT ?`
    const spans = connection.all(sql, [...where.values, ...later.values, most])
    const ids = spans.map(([id]) => Number(id))
    yield placesIn(connection, ids, multiTenant, newest)
    const last = spans.at(-1)
    if (last === undefined || spans.length < most) return
    after = positionOf(last)
  }
}

/** What was written since the index was filled is looked at as it is. */
const FOUND = `WITH found AS MATERIALIZED (
  SELECT value AS piece FROM json_each(?) UNION SELECT id AS piece FROM pieces WHERE id > ?)`

const SAID =
  'found AS f CROSS JOIN doc_pieces AS d ON d.piece = f.piece CROSS JOIN contents AS c ON c.doc = d.doc'

/**
 * Which span says a piece that was found: in its own lines, of spans from a row on that it is given, or in late lines about
 * it.
 */
function foundPlaces(joins: readonly string[]): string {
  return [
    `SELECT c.owner AS span, c.part, d.piece FROM ${SAID} WHERE c.owner >= ?`,
    ...joins.map(
      (join) =>
        `SELECT s.id, c.part, d.piece FROM ${SAID} CROSS JOIN late AS l ON l.id = -c.owner CROSS JOIN spans AS s ON ${join} WHERE c.owner < 0`,
    ),
  ].join(' UNION ALL ')
}

/** What spans say, in their own lines and in late lines about them. */
function placesIn(
  connection: Connection,
  spans: readonly number[],
  multiTenant: boolean,
  newest: Matching | undefined,
): Place[] {
  const list = JSON.stringify(spans)
  const only = newest === undefined ? ANY : amongSql(newest)
  const pieces = `CROSS JOIN docs AS d ON d.id = c.doc CROSS JOIN json_each('[' || d.pieces || ']') AS p ON ${only.sql}`
  const own = `SELECT j.key, j.value, c.part, p.value FROM json_each(?) AS j CROSS JOIN contents AS c ON c.owner = j.value ${pieces}`
  const late = lateJoins(connection, multiTenant).map(
    (join) =>
      `SELECT j.key, j.value, c.part, p.value FROM json_each(?) AS j CROSS JOIN spans AS s ON s.id = j.value
        CROSS JOIN late AS l ON ${join} CROSS JOIN contents AS c ON c.owner = -l.id ${pieces}`,
  )
  const sql = `${[own, ...late].join(' UNION ALL ')} ORDER BY 1`
  const values = [own, ...late].flatMap(() => [list, ...only.values])
  return connection.all(sql, values).map(([, span, part, piece]) => ({
    span: Number(span),
    part: String(part),
    piece: Number(piece),
  }))
}

const ANY: Where = { sql: '1', values: [] }

/** Not the others that are in the index and as new as these. */
function amongSql({ pieces, indexed }: Matching): Where {
  return {
    sql: '(p.value < ? OR p.value > ? OR p.value IN (SELECT value FROM json_each(?)))',
    values: [pieces.at(-1) ?? 0, indexed, JSON.stringify(pieces)],
  }
}

/** Where late lines say something. */
function lateJoins(connection: Connection, multiTenant: boolean): readonly string[] {
  const hasLate = connection.number('SELECT EXISTS (SELECT 1 FROM contents WHERE owner < 0)') === 1
  return hasLate ? joinsOf(multiTenant) : []
}

/** Without the last span, of which there may be more places. */
function wholeSpans(rows: readonly Row[]): readonly Row[] {
  const last = rows.at(-1)?.[0]
  return rows.filter(([span]) => span !== last)
}

function placeOf([span, , , , part, piece]: Row): Place {
  return { span: Number(span), part: String(part), piece: Number(piece) }
}

function positionOf([, start, trace, span]: readonly Value[]): Position {
  return {
    start_time: Number(start),
    trace_id: idText(trace as Buffer) ?? '',
    span_id: idText(span as Buffer) ?? '',
  }
}
