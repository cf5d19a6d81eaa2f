import type { AskedPage } from '../engine.ts'
import { pieceText } from '../records/pieces.ts'
import type { Hit } from '../store.ts'
import { snippetOf } from '../text/snippet.ts'
import { aboutSql, conditionOf, IN_ORDER } from './conditions.ts'
import type { Connection } from './connection.ts'
import { type SpanRow, SUMMARY_COLUMNS, summaryOfRow } from './span-columns.ts'

type HitRow = SpanRow & { readonly part: string; readonly body: string }

/** Spans that say or saw a folded phrase, or about which somebody said it. */
export async function searchPhrase(
  connection: Connection,
  query: AskedPage & { readonly phrase: string },
  multiTenant: boolean,
): Promise<Hit[]> {
  const { filter, scope, after, limit, phrase } = query
  const { sql, params } = conditionOf(filter, scope, multiTenant, after)
  const like = { like: `%${escaped(phrase)}%` }
  const said = `SELECT tenant, trace_id, span_id, late, part, piece FROM $db.contents FINAL
    ARRAY JOIN pieces AS piece WHERE piece IN (SELECT hash FROM $db.pieces WHERE folded LIKE {like:String})`
  const own = `SELECT tenant, trace_id, span_id, part, piece FROM (${said}) WHERE late = ''`
  const about = `SELECT a.tenant, a.trace_id, a.span_id, f.part, f.piece FROM (${said}) AS f
    INNER JOIN (${aboutSql(multiTenant)}) AS a ON a.late = f.late AND a.late_tenant = f.tenant WHERE f.late != ''`
  // Late lines are few, and to find what they are about costs more than all the rest.
  const [late] = await connection.rows(`SELECT 1 FROM (${said}) WHERE late != '' LIMIT 1`, like)
  const found = late === undefined ? own : `${own} UNION ALL ${about}`
  const first = `SELECT tenant, trace_id, span_id, min((part, piece)) AS hit FROM (${found}) GROUP BY tenant, trace_id, span_id`
  const rows = await connection.rows<HitRow>(
    `SELECT ${SUMMARY_COLUMNS}, hit.1 AS part, b.body AS body FROM (SELECT * FROM $db.spans FINAL) AS s
      INNER JOIN (${first}) AS h ON h.tenant = s.tenant AND h.trace_id = s.trace_id AND h.span_id = s.span_id
      LEFT JOIN (SELECT hash, any(body) AS body FROM $db.pieces WHERE folded LIKE {like:String} GROUP BY hash) AS b ON b.hash = hit.2
      WHERE ${sql} ${IN_ORDER} LIMIT {limit:UInt32}`,
    { ...params, ...like, limit },
  )
  return rows.flatMap(({ part, body, ...row }) => {
    const snippet = snippetOf(pieceText(body), phrase)
    return snippet === undefined ? [] : [{ span: summaryOfRow(row as SpanRow), part, snippet }]
  })
}

/** Letters of a LIKE pattern that stand for themselves. */
function escaped(phrase: string): string {
  return phrase.toWellFormed().replaceAll(/[\\%_]/g, '\\$&')
}
