import type { AnyRecord } from '@recount/record'
import { lineHash } from '../records/slot.ts'
import { rowsOf } from './bulk.ts'
import type { Connection } from './connection.ts'
import { metadataLine } from './read-traces.ts'
import { spansById } from './search.ts'

/** What is kept of spans, by the ids of their rows and by slots: what tells lines apart. */
export function keptLines(connection: Connection, spans: readonly number[]): Map<string, string> {
  const rows = rowsOf(
    connection,
    'SELECT span, slot, sum, json FROM lines WHERE span IN (SELECT value FROM json_each(?))',
    spans,
  )
  const summaries = spansById(connection, spans)
  return new Map(
    rows.map(([id, slot, sum, json]) => [
      `${id} ${slot}`,
      // Lines of which a span has one are compared so seldom that their sum is not kept.
      String(sum) || lineHash(metadataLine(summaries.get(Number(id)), String(slot), String(json))),
    ]),
  )
}

/** Whether a line is kept as it is. */
export function isSaidAlready(
  kept: ReadonlyMap<string, string>,
  place: string,
  record: AnyRecord,
): boolean {
  const sum = kept.get(place)
  return sum !== undefined && sum === lineHash(record)
}
