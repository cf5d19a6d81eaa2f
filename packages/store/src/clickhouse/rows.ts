import { createHash } from 'node:crypto'
import type { AnyRecord } from '@recount/record'
import { comparableQuery } from '../read/siblings.ts'
import { type SpanFacts, spanFacts } from '../read/span-summary.ts'
import { subjectsOf } from '../records/erasure.ts'
import type { Keys } from '../records/keys.ts'
import { contentPieces, type Kept, pieceText, saidPieces } from '../records/pieces.ts'
import { queryPiece, queryText } from '../records/query-text.ts'
import { isLoose, lineHash, slotOf } from '../records/slot.ts'
import { foldedText } from '../text/folded-text.ts'
import { dayOf, spanRow } from './span-columns.ts'

/** Tables that records go into, in the order in which they are filled: what is referred to comes first. */
export const RECORD_TABLES = ['pieces', 'contents', 'queries', 'late', 'lines', 'spans'] as const
/** One of `RECORD_TABLES`. */
export type RecordTable = (typeof RECORD_TABLES)[number]

/** What names a row that is written once: the same key is the same line, the same sum says the same. */
export interface Place {
  readonly table: 'contents' | 'late' | 'lines'
  readonly key: string
  readonly sum: string
}

/** Rows that a record is kept as. */
export interface Rows {
  readonly place: Place
  readonly facts: SpanFacts | undefined
  readonly rows: Readonly<Partial<Record<RecordTable, readonly object[]>>>
}

/** Takes a record apart into rows; `version` decides between rows of one place, the higher one counts. */
export function rowsOf(record: AnyRecord, keys: Keys, version: number): Rows {
  const facts = isLoose(record) ? undefined : spanFacts(record)
  if (facts === undefined) return lateRows(record, keys, version)
  if (record.event === 'content') return contentRows(record, facts, keys, version)
  const json = JSON.stringify(record)
  const owner = { tenant: facts.tenant_id ?? '', trace_id: facts.trace_id, span_id: facts.span_id }
  const sum = lineHash(record)
  const place: Place = { table: 'lines', key: rowKey(owner, slotOf(record, sum)), sum }
  const { time, event } = record
  const day = dayOf(facts.start_time ?? 0)
  const subjects = subjectsOf(record)
  const line = { ...owner, ...place, day, time, event, subjects, json, version }
  return {
    place,
    facts,
    rows: { lines: [line], ...saidRows({ ...owner, late: '' }, record, keys, version, day) },
  }
}

/** A row of spans for what is known of one. */
export function factsRow(facts: SpanFacts, version: number): object {
  return spanRow(facts, `${facts.rank}${String(version).padStart(17, '0')}`)
}

interface Owner {
  readonly tenant: string
  readonly trace_id: string
  readonly span_id: string
  readonly late: string
}

function lateRows(record: AnyRecord, keys: Keys, version: number): Rows {
  const json = JSON.stringify(record)
  const { tenant_id: tenant = '', event, time, trace_id = '', span_id = '', user_id = '' } = record
  const { message_id = '', action = '' } = record as { message_id?: string; action?: string }
  const key = rowKey(tenant, lineHash(record))
  const place: Place = { table: 'late', key, sum: key }
  const day = dayOf(time)
  const texts = { message_id, user_id, action }
  const row = { tenant, ...place, day, event, time, trace_id, span_id, ...texts, json, version }
  const owner = { tenant, trace_id, span_id: '', late: key }
  return {
    place,
    facts: undefined,
    rows: { late: [row], ...saidRows(owner, record, keys, version, day) },
  }
}

type ContentLine = Extract<AnyRecord, { event: 'content' }>

function contentRows(record: ContentLine, facts: SpanFacts, keys: Keys, version: number): Rows {
  const { tenant_id, trace_id, span_id, start_time } = facts
  const owner = { tenant: tenant_id ?? '', trace_id, span_id, late: '' }
  const kept = contentPieces(record)
  const { content: _, ...bare } = record
  const day = dayOf(start_time ?? 0)
  const place: Place = {
    table: 'contents',
    key: rowKey(owner, kept.part, kept.digest),
    sum: keys.doc(owner.tenant, kept).toString('hex'),
  }
  const hashes = kept.pieces.map((piece) => keys.piece(owner.tenant, piece))
  const json = JSON.stringify(bare)
  const asked = kept.part === 'input' ? queryPiece(kept.pieces) : undefined
  return {
    place,
    facts,
    rows: {
      contents: [
        contentRow(
          owner,
          kept,
          { key: place.key, sum: place.sum, hashes, json, day, version },
          record.time,
        ),
      ],
      pieces: pieceRows(owner.tenant, kept.pieces, hashes),
      queries:
        asked === undefined
          ? []
          : [
              {
                ...{ tenant: owner.tenant, trace_id, span_id, day, version },
                piece: hashes[kept.pieces.lastIndexOf(asked)],
                words: [...new Set(comparableQuery(queryText(asked)).split(' '))],
              },
            ],
    },
  }
}

/** What a metadata line says in words, so that it is found. */
function saidRows(
  owner: Owner,
  record: AnyRecord,
  keys: Keys,
  version: number,
  day: string,
): Rows['rows'] {
  const said = saidPieces(record).map((kept) => ({
    kept,
    hashes: kept.pieces.map((piece) => keys.piece(owner.tenant, piece)),
  }))
  return {
    contents: said.map(({ kept, hashes }) => {
      const key = rowKey(owner, kept.part, ...hashes)
      return contentRow(owner, kept, { key, sum: key, hashes, json: '', day, version }, record.time)
    }),
    pieces: said.flatMap(({ kept, hashes }) => pieceRows(owner.tenant, kept.pieces, hashes)),
  }
}

/** A key in 128 bits. */
function rowKey(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}

function contentRow(
  owner: Owner,
  { part, digest, isList }: Kept,
  {
    hashes,
    ...rest
  }: { key: string; sum: string; hashes: string[]; json: string; day: string; version: number },
  time: number,
): object {
  return {
    ...owner,
    ...rest,
    part,
    digest: digest ?? '',
    time,
    is_list: isList ? 1 : 0,
    pieces: hashes,
  }
}

function pieceRows(tenant: string, pieces: readonly string[], hashes: readonly string[]): object[] {
  const at = Math.floor(Date.now() / 1000)
  return pieces.map((body, place) => ({
    tenant,
    hash: hashes[place],
    at,
    body,
    folded: foldedText(pieceText(body)).toWellFormed(),
  }))
}
