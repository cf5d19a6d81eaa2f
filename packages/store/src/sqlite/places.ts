import type { AskedPage } from '../engine.ts'
import type { Position } from '../read/cursor.ts'
import type { Connection, Row, Value } from './connection.ts'
import { readCounters } from './counters.ts'
import { indexQuery } from './phrase-index.ts'
import { idText } from './span-table.ts'
import { afterSql, IN_ORDER, SAME_TENANT, sameByMessage, type Where, whereOf } from './where.ts'

/** Where a piece is said that may have a phrase. */
export interface Place {
  readonly span: number
  readonly part: string
  readonly piece: number
}

/** Of more pieces than these the newest spans are looked through, which say some of them soon. */
const MOST_PIECES = 1000
/** Spans whose texts are looked at in one go where the index does not help, at first. */
const FEWEST_SCANNED = 250
const MOST_SCANNED = 4000

/** Places to look at, by spans in the order of lists, the places of one span together. */
export function* placesOf(
  connection: Connection,
  query: AskedPage & { readonly phrase: string },
  multiTenant: boolean,
): Generator<readonly Place[]> {
  const matching = indexQuery(connection, query.phrase)
  const where = whereOf(query.filter, query.scope, multiTenant)
  if (matching === null) {
    yield* scanned(connection, where, query.after, multiTenant)
    return
  }
  const { indexed } = readCounters(connection)
  const newest = matching === '' ? [] : newestPieces(connection, matching)
  if (newest.length <= MOST_PIECES) {
    yield* matched(connection, { pieces: newest, indexed }, where, query, multiTenant)
    return
  }
  const known = new Set(newest)
  const oldest = newest.at(-1) ?? 0
  for (const places of scanned(connection, where, query.after, multiTenant))
    yield places.filter(({ piece }) => piece < oldest || piece > indexed || known.has(piece))
}

/** Pieces that match, the newest first; not all where there are very many. */
function newestPieces(connection: Connection, matching: string): number[] {
  return connection
    .all('SELECT rowid FROM words_in WHERE words_in MATCH ? ORDER BY rowid DESC LIMIT ?', [
      matching,
      MOST_PIECES + 1,
    ])
    .map(([piece]) => Number(piece))
}

function* matched(
  connection: Connection,
  { pieces, indexed }: { pieces: readonly number[]; indexed: number },
  where: Where,
  { after: from, limit }: AskedPage,
  multiTenant: boolean,
): Generator<readonly Place[]> {
  const given = [JSON.stringify(pieces), indexed]
  let after = from
  // A page, and what the index takes for the phrase and is not.
  let most = 2 * limit + 1
  for (;;) {
    const later = afterSql(after)
    const sql = `${FOUND} SELECT s.id, s.start_time, s.trace_id, s.span_id, p.part, p.piece
      FROM (${foundPlaces(multiTenant)}) AS p JOIN spans AS s ON s.id = p.span
      WHERE (${where.sql}) AND (${later.sql}) ${IN_ORDER} LIMIT ?`
    const rows = connection.all(sql, [...given, ...where.values, ...later.values, most])
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

function* scanned(
  connection: Connection,
  where: Where,
  from: Position | undefined,
  multiTenant: boolean,
): Generator<readonly Place[]> {
  let after = from
  for (let most = FEWEST_SCANNED; ; most = Math.min(most * 2, MOST_SCANNED)) {
    const later = afterSql(after)
    const sql = `SELECT s.id, s.start_time, s.trace_id, s.span_id FROM spans AS s
      WHERE (${where.sql}) AND (${later.sql}) ${IN_ORDER} LIMIT ?`
    const spans = connection.all(sql, [...where.values, ...later.values, most])
    const ids = spans.map(([id]) => Number(id))
    yield placesIn(connection, ids, multiTenant)
    const last = spans.at(-1)
    if (last === undefined || spans.length < most) return
    after = positionOf(last)
  }
}

/** What was written since the index was filled is looked at as it is. */
const FOUND = `WITH found AS MATERIALIZED (
  SELECT value AS piece FROM json_each(?) UNION SELECT id AS piece FROM pieces WHERE id > ?)`

/** Which span says a piece that was found: in its own lines, or in late lines about it. */
function foundPlaces(multiTenant: boolean): string {
  const said = `found AS f CROSS JOIN doc_pieces AS d ON d.piece = f.piece CROSS JOIN contents AS c ON c.doc = d.doc`
  return [
    `SELECT c.owner AS span, c.part, d.piece FROM ${said} WHERE c.owner > 0`,
    ...joinsOf(multiTenant).map(
      (join) =>
        `SELECT s.id, c.part, d.piece FROM ${said} CROSS JOIN late AS l ON l.id = -c.owner CROSS JOIN spans AS s ON ${join} WHERE c.owner < 0`,
    ),
  ].join(' UNION ALL ')
}

/** What spans say, in their own lines and in late lines about them. */
function placesIn(connection: Connection, spans: readonly number[], multiTenant: boolean): Place[] {
  const list = JSON.stringify(spans)
  const hasLate = connection.number('SELECT EXISTS (SELECT 1 FROM contents WHERE owner < 0)') === 1
  const pieces = `CROSS JOIN docs AS d ON d.id = c.doc CROSS JOIN json_each('[' || d.pieces || ']') AS p`
  const own = `SELECT j.key, j.value, c.part, p.value FROM json_each(?) AS j CROSS JOIN contents AS c ON c.owner = j.value ${pieces}`
  const late = (hasLate ? joinsOf(multiTenant) : []).map(
    (join) =>
      `SELECT j.key, j.value, c.part, p.value FROM json_each(?) AS j CROSS JOIN spans AS s ON s.id = j.value
        CROSS JOIN late AS l ON ${join} CROSS JOIN contents AS c ON c.owner = -l.id ${pieces}`,
  )
  const sql = `${[own, ...late].join(' UNION ALL ')} ORDER BY 1`
  return connection.all(sql, [list, ...late.map(() => list)]).map(([, span, part, piece]) => ({
    span: Number(span),
    part: String(part),
    piece: Number(piece),
  }))
}

/** How a late line, `l`, is about a span, `s`: it names the span, else an answer, else the trace. */
export function joinsOf(multiTenant: boolean): readonly string[] {
  return [
    `s.span_id = l.span_id AND ${SAME_TENANT}`,
    `s.message_id = l.message_id AND l.span_id IS NULL AND ${sameByMessage(multiTenant)}`,
    `s.trace_id = l.trace_id AND l.span_id IS NULL AND l.message_id IS NULL AND ${SAME_TENANT}`,
  ]
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
