import type { Pruned } from '../store.ts'
import type { Connection, Params } from './connection.ts'
import type { Floor } from './forgotten.ts'
import { scopeSql, sweep } from './sweep.ts'

/** Pieces that came in within this time are not swept: what refers to them may be on its way. */
const OLD_PIECES = 'at < now() - toIntervalHour(1)'

/** Forgets what began before, and remembers to keep it out. */
export async function forgetBefore(connection: Connection, floor: Floor): Promise<Pruned> {
  const { scope, before, contentOnly } = floor
  const bytes_before = await bytesOf(connection)
  const where = `${scopeSql(scope)} AND start_time < {before:Float64}`
  const params = { before, scope: scope ?? '' }
  const old = `SELECT tenant, trace_id, span_id FROM $db.spans FINAL WHERE ${where}`
  const ofOld = `(tenant, trace_id, span_id) IN (${old})`
  const spans = await countOf(connection, `FROM (${old})`, params)
  const pieces = await countOf(
    connection,
    `FROM $db.contents FINAL WHERE digest != '' AND ${ofOld}`,
    params,
  )
  const only = contentOnly ? 1 : 0
  await connection.insert('floors', [{ scope: scope ?? null, content_only: only, before }])
  await connection.run(
    `INSERT INTO $db.pruned SELECT span_id, tenant, ${only} FROM (${old})`,
    params,
  )
  const content = `${ofOld}${contentOnly ? " AND digest != ''" : ''}`
  await connection.run(`ALTER TABLE $db.contents DELETE WHERE ${content}`, params)
  await connection.run(`ALTER TABLE $db.queries DELETE WHERE ${ofOld}`, params)
  if (!contentOnly) await forgetMetadata(connection, ofOld, where, params)
  await sweep(connection, OLD_PIECES)
  return { spans, pieces, bytes_before, bytes_after: await bytesOf(connection) }
}

async function forgetMetadata(
  connection: Connection,
  ofOld: string,
  where: string,
  params: Params,
): Promise<void> {
  const late = where.replace('start_time', 'time')
  await connection.run(
    `ALTER TABLE $db.contents DELETE WHERE (tenant, late) IN (SELECT tenant, key FROM $db.late WHERE ${late})`,
    params,
  )
  await connection.run(`ALTER TABLE $db.late DELETE WHERE ${late}`, params)
  await connection.run(`ALTER TABLE $db.lines DELETE WHERE ${ofOld}`, params)
  // The spans themselves go last: until then a second run finds what the first one left.
  await connection.run(`ALTER TABLE $db.spans DELETE WHERE ${where}`, params)
}

async function countOf(connection: Connection, from: string, params: Params): Promise<number> {
  const [row] = await connection.rows<{ n: number }>(`SELECT count() AS n ${from}`, params)
  return row?.n ?? 0
}

async function bytesOf(connection: Connection): Promise<number> {
  const [row] = await connection.rows<{ n: number }>(
    'SELECT sum(bytes_on_disk) AS n FROM system.parts WHERE database = {db:String} AND active',
    { db: connection.database },
  )
  return row?.n ?? 0
}
