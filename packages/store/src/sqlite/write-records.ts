import type { AnyRecord } from '@recount/record'
import { RANK } from '../read/span-summary.ts'
import type { Keys } from '../records/keys.ts'
import { insertRows, NEW } from './bulk.ts'
import { dropBlocks } from './call-blocks.ts'
import type { Connection, Value } from './connection.ts'
import { type Counters, keepCounters, readCounters } from './counters.ts'
import { findPlaces, keyOf, type Place } from './find-places.ts'
import { isSaidAlready, keptLines } from './kept-lines.ts'
import { factsOf, type Prepared, prepared } from './prepared.ts'
import {
  filledColumns,
  idBytes,
  plainText,
  rowOf,
  SPAN_COLUMNS,
  withoutColumns,
} from './span-table.ts'
import { type Saying, writeContents } from './write-contents.ts'

/** Keeps records whose fate is settled; to be called within a write. Answers how many say something new. */
export function writeRecords(
  connection: Connection,
  keys: Keys,
  records: readonly AnyRecord[],
): number {
  const counters = readCounters(connection)
  const lines = records.map(prepared)
  const inSpans = lines.filter(({ rank }) => rank !== undefined)
  const places = findPlaces(connection, inSpans)
  const sayings: Saying[] = []
  for (const line of inSpans) settle(places, line, counters)
  let added = writeLines(connection, places, inSpans)
  for (const line of inSpans) addSayings(sayings, line, places.get(keyOf(line))?.id ?? 0)
  added += writeLate(
    connection,
    counters,
    lines.filter(({ rank }) => rank === undefined),
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

/** Finds the span of a line, or makes one, and lets the line that tells most describe it. */
function settle(places: Map<string, Place>, line: Prepared, counters: Counters): void {
  const key = keyOf(line)
  const place = places.get(key)
  const rank = line.rank as number
  const event = spanEvent(line)
  if (place === undefined) {
    places.set(key, { id: counters.span++, isNew: true, wasEnded: false, rank, event, line })
    return
  }
  const isOther = place.rank === RANK.ended && place.event !== event
  if (rank < place.rank || isOther || rank === RANK.content) return
  place.rank = rank
  place.event = event
  place.line = line
}

function spanEvent({ facts, record }: Prepared): string {
  return facts?.event ?? record.event
}

function writeLines(
  connection: Connection,
  places: ReadonlyMap<string, Place>,
  lines: readonly Prepared[],
): number {
  const fresh = new Map<string, Value[]>()
  const other = new Map<string, Line>()
  let repeated = 0
  const ended: number[] = []
  for (const line of lines) {
    const place = places.get(keyOf(line))
    if (place === undefined || line.slot === undefined) continue
    if (isToldByItsEnd(place, line)) {
      repeated += Number(!place.wasEnded)
      continue
    }
    const key = `${place.id} ${line.slot}`
    if (place.isNew) fresh.set(key, lineRow(place, line))
    else other.set(key, { place, line })
    if (!place.isNew && isDescribing(place, line)) ended.push(place.id)
  }
  insertRows(connection, `${NEW} INTO lines`, [...fresh.values()])
  const changed = changedLines(connection, other).map(({ place, line }) => lineRow(place, line))
  insertRows(connection, 'INSERT INTO lines', changed, {
    conflict: 'ON CONFLICT (span, slot) DO UPDATE SET sum = excluded.sum, json = excluded.json',
  })
  if (ended.length > 0)
    connection.run(
      `DELETE FROM lines WHERE span IN (SELECT value FROM json_each(?))
        AND slot IN ('llm_call_started', 'tool_call_started', 'step_started')`,
      [JSON.stringify(ended)],
    )
  return fresh.size + changed.length + repeated
}

interface Line {
  readonly place: Place
  readonly line: Prepared
}

/** Lines that say something else than what is kept in their place. */
function changedLines(connection: Connection, lines: ReadonlyMap<string, Line>): Line[] {
  const kept = keptLines(connection, [...new Set([...lines.values()].map(({ place }) => place.id))])
  return [...lines].flatMap(([key, line]) =>
    isSaidAlready(kept, key, line.line.record) ? [] : line,
  )
}

function lineRow(place: Place, line: Prepared): Value[] {
  const { slot = '', record, sum } = line
  const json = isDescribing(place, line)
    ? withoutColumns(record, factsOf(line))
    : JSON.stringify(record)
  return [place.id, slot, sum, json]
}

/** A start line says nothing that the terminal line does not say. */
function isToldByItsEnd(place: Place, { rank }: Prepared): boolean {
  return rank === RANK.started && place.rank === RANK.ended
}

/** Whether the span's row says what the line says. */
function isDescribing({ event }: Place, line: Prepared): boolean {
  return line.rank === RANK.ended && event === spanEvent(line)
}

function writeSpans(connection: Connection, places: ReadonlyMap<string, Place>): void {
  const fresh: Value[][] = []
  const other: Value[][] = []
  const repeated: string[] = []
  const failed: string[] = []
  for (const { id, isNew, wasEnded, line } of places.values()) {
    if (line === undefined) continue
    const facts = factsOf(line)
    ;(isNew ? fresh : other).push(rowOf(id, facts))
    if (facts.retry_of !== null) repeated.push(facts.retry_of)
    if (wasEnded || facts.status !== 'ok') failed.push(facts.span_id)
  }
  const { columns, shared, rows } = filledColumns(fresh)
  insertRows(connection, `${NEW} INTO spans (${columns})`, rows, { shared })
  insertRows(connection, `INSERT OR REPLACE INTO spans (${SPAN_COLUMNS})`, other)
  const replaced = other.map(([id]) => Number(id))
  dropBlocks(connection, { replaced, repeated, failed })
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
