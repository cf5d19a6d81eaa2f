import type { AskedLines } from '../engine.ts'
import type { Connection, Value } from './connection.ts'
import { metadataLine } from './read-traces.ts'
import { SPAN_COLUMNS, summaryOf } from './span-table.ts'

interface TimedLine {
  readonly time: number
  readonly text: string
}

/** Late lines that are read at a time: sorted are their ids alone. */
const LATE_STEP = 1000

/** Metadata lines of what began in a time, as JSON texts; both kinds are joined by their time. */
export function* readLines(connection: Connection, asked: AskedLines): Generator<string> {
  const late = lateLines(connection, asked)
  let waiting = late.next()
  for (const { time, text } of spanLines(connection, asked)) {
    for (; waiting.done !== true && waiting.value.time < time; waiting = late.next())
      yield waiting.value.text
    yield text
  }
  for (; waiting.done !== true; waiting = late.next()) yield waiting.value.text
}

function* spanLines(connection: Connection, asked: AskedLines): Generator<TimedLine> {
  const columns = SPAN_COLUMNS.split(', ').map((column) => `s.${column}`)
  const { sql, values } = within('s.start_time', 's.tenant', asked)
  const rows = connection.each(
    `SELECT l.slot, l.json, ${columns.join(', ')} FROM spans AS s CROSS JOIN lines AS l ON l.span = s.id
      WHERE ${sql} ORDER BY s.start_time`,
    values,
  )
  for (const [slot, json, ...row] of rows) {
    const span = summaryOf(row)
    const line = metadataLine(span, String(slot), String(json))
    yield { time: span.start_time ?? 0, text: JSON.stringify(line) }
  }
}

function* lateLines(connection: Connection, asked: AskedLines): Generator<TimedLine> {
  const { sql, values } = within('time', 'tenant', asked)
  let ids: Value[] = []
  for (const [id] of connection.each(
    `SELECT id FROM late WHERE ${sql} ORDER BY time, id`,
    values,
  )) {
    ids.push(id ?? null)
    if (ids.length < LATE_STEP) continue
    yield* linesById(connection, ids)
    ids = []
  }
  yield* linesById(connection, ids)
}

function linesById(connection: Connection, ids: readonly Value[]): TimedLine[] {
  return connection
    .all(
      `SELECT l.time, l.json FROM late AS l WHERE l.id IN (SELECT value FROM json_each(?)) ORDER BY l.time, l.id`,
      [JSON.stringify(ids)],
    )
    .map(([time, json]) => ({ time: Number(time), text: String(json) }))
}

function within(
  time: string,
  tenant: string,
  { since, until, scope }: AskedLines,
): { readonly sql: string; readonly values: readonly Value[] } {
  const bounds = [since, until].map((bound) => Math.max(-1e300, Math.min(1e300, bound)))
  const sql = `${time} >= ? AND ${time} < ?`
  return scope === undefined
    ? { sql, values: bounds }
    : { sql: `${sql} AND ${tenant} = ?`, values: [...bounds, scope] }
}
