import type { AnyRecord } from '@recount/record'
import type { ForgottenPerson, Person } from '../engine.ts'
import type { SpanFacts } from '../read/span-summary.ts'
import { editNamed, editsIn, foundNames, spanNames, withoutPerson } from '../records/erasure.ts'
import type { Keys } from '../records/keys.ts'
import type { Scope } from '../scope.ts'
import { inChunks } from './chunks.ts'
import { aboutSql } from './conditions.ts'
import type { Connection, Params } from './connection.ts'
import { bury, isBuried } from './forgotten.ts'
import { factsRow } from './rows.ts'
import { type SpanRow, SUMMARY_COLUMNS, summaryOfRow } from './span-columns.ts'
import { scopeSql, sweep } from './sweep.ts'
import { writeRecords } from './write-records.ts'

/** Whose, and by what the rows that are left count more than those that go. */
export interface ForgetContext {
  readonly scope: Scope
  readonly multiTenant: boolean
  readonly version: number
  /** What was written later is kept, epoch milliseconds. */
  readonly time: number
}

type SpanName = [tenant: string, trace_id: string, span_id: string]

const IN_SPANS = `(tenant, trace_id, span_id) IN
  (SELECT s.1, s.2, s.3 FROM (SELECT arrayJoin(arrayZip({tenants:Array(String)}, {traces:Array(String)}, {ids:Array(String)})) AS s))`
/** The version without the rank in front of it. */
const SPAN_VERSION = 'version % 100000000000000000'

/** Forgets a person: what they said and saw goes, numbers stay. What is left is written before the rest is deleted. */
export async function forgetPerson(
  connection: Connection,
  keys: Keys,
  person: Person,
  context: ForgetContext,
): Promise<ForgottenPerson> {
  const { scope, version, time } = context
  const { kind, ids } = person
  const found = foundNames(person).map((name) => ({ scope, name }))
  const before = await isBuried(connection, keys, found)
  const rows = await spansOf(connection, person, scope)
  const spans = rows.map(({ tenant, trace_id, span_id }): SpanName => [tenant, trace_id, span_id])
  const ofPerson = ids.map((id) => ({ scope, name: { kind, id } }))
  const ofSpans = rows.flatMap((row) =>
    spanNames({ ...row, ...summaryOfRow(row), isWhole: row.whole === 1 }).map((name) => ({
      ...{ scope, name },
    })),
  )
  await bury(connection, keys, [...ofPerson, ...ofSpans], time)
  const late = await lateOf(connection, person, spans, context)
  const remarks = late.map(({ json }) => JSON.parse(json) as AnyRecord)
  const edits = [...new Set(editsIn(remarks))]
  await bury(
    connection,
    keys,
    edits.map((id) => ({ scope, name: { kind: 'edit' as const, id } })),
    time,
  )
  const lines = await linesOf(connection, spans)
  const records = [...lines.map(({ json }) => JSON.parse(json) as AnyRecord), ...remarks]
  const left = records.flatMap((record) => withoutPerson(record) ?? [])
  await writeRecords(connection, keys, left, version, true)
  await connection.insert(
    'spans',
    rows.map((row) => factsRow(bareFacts(row), version)),
  )
  const pieces =
    (await removeOlder(connection, spans, late, version)) +
    (await removeEdits(connection, edits, scope, time))
  const audit_entries = await forgetAudit(connection, person, scope)
  if (spans.length + late.length + audit_entries > 0) await bury(connection, keys, found, time)
  await sweep(connection, '1')
  const trace_ids = [...new Set(spans.map(([, trace_id]) => trace_id))]
  return {
    ...{ before, ids, remarks: late.length, audit_entries, trace_ids, edit_digests: edits },
    traces: trace_ids.length,
    spans: spans.length,
    pieces,
    span_ids: spans.map(([, , span_id]) => span_id),
    message_ids: rows.flatMap((row) => summaryOfRow(row).message_id ?? []),
  }
}

/** Entries of audit logs that name a person are gone from here; the logs themselves are not touched. */
async function forgetAudit(connection: Connection, { ids }: Person, scope: Scope): Promise<number> {
  const where = `hasAny(people, {ids:Array(String)}) AND ${scopeSql(scope)}`
  const params = { ids: ids.map((id) => id.toWellFormed()), scope: scope ?? '' }
  const [row] = await connection.rows<{ n: number }>(
    `SELECT count() AS n FROM $db.audit FINAL WHERE ${where}`,
    params,
  )
  if (row === undefined || row.n === 0) return 0
  await connection.run(`ALTER TABLE $db.audit DELETE WHERE ${where}`, params)
  return row.n
}

function spanParams(spans: readonly SpanName[]): Params {
  return {
    tenants: spans.map(([tenant]) => tenant),
    traces: spans.map(([, trace_id]) => trace_id),
    ids: spans.map(([, , span_id]) => span_id),
  }
}

/** Spans of which this is left: no name, no words. */
function bareFacts(row: SpanRow): SpanFacts {
  const personal = { user_id: null, session_id: null, request_id: null, message_id: null }
  const rank = Number(row.rank)
  return { ...summaryOfRow(row), ...personal, tags: [], metadata: {}, rank }
}

/** All of a trace that is this person's alone; of others what names the person. */
function spansOf(
  connection: Connection,
  { kind, ids }: Person,
  scope: Scope,
): Promise<(SpanRow & { whole: number })[]> {
  const within = scopeSql(scope)
  const own =
    kind === 'user'
      ? `SELECT tenant, trace_id, span_id FROM $db.spans FINAL WHERE user_id IN {ids:Array(String)} AND ${within}`
      : `SELECT tenant, trace_id, span_id FROM $db.spans FINAL WHERE user_id IN {ids:Array(String)} AND ${within}
         UNION DISTINCT SELECT tenant, trace_id, span_id FROM $db.lines FINAL WHERE hasAny(subjects, {ids:Array(String)}) AND ${within}`
  const shared =
    kind === 'user'
      ? `SELECT trace_id FROM $db.spans FINAL WHERE user_id IS NOT NULL AND user_id NOT IN {ids:Array(String)} AND ${within}`
      : "SELECT ''"
  return connection.rows<SpanRow & { whole: number }>(
    `SELECT ${SUMMARY_COLUMNS}, s.rank AS rank, s.trace_id NOT IN (${shared}) AS whole FROM (SELECT * FROM $db.spans FINAL) AS s WHERE ${within} AND
      ((s.tenant, s.trace_id, s.span_id) IN (${own}) OR
       (s.trace_id IN (SELECT trace_id FROM (${own})) AND s.trace_id NOT IN (${shared})))`,
    { ids: ids.map((id) => id.toWellFormed()), scope: scope ?? '' },
  )
}

interface Line {
  readonly tenant: string
  readonly key: string
  readonly json: string
}

function linesOf(connection: Connection, spans: readonly SpanName[]): Promise<Line[]> {
  return inChunks(spans, (chunk) =>
    connection.rows<Line>(
      `SELECT tenant, key, json FROM $db.lines FINAL WHERE ${IN_SPANS}`,
      spanParams(chunk),
    ),
  )
}

/** What was said about these spans, and what names the person. */
async function lateOf(
  connection: Connection,
  { ids }: Person,
  spans: readonly SpanName[],
  { scope, multiTenant }: ForgetContext,
): Promise<Line[]> {
  const about = await inChunks(spans, (chunk) =>
    connection.rows<Line>(
      `SELECT tenant, key, json FROM $db.late FINAL WHERE (tenant, key) IN
        (SELECT late_tenant, late FROM (${aboutSql(multiTenant)}) WHERE ${IN_SPANS})`,
      spanParams(chunk),
    ),
  )
  const own = await connection.rows<Line>(
    `SELECT tenant, key, json FROM $db.late FINAL WHERE user_id IN {ids:Array(String)} AND ${scopeSql(scope)}`,
    { ids: ids.map((id) => id.toWellFormed()), scope: scope ?? '' },
  )
  return [
    ...new Map([...about, ...own].map((line) => [`${line.tenant} ${line.key}`, line])).values(),
  ]
}

/** Deletes what users made of answers, by its names, and answers how much that was. */
export async function removeEdits(
  connection: Connection,
  names: readonly string[],
  scope: Scope,
  time: number,
): Promise<number> {
  let count = 0
  await inChunks(names, async (chunk) => {
    const edits = chunk.map(editNamed)
    const params = {
      ...{ digests: edits.map(({ digest }) => digest), time, scope: scope ?? '' },
      users: edits.map(({ user_id }) => (user_id ?? '').toWellFormed()),
    }
    const where = `part = 'user_edit' AND digest IN {digests:Array(String)} AND time <= {time:Float64} AND ${scopeSql(scope)}
      AND (tenant, trace_id, span_id, digest) IN (SELECT s.tenant, s.trace_id, s.span_id, e.1
        FROM (SELECT arrayJoin(arrayZip({digests:Array(String)}, {users:Array(String)})) AS e) AS edits
        INNER JOIN (SELECT tenant, trace_id, span_id, ifNull(user_id, '') AS user FROM $db.spans FINAL WHERE (tenant, trace_id, span_id) IN
          (SELECT tenant, trace_id, span_id FROM $db.contents WHERE part = 'user_edit' AND digest IN {digests:Array(String)})) AS s
        ON e.2 = s.user)`
    const [row] = await connection.rows<{ n: number }>(
      `SELECT count() AS n FROM $db.contents FINAL WHERE ${where}`,
      params,
    )
    count += row?.n ?? 0
    if (row !== undefined && row.n > 0)
      await connection.run(`ALTER TABLE $db.contents DELETE WHERE ${where}`, params)
    return []
  })
  return count
}

/** Deletes what was written before, and answers how many pieces of content those were. */
async function removeOlder(
  connection: Connection,
  spans: readonly SpanName[],
  late: readonly Line[],
  version: number,
): Promise<number> {
  let pieces = 0
  await inChunks(spans, async (chunk) => {
    const params = { ...spanParams(chunk), version }
    const [count] = await connection.rows<{ n: number }>(
      `SELECT count() AS n FROM $db.contents FINAL WHERE digest != '' AND ${IN_SPANS}`,
      params,
    )
    pieces += count?.n ?? 0
    for (const table of ['contents', 'queries', 'lines'])
      await connection.run(
        `ALTER TABLE $db.${table} DELETE WHERE ${IN_SPANS} AND version < {version:UInt64}`,
        params,
      )
    await connection.run(
      `ALTER TABLE $db.spans DELETE WHERE ${IN_SPANS} AND ${SPAN_VERSION} < {version:UInt64}`,
      params,
    )
    return []
  })
  await removeOlderLate(connection, late, version)
  return pieces
}

/** Deletes late lines as they were written before. */
export async function removeOlderLate(
  connection: Connection,
  late: readonly { readonly key: string }[],
  version: number,
): Promise<void> {
  await inChunks(late, async (chunk) => {
    const params = { late: chunk.map(({ key }) => key), version }
    const isOlder = 'IN {late:Array(String)} AND version < {version:UInt64}'
    await connection.run(`ALTER TABLE $db.contents DELETE WHERE late ${isOlder}`, params)
    await connection.run(`ALTER TABLE $db.late DELETE WHERE key ${isOlder}`, params)
    return []
  })
}
