import type { ForgottenBefore, Old } from '../engine.ts'
import { oldCondition, oldLateCondition } from './conditions.ts'
import type { Connection, Params } from './connection.ts'
import { scopeSql, sweep } from './sweep.ts'

/** Pieces that came in within this time are not swept: what refers to them may be on its way. */
const OLD_PIECES = 'at < now() - toIntervalHour(1)'

/** Forgets what is old, and remembers to keep it out. */
export async function forgetBefore(
  connection: Connection,
  old: Old,
  multiTenant: boolean,
): Promise<ForgottenBefore> {
  const { scope, before, contentOnly } = old
  const bytes_before = await bytesOf(connection)
  const spans = await countBefore(connection, old, multiTenant)
  const { ofOld, params, sql } = oldSpans(old, multiTenant)
  const pieces = await countOf(
    connection,
    `FROM $db.contents FINAL WHERE digest != '' AND ${ofOld}`,
    params,
  )
  const only = contentOnly ? 1 : 0
  const isWhole = old.of === undefined && old.except === undefined
  // Lines may not tell what a rule with conditions asks: such spans are kept out by their ids.
  if (isWhole)
    await connection.insert('floors', [{ scope: scope ?? null, content_only: only, before }])
  await connection.run(
    `INSERT INTO $db.pruned SELECT span_id, tenant, ${only} FROM (${sql})`,
    params,
  )
  const gone = prunedOnly(contentOnly)
  const content = `${gone}${contentOnly ? " AND digest != ''" : ''}`
  await connection.run(`ALTER TABLE $db.contents DELETE WHERE ${content}`)
  await connection.run(`ALTER TABLE $db.queries DELETE WHERE ${gone}`)
  if (!contentOnly) await forgetMetadata(connection, old, multiTenant)
  if (!contentOnly && isWhole)
    await connection.run(
      `ALTER TABLE $db.audit DELETE WHERE time < {before:Float64} AND ${scopeSql(scope)}`,
      { before, scope: scope ?? '' },
    )
  await sweep(connection, OLD_PIECES)
  return { spans, pieces, bytes_before }
}

/** How many spans that would concern. */
export async function countBefore(
  connection: Connection,
  old: Old,
  multiTenant: boolean,
): Promise<number> {
  const { sql, params } = oldSpans(old, multiTenant)
  if (!old.contentOnly) return countOf(connection, `FROM (${sql})`, params)
  const withContent = `SELECT tenant, trace_id, span_id FROM $db.contents FINAL WHERE digest != ''`
  return countOf(
    connection,
    `FROM (${sql}) AS o WHERE (o.tenant, o.trace_id, o.span_id) IN (${withContent})`,
    params,
  )
}

function oldSpans(old: Old, multiTenant: boolean): { sql: string; ofOld: string; params: Params } {
  const { sql, params } = oldCondition(old, multiTenant)
  const spans = `SELECT s.tenant AS tenant, s.trace_id AS trace_id, s.span_id AS span_id FROM (SELECT * FROM $db.spans FINAL) AS s WHERE ${sql}`
  return { sql: spans, ofOld: `(tenant, trace_id, span_id) IN (${spans})`, params }
}

/** What goes is named by a list that nothing else changes meanwhile: parts of a table change one after the other. */
function prunedOnly(contentOnly: boolean): string {
  return `(span_id, tenant) IN (SELECT span_id, tenant FROM $db.pruned WHERE content_only = ${contentOnly ? 1 : 0})`
}

async function forgetMetadata(
  connection: Connection,
  old: Old,
  multiTenant: boolean,
): Promise<void> {
  await connection.run(`ALTER TABLE $db.lines DELETE WHERE ${prunedOnly(false)}`)
  await connection.run(`ALTER TABLE $db.spans DELETE WHERE ${prunedOnly(false)}`)
  const late = oldLateCondition(old, multiTenant)
  if (late === undefined) return
  const keys = `SELECT l.tenant, l.key FROM (SELECT * FROM $db.late FINAL) AS l WHERE ${late.sql}`
  await connection.run(
    `ALTER TABLE $db.contents DELETE WHERE (tenant, late) IN (${keys})`,
    late.params,
  )
  await connection.run(`ALTER TABLE $db.late DELETE WHERE (tenant, key) IN (${keys})`, late.params)
}

async function countOf(connection: Connection, from: string, params: Params): Promise<number> {
  const [row] = await connection.rows<{ n: number }>(`SELECT count() AS n ${from}`, params)
  return row?.n ?? 0
}

/** The size of a database in bytes. */
export async function bytesOf(connection: Connection): Promise<number> {
  const [row] = await connection.rows<{ n: number }>(
    'SELECT sum(bytes_on_disk) AS n FROM system.parts WHERE database = {db:String} AND active',
    { db: connection.database },
  )
  return row?.n ?? 0
}
