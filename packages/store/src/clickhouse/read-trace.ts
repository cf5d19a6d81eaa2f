import type { AnyRecord, Content } from '@recount/record'
import { contentOf } from '../records/pieces.ts'
import { withoutRepeated } from '../records/without-repeated.ts'
import type { Scope } from '../scope.ts'
import { inChunks } from './chunks.ts'
import { aboutSql } from './conditions.ts'
import type { Connection } from './connection.ts'
import { scopeSql } from './sweep.ts'

interface ContentRow {
  readonly json: string
  readonly is_list: number
  readonly pieces: readonly string[]
}

/** All lines of a trace, with content, and late lines that name its spans or its answers. */
export async function readTrace(
  connection: Connection,
  trace_id: string,
  scope: Scope,
  multiTenant: boolean,
): Promise<AnyRecord[]> {
  const params = { trace_id, scope: scope ?? '' }
  const within = `trace_id = {trace_id:String} AND ${scopeSql(scope)}`
  const [lines, contents, late] = await Promise.all([
    connection.rows<{ json: string }>(`SELECT json FROM $db.lines FINAL WHERE ${within}`, params),
    connection.rows<ContentRow>(
      `SELECT json, is_list, pieces FROM $db.contents FINAL WHERE digest != '' AND ${within}`,
      params,
    ),
    connection.rows<{ json: string }>(
      `SELECT json FROM $db.late FINAL WHERE (tenant, key) IN
        (SELECT late_tenant, late FROM (${aboutSql(multiTenant)}) WHERE ${within})`,
      params,
    ),
  ])
  const own = [...lines.map(parsed), ...(await withTexts(connection, contents))]
  const about = late.map(parsed)
  const edits = await editsOf(connection, [...own, ...about], scope)
  return [...withoutRepeated(own), ...about, ...edits].sort(byTime)
}

function parsed({ json }: { json: string }): AnyRecord {
  return JSON.parse(json) as AnyRecord
}

/** Of one moment, always in the same order. */
function byTime(a: AnyRecord, b: AnyRecord): number {
  if (a.time !== b.time) return a.time - b.time
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
  return left === right ? 0 : left < right ? -1 : 1
}

async function withTexts(connection: Connection, rows: readonly ContentRow[]): Promise<Content[]> {
  const hashes = [...new Set(rows.flatMap(({ pieces }) => pieces))]
  const found = await inChunks(hashes, (chunk) =>
    connection.rows<{ hash: string; body: string }>(
      'SELECT hash, any(body) AS body FROM $db.pieces WHERE hash IN {hashes:Array(String)} GROUP BY hash',
      { hashes: chunk },
    ),
  )
  const bodies = new Map(found.map(({ hash, body }) => [hash, body]))
  return rows.map(({ json, is_list, pieces }) => {
    const texts = pieces.map((hash) => bodies.get(hash) ?? 'null')
    return { ...(JSON.parse(json) as object), content: contentOf(texts, is_list === 1) } as Content
  })
}

/** What users made of answers stands in a trace of its own where they named a message only. */
async function editsOf(
  connection: Connection,
  lines: readonly AnyRecord[],
  scope: Scope,
): Promise<Content[]> {
  const known = new Set(lines.map((line) => (line.event === 'content' ? line.digest : '')))
  const digests = lines
    .flatMap((line) => (line.event === 'user_action' ? (line.content ?? []) : []))
    .map(({ digest }) => digest)
    .filter((digest) => !known.has(digest))
  if (digests.length === 0) return []
  const rows = await connection.rows<ContentRow>(
    `SELECT json, is_list, pieces FROM $db.contents FINAL
      WHERE part = 'user_edit' AND digest IN {digests:Array(String)} AND ${scopeSql(scope)}`,
    { digests, scope: scope ?? '' },
  )
  return withTexts(connection, rows)
}
