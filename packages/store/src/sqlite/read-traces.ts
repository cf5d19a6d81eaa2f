import type { AnyRecord, Content } from '@recount/record'
import type { Question, TraceMatch } from '../engine.ts'
import { comparableQuery } from '../read/siblings.ts'
import type { SpanSummary } from '../read/span-summary.ts'
import type { Keys } from '../records/keys.ts'
import { contentOf } from '../records/pieces.ts'
import { queryText } from '../records/query-text.ts'
import type { Scope } from '../scope.ts'
import { rowsOf } from './bulk.ts'
import type { Connection, Row, Value } from './connection.ts'
import { readCounters } from './counters.ts'
import { joinsOf } from './late-conditions.ts'
import { unpackedText } from './packed-text.ts'
import { spansById } from './search.ts'
import { columnsOf, idBytes, idText, summaryOf, withColumns } from './span-table.ts'
import { beginningSo } from './words.ts'
import { digestBytes, digestText } from './write-contents.ts'

/** As many as anybody reads through. */
const MOST_MATCHES = 20

/** Traces with this trace id, span id or message id, or with an id that begins so. */
export function findTraces(connection: Connection, target: string, scope: Scope): TraceMatch[] {
  const id = target.toLowerCase().replaceAll('-', '')
  const find = (condition: string, values: readonly Value[], exact: boolean): TraceMatch[] =>
    connection
      .all(
        `SELECT DISTINCT trace_id, tenant FROM spans WHERE (${condition})${scope === undefined ? '' : ' AND tenant = ?'} LIMIT ${MOST_MATCHES}`,
        [...values, ...(scope === undefined ? [] : [scope])],
      )
      .map(([trace_id, tenant]) => ({
        trace_id: idText(trace_id as Buffer) ?? '',
        tenant_id: tenant === '' ? null : String(tenant),
        exact,
      }))
  const whole = find('message_id = ?', [target], true)
  if (/^[0-9a-f]{32}$/.test(id)) whole.push(...find('trace_id = ?', [idBytes(id)], true))
  if (/^[0-9a-f]{16}$/.test(id)) whole.push(...find('span_id = ?', [idBytes(id)], true))
  if (whole.length > 0 || !/^[0-9a-f]{6,31}$/.test(id)) return distinct(whole)
  const [from, to] = ['0', 'f'].map((fill) => (length: number) => idBytes(id.padEnd(length, fill)))
  const begun = (length: number): Value[] => [from?.(length) ?? null, to?.(length) ?? null]
  const bySpan = id.length <= 16 ? find('span_id BETWEEN ? AND ?', begun(16), false) : []
  return distinct([...find('trace_id BETWEEN ? AND ?', begun(32), false), ...bySpan])
}

function distinct(matches: readonly TraceMatch[]): TraceMatch[] {
  return [...new Map(matches.map((match) => [match.trace_id, match])).values()]
}

/** All lines of a trace, with content, and late lines that name its spans or its answers. */
export function traceRecords(
  connection: Connection,
  trace_id: string,
  scope: Scope,
  multiTenant: boolean,
): AnyRecord[] {
  const { ids, lines } = spansOf(
    connection,
    `s.trace_id = ?${scope === undefined ? '' : ' AND s.tenant = ?'}`,
    [idBytes(trace_id), ...(scope === undefined ? [] : [scope])],
  )
  const late = lateLines(connection, ids, multiTenant)
  const contents = contentsOf(connection, 'c.owner IN (SELECT value FROM json_each(?))', [
    JSON.stringify(ids),
  ])
  const edits = editsOf(connection, [...lines, ...late], contents)
  return [...lines, ...contents, ...late, ...edits].sort((a, b) => a.time - b.time)
}

/** The metadata lines of spans, by the ids of their rows. */
export function ownLines(connection: Connection, ids: readonly number[]): AnyRecord[] {
  if (ids.length === 0) return []
  const list = JSON.stringify(ids)
  return spansOf(connection, 's.id IN (SELECT value FROM json_each(?))', [list]).lines
}

/** The ids of the rows of spans, and their metadata lines, in one go: each statement has its price. */
function spansOf(
  connection: Connection,
  where: string,
  values: readonly Value[],
): { readonly ids: number[]; readonly lines: AnyRecord[] } {
  const spans = new Map<number, SpanSummary>()
  const lines: AnyRecord[] = []
  const rows = connection.all(
    `SELECT l.slot, l.json, ${columnsOf('s')} FROM spans AS s LEFT JOIN lines AS l ON l.span = s.id WHERE ${where}`,
    values,
  )
  for (const [slot, json, ...row] of rows) {
    const id = Number(row[0])
    const span = spans.get(id) ?? summaryOf(row)
    spans.set(id, span)
    // Of some spans there is only content.
    if (typeof slot === 'string') lines.push(metadataLine(span, slot, String(json)))
  }
  return { ids: [...spans.keys()], lines }
}

/** A line as it was written: a terminal line that describes its span was kept without what the span's row says. */
export function metadataLine(span: SpanSummary | undefined, slot: string, json: string): AnyRecord {
  if (span !== undefined && slot === span.event && SHORT.includes(slot))
    return withColumns(json, span)
  return JSON.parse(json) as AnyRecord
}

const SHORT: readonly string[] = ['llm_call', 'tool_call', 'retrieval', 'step']

function lateLines(
  connection: Connection,
  spans: readonly number[],
  multiTenant: boolean,
): AnyRecord[] {
  if (connection.number('SELECT EXISTS (SELECT 1 FROM late)') === 0) return []
  const list = JSON.stringify(spans)
  const sql = joinsOf(multiTenant)
    .map(
      (join) =>
        `SELECT l.id, l.json FROM json_each(?) AS j CROSS JOIN spans AS s ON s.id = j.value CROSS JOIN late AS l ON ${join}`,
    )
    .join(' UNION ')
  return connection
    .all(sql, [list, list, list])
    .map(([, json]) => JSON.parse(String(json)) as AnyRecord)
}

/** Content lines, put together again. */
function contentsOf(connection: Connection, where: string, values: readonly Value[]): Content[] {
  const rows = connection.all(
    `SELECT s.trace_id, s.span_id, s.tenant, s.user_id, c.part, c.time, d.digest, d.bytes, d.truncated, d.is_list, d.pieces
      FROM contents AS c JOIN docs AS d ON d.id = c.doc JOIN spans AS s ON s.id = c.owner
      WHERE d.digest IS NOT NULL AND ${where}`,
    values,
  )
  const ids = new Set(rows.flatMap((row) => pieceIds(row.at(-1))))
  const bodies = new Map(
    rowsOf(connection, 'SELECT id, body FROM pieces WHERE id IN (SELECT value FROM json_each(?))', [
      ...ids,
    ]).map(([id, body]) => [Number(id), unpackedText(body)]),
  )
  return rows.map((row) => contentLine(row, bodies))
}

function contentLine(row: Row, bodies: ReadonlyMap<number, string>): Content {
  const [trace, span, tenant, user, part, time, digest, bytes, truncated, isList, pieces] = row
  const texts = pieceIds(pieces).map((id) => bodies.get(id) ?? 'null')
  return {
    level: 20,
    time: Number(time),
    recount: 1,
    event: 'content',
    trace_id: idText(trace as Buffer) ?? '',
    span_id: idText(span as Buffer) ?? '',
    ...(tenant === '' ? {} : { tenant_id: String(tenant) }),
    ...(user === null ? {} : { user_id: String(user) }),
    part: part as Content['part'],
    digest: digestText(digest as Buffer),
    bytes: Number(bytes),
    ...(truncated === 1 ? { truncated: true } : {}),
    content: contentOf(texts, isList === 1),
  }
}

function pieceIds(list: unknown): number[] {
  return String(list) === '' ? [] : String(list).split(',').map(Number)
}

/** What users made of answers stands in a trace of its own where they named a message only. */
function editsOf(
  connection: Connection,
  lines: readonly AnyRecord[],
  contents: readonly Content[],
): Content[] {
  const known = new Set(contents.map(({ digest }) => digest))
  return lines.flatMap((line) => {
    if (line.event !== 'user_action') return []
    return (line.content ?? [])
      .filter(({ digest }) => !known.has(digest))
      .flatMap(({ digest }) =>
        contentsOf(connection, "d.digest = ? AND c.part = 'user_edit' AND s.tenant = ?", [
          digestBytes(digest),
          line.tenant_id ?? '',
        ]),
      )
  })
}

/** What a call was asked. */
export function questionOf(
  connection: Connection,
  span_id: string,
  scope: Scope,
): Question | undefined {
  if (!/^[0-9a-f]{16}$/.test(span_id)) return undefined
  const rows = connection.all(
    `SELECT s.id, p.body FROM spans AS s JOIN queries AS q ON q.span = s.id JOIN pieces AS p ON p.id = q.piece
      WHERE s.span_id = ? AND s.event = 'llm_call'${scope === undefined ? '' : ' AND s.tenant = ?'}`,
    [idBytes(span_id), ...(scope === undefined ? [] : [scope])],
  )
  return questionsOf(connection, rows)[0]
}

/** Words of a query that are looked for, the rarest. */
const MOST_WORDS = 12
/** Words of a long query of which it is asked how rare they are. */
const MOST_ASKED = 200
const MOST_ALIKE = 1000

/** Calls that were asked the same, or something with the same words. */
export function alikeCalls(
  connection: Connection,
  keys: Keys,
  { span, text }: Question,
  scope: Scope,
): Question[] {
  const words = comparableQuery(text)
  const inScope = scope === undefined ? '' : ' AND s.tenant = ?'
  const scoped = scope === undefined ? [] : [scope]
  const same = connection.all(
    `SELECT s.id, p.body FROM queries AS q JOIN spans AS s ON s.id = q.span JOIN pieces AS p ON p.id = q.piece
      WHERE q.hash = ? AND s.event = 'llm_call' AND (s.model IS NOT ? OR s.prompt_version IS NOT ? OR s.release IS NOT ?)${inScope} LIMIT ${MOST_ALIKE}`,
    [
      keys.query(span.tenant_id ?? '', words),
      ...[span.model, span.prompt_version, span.release],
      ...scoped,
    ],
  )
  // What was written since the index was filled.
  const recent = connection.all(
    `SELECT s.id, p.body FROM queries AS q CROSS JOIN spans AS s ON s.id = q.span CROSS JOIN pieces AS p ON p.id = q.piece
      WHERE q.piece > ? AND s.event = 'llm_call'${inScope} LIMIT ${MOST_ALIKE}`,
    [readCounters(connection).indexed, ...scoped],
  )
  const asked = rarest(connection, [...new Set(words.split(' '))])
  if (asked.length === 0) return questionsOf(connection, [...same, ...recent])
  const others = connection.all(
    `WITH found AS MATERIALIZED (
       SELECT w.rowid AS piece, w.rank AS score FROM words_in AS w
         WHERE words_in MATCH ? ORDER BY w.rank LIMIT 2000)
     SELECT s.id, p.body FROM found AS f CROSS JOIN queries AS q ON q.piece = f.piece
       CROSS JOIN spans AS s ON s.id = q.span CROSS JOIN pieces AS p ON p.id = f.piece
       WHERE s.event = 'llm_call'${inScope} ORDER BY f.score LIMIT ${MOST_ALIKE}`,
    [asked.map((word) => `"${word}"`).join(' OR '), ...scoped],
  )
  return questionsOf(connection, [...same, ...others, ...recent])
}

/** The words that the fewest pieces have, with the other words that begin like them. */
function rarest(connection: Connection, words: readonly string[]): string[] {
  return connection
    .all(
      `SELECT j.value, (SELECT count(*) FROM (
         SELECT 1 FROM words_in AS w WHERE w.words_in MATCH '"' || j.value || '"' LIMIT 2000)) AS n
       FROM json_each(?) AS j WHERE n > 0 ORDER BY n LIMIT ${MOST_WORDS}`,
      [JSON.stringify(words.slice(0, MOST_ASKED))],
    )
    .flatMap(([word]) => [String(word), ...kin(connection, String(word))])
}

/** A paraphrase changes endings. */
function kin(connection: Connection, word: string): string[] {
  if (word.length < 5) return []
  const stem = word.slice(0, 5)
  return beginningSo(connection, stem, 8)
}

function questionsOf(connection: Connection, rows: readonly Row[]): Question[] {
  const texts = new Map(rows.map(([id, body]) => [Number(id), unpackedText(body)]))
  const spans = spansById(connection, [...texts.keys()])
  return [...spans].map(([id, span]) => ({ span, text: queryText(texts.get(id) ?? 'null') }))
}
