import type { AnyRecord } from '@recount/record'
import { RANK, type SpanFacts } from '../read/span-summary.ts'
import type { Keys } from '../records/keys.ts'
import { insertRows, NEW } from './bulk.ts'
import type { Connection, Value } from './connection.ts'
import { type Counters, keepCounters, readCounters } from './counters.ts'
import { type Prepared, prepared } from './prepared.ts'
import {
  filledColumns,
  idBytes,
  plainText,
  rowOf,
  SPAN_COLUMNS,
  withoutColumns,
} from './span-table.ts'
import { type Saying, writeContents } from './write-contents.ts'

interface Place {
  readonly id: number
  /** Whether there is no row of it yet, so that no line of it is there either. */
  readonly isNew: boolean
  /** Whether its terminal line was there before. */
  readonly wasEnded: boolean
  rank: number
  event: string
  /** Facts that the row does not say yet. */
  facts: SpanFacts | undefined
}

/** Keeps records whose fate is settled; to be called within a write. Answers how many say something new. */
export function writeRecords(
  connection: Connection,
  keys: Keys,
  records: readonly AnyRecord[],
): number {
  const counters = readCounters(connection)
  const lines = records.map(prepared)
  const inSpans = lines.filter((line) => line.facts !== undefined)
  const places = findPlaces(connection, inSpans)
  const sayings: Saying[] = []
  for (const line of inSpans) settle(places, line, counters)
  let added = writeLines(connection, places, inSpans)
  for (const line of inSpans) addSayings(sayings, line, places.get(keyOf(line))?.id ?? 0)
  added += writeLate(
    connection,
    counters,
    lines.filter(({ facts }) => facts === undefined),
    sayings,
  )
  const content = sayings.filter(({ kept }) => kept.digest !== null)
  writeContents(
    connection,
    keys,
    counters,
    sayings.filter(({ kept }) => kept.digest === null),
  )
  added += writeContents(connection, keys, counters, content)
  writeSpans(connection, places)
  keepCounters(connection, counters)
  return added
}

function keyOf({ record, tenant }: Prepared): string {
  return `${record.trace_id}${record.span_id}${tenant}`
}

function findPlaces(connection: Connection, lines: readonly Prepared[]): Map<string, Place> {
  const wanted = new Map<string, readonly [string, string, string]>()
  for (const line of lines) {
    const { trace_id = '', span_id = '' } = line.record
    wanted.set(keyOf(line), [trace_id, span_id, line.tenant])
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
      facts: undefined,
    })
  return places
}

/** Finds the span of a line, or makes one, and lets the line that tells most describe it. */
function settle(places: Map<string, Place>, line: Prepared, counters: Counters): void {
  const facts = line.facts as SpanFacts
  const key = keyOf(line)
  const place = places.get(key)
  if (place === undefined) {
    const { rank, event } = facts
    places.set(key, { id: counters.span++, isNew: true, wasEnded: false, rank, event, facts })
    return
  }
  const isOther = place.rank === RANK.ended && place.event !== facts.event
  if (facts.rank < place.rank || isOther || facts.rank === RANK.content) return
  place.rank = facts.rank
  place.event = facts.event
  place.facts = facts
}

function writeLines(
  connection: Connection,
  places: ReadonlyMap<string, Place>,
  lines: readonly Prepared[],
): number {
  const fresh = new Map<string, Value[]>()
  const other = new Map<string, Value[]>()
  let repeated = 0
  const ended: number[] = []
  for (const line of lines) {
    const place = places.get(keyOf(line))
    if (place === undefined) continue
    if (isToldByItsEnd(place, line)) {
      repeated += Number(!place.wasEnded)
      continue
    }
    const row = lineRow(place, line)
    if (row === undefined) continue
    const kept = place.isNew ? fresh : other
    kept.set(`${place.id} ${line.slot}`, row)
    if (!place.isNew && isDescribing(place, line)) ended.push(place.id)
  }
  insertRows(connection, `${NEW} INTO lines`, [...fresh.values()])
  const changed = insertRows(
    connection,
    'INSERT INTO lines',
    [...other.values()],
    'ON CONFLICT (span, slot) DO UPDATE SET sum = excluded.sum, json = excluded.json WHERE sum <> excluded.sum',
  )
  if (ended.length > 0)
    connection.run(
      `DELETE FROM lines WHERE span IN (SELECT value FROM json_each(?))
        AND slot IN ('llm_call_started', 'tool_call_started', 'step_started')`,
      [JSON.stringify(ended)],
    )
  return fresh.size + changed + repeated
}

function lineRow(place: Place, line: Prepared): Value[] | undefined {
  const { slot, facts, record, sum } = line
  if (slot === undefined || facts === undefined) return undefined
  const json = isDescribing(place, line) ? withoutColumns(record, facts) : JSON.stringify(record)
  return [place.id, slot, sum, json]
}

/** A start line says nothing that the terminal line does not say. */
function isToldByItsEnd({ rank }: Place, { facts }: Prepared): boolean {
  return facts?.rank === RANK.started && rank === RANK.ended
}

/** Whether the span's row says what the line says. */
function isDescribing({ event }: Place, { facts }: Prepared): boolean {
  return facts?.rank === RANK.ended && event === facts.event
}

function writeSpans(connection: Connection, places: ReadonlyMap<string, Place>): void {
  const fresh: Value[][] = []
  const other: Value[][] = []
  for (const { id, isNew, facts } of places.values())
    if (facts !== undefined) (isNew ? fresh : other).push(rowOf(id, facts))
  const { columns, rows } = filledColumns(fresh)
  insertRows(connection, `${NEW} INTO spans (${columns})`, rows)
  insertRows(connection, `INSERT OR REPLACE INTO spans (${SPAN_COLUMNS})`, other)
}

function writeLate(
  connection: Connection,
  counters: Counters,
  lines: readonly Prepared[],
  sayings: Saying[],
): number {
  let added = 0
  for (const line of lines) {
    const { record, tenant, sum } = line
    const { trace_id, span_id, message_id, action } = record as {
      [key in 'trace_id' | 'span_id' | 'message_id' | 'action']?: string
    }
    const id = counters.late
    const isNew = connection.run(
      'INSERT OR IGNORE INTO late VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [
        ...[id, sum, tenant, record.event, record.time, idBytes(trace_id), idBytes(span_id)],
        ...[plainText(message_id ?? null), plainText(record.user_id ?? null), action ?? null],
        JSON.stringify(record),
      ],
    )
    if (isNew === 0) continue
    counters.late += 1
    added += 1
    addSayings(sayings, line, -id)
  }
  return added
}

function addSayings(sayings: Saying[], { kept, tenant, record }: Prepared, owner: number): void {
  for (const one of kept) sayings.push({ owner, tenant, time: record.time, kept: one })
}
