import type { AskedLines } from '../engine.ts'
import { RANK } from '../read/span-summary.ts'
import type { Connection } from './connection.ts'
import { dayOf, LAST_DAY } from './span-columns.ts'
import { scopeSql } from './sweep.ts'

/** Metadata lines of what began in a time, as JSON texts: day by day, so that no more than one is sorted at a time. */
export async function* readLines(
  connection: Connection,
  { since, until, scope }: AskedLines,
): AsyncGenerator<string> {
  const inScope = scopeSql(scope)
  const params = { scope: scope ?? '' }
  const days = await connection.rows<{ day: string }>(
    `SELECT DISTINCT toString(day) AS day FROM (
      SELECT day FROM $db.lines WHERE ${inScope} UNION ALL SELECT day FROM $db.late WHERE ${inScope}
    ) ORDER BY day`,
    params,
  )
  for (const { day } of days) {
    if (day < dayOf(since) || (until <= LAST_DAY && day >= dayOf(until))) continue
    const within = `day = toDate({day:String}) AND ${inScope}`
    const rows = connection.stream<{ json: string }>(
      `SELECT json FROM (
        SELECT time, json FROM $db.lines FINAL WHERE ${within} AND NOT (endsWith(event, '_started') AND
          (tenant, trace_id, span_id) IN (SELECT tenant, trace_id, span_id FROM $db.spans FINAL WHERE rank = ${RANK.ended}))
        UNION ALL SELECT time, json FROM $db.late FINAL WHERE ${within}
      ) ORDER BY time`,
      { ...params, day },
    )
    for await (const { json } of rows) yield json
  }
}
