import type { AnyRecord } from '@recount/record'
import type { SpanFacts } from '../read/span-summary.ts'
import type { Keys } from '../records/keys.ts'
import { inChunks } from './chunks.ts'
import type { Connection } from './connection.ts'
import { factsRow, type Place, RECORD_TABLES, type RecordTable, type Rows, rowsOf } from './rows.ts'

/**
 * Keeps records whose fate is settled; answers how many say something new. `version` goes up from call to call. `isRewrite`
 * writes also what is there already, for whoever deletes earlier versions then.
 */
export async function writeRecords(
  connection: Connection,
  keys: Keys,
  records: readonly AnyRecord[],
  version: number,
  isRewrite = false,
): Promise<number> {
  // Of two lines of one place the later one counts.
  const lines = new Map<string, Rows>()
  for (const record of records) {
    const rows = rowsOf(record, keys, version)
    lines.set(`${rows.place.table} ${rows.place.key}`, rows)
  }
  const places = [...lines.values()].map(({ place }) => place)
  const known = await knownPlaces(connection, isRewrite ? [] : places)
  const fresh = [...lines.values()].filter(
    ({ place: { table, key, sum } }) => known.get(`${table} ${key}`) !== sum,
  )
  for (const table of RECORD_TABLES) await connection.insert(table, rowsFor(table, fresh, version))
  return fresh.length
}

function rowsFor(table: RecordTable, lines: readonly Rows[], version: number): readonly object[] {
  if (table !== 'spans') return lines.flatMap(({ rows }) => rows[table] ?? [])
  const spans = new Map<string, SpanFacts>()
  for (const { facts } of lines) {
    if (facts === undefined) continue
    const key = JSON.stringify([facts.tenant_id, facts.trace_id, facts.span_id])
    const before = spans.get(key)
    if (before === undefined || facts.rank >= before.rank) spans.set(key, facts)
  }
  return [...spans.values()].map((facts) => factsRow(facts, version))
}

async function knownPlaces(
  connection: Connection,
  places: readonly Place[],
): Promise<Map<string, string>> {
  const known = new Map<string, string>()
  for (const table of ['contents', 'late', 'lines'] as const) {
    const wanted = places.filter((place) => place.table === table).map(({ key }) => key)
    const rows = await inChunks(wanted, (keys) =>
      connection.rows<{ key: string; sum: string }>(
        `SELECT key, argMax(sum, version) AS sum FROM $db.${table} WHERE key IN {keys:Array(String)} GROUP BY key`,
        { keys },
      ),
    )
    for (const { key, sum } of rows) known.set(`${table} ${key}`, sum)
  }
  return known
}
