import { RANK } from '../read/span-summary.ts'
import { rowsOf } from './bulk.ts'
import type { Connection } from './connection.ts'
import type { Prepared } from './prepared.ts'

/** The row of a span, as it is or is about to be. */
export interface Place {
  readonly id: number
  /** Whether there is no row of it yet, so that no line of it is there either. */
  readonly isNew: boolean
  /** Whether its terminal line was there before. */
  readonly wasEnded: boolean
  rank: number
  event: string
  /** The line that says more about it than its row. */
  line: Prepared | undefined
}

/** Names the span of a line. */
export function keyOf({ record, tenant }: Prepared): string {
  return `${record.trace_id}${record.span_id}${tenant}`
}

/** The rows that there are of these lines' spans. Most lines are of traces that are new: traces are fewer than spans. */
export function findPlaces(connection: Connection, lines: readonly Prepared[]): Map<string, Place> {
  const traces = new Set(lines.map(({ record }) => record.trace_id ?? ''))
  const known = new Set(
    rowsOf(
      connection,
      `SELECT j.value FROM json_each(?) AS j
        WHERE EXISTS (SELECT 1 FROM spans AS s WHERE s.trace_id = unhex(j.value))`,
      [...traces],
    ).map(([trace]) => String(trace)),
  )
  const wanted = new Map<string, readonly [string, string, string]>()
  for (const line of lines) {
    const { trace_id = '', span_id = '' } = line.record
    if (known.has(trace_id)) wanted.set(keyOf(line), [trace_id, span_id, line.tenant])
  }
  const places = new Map<string, Place>()
  if (wanted.size === 0) return places
  const sql = `SELECT j.key, s.id, s.rank, s.event FROM json_each(?) AS j JOIN spans AS s
    ON s.trace_id = unhex(j.value ->> 0) AND s.span_id = unhex(j.value ->> 1) AND s.tenant = (j.value ->> 2)`
  const keys = [...wanted.keys()]
  for (const [at, id, rank, event] of connection.all(sql, [JSON.stringify([...wanted.values()])]))
    places.set(keys[Number(at)] ?? '', {
      id: Number(id),
      isNew: false,
      rank: Number(rank),
      wasEnded: Number(rank) === RANK.ended,
      event: String(event),
      line: undefined,
    })
  return places
}
