import type { AnyRecord } from '@recount/record'
import type { Engine, Question, TraceMatch } from '../engine.ts'
import { StoreError } from '../errors.ts'
import { comparableQuery } from '../read/siblings.ts'
import { RANK } from '../read/span-summary.ts'
import type { AuditRow } from '../records/audit-row.ts'
import { editsIn, SAME_ACTION_MS, strippedActions } from '../records/erasure.ts'
import { keysOf } from '../records/keys.ts'
import { queryText } from '../records/query-text.ts'
import { isRecord } from '../records/valid.ts'
import type { Scope } from '../scope.ts'
import type { Ingested, IngestOptions } from '../store.ts'
import { auditOf, writeAudit } from './audit-table.ts'
import { buryRemarks } from './bury-remarks.ts'
import { conditionOf, IN_ORDER } from './conditions.ts'
import type { Connection } from './connection.ts'
import { countedCalls } from './count-calls.ts'
import { bytesOf, countBefore, forgetBefore } from './forget-before.ts'
import { forgetPerson, removeEdits } from './forget-person.ts'
import { bury, type Forgotten, forgottenOf, isBuried } from './forgotten.ts'
import { readLines } from './read-lines.ts'
import { readTrace } from './read-trace.ts'
import { CLICKHOUSE_SCHEMA_VERSION, schemaState } from './schema.ts'
import { searchPhrase } from './search.ts'
import { SPANS, type SpanRow, SUMMARY_COLUMNS, summaryOfRow } from './span-columns.ts'
import { scopeSql, sweep } from './sweep.ts'
import { writeRecords } from './write-records.ts'

/** Questions that are compared with one. */
const MAX_ALIKE = 300

/** A store on a ClickHouse database whose tables are there. Throws `STORE_SCHEMA_OLD`, `STORE_NEWER`. */
export async function clickHouseEngine(
  connection: Connection,
  options: { readonly multiTenant: boolean },
): Promise<Engine> {
  const { version, key, ...state } = await schemaState(connection)
  const multiTenant = options.multiTenant || state.multiTenant
  if (version < CLICKHOUSE_SCHEMA_VERSION)
    throw new StoreError(
      'STORE_SCHEMA_OLD',
      `The database ${connection.database} has ${version === 0 ? 'no tables of a store' : `the schema ${version}, and this version needs ${CLICKHOUSE_SCHEMA_VERSION}`}; run \`recount store migrate\``,
    )
  const keys = keysOf(key)
  let last = 0

  /** Goes up with every write of this process, and with time in others. */
  function nextVersion(): number {
    last = Math.max(last + 1, Date.now() * 1000)
    return last
  }

  async function write(
    records: readonly AnyRecord[],
    audit: readonly AuditRow[] = [],
  ): Promise<Ingested> {
    const counts = { added: 0, known: 0, erased: 0, pruned: 0, invalid: 0 }
    let forgotten = await forgottenOf(connection, keys, records, audit)
    if (await buryRemarksAndEdits(records, forgotten))
      forgotten = await forgottenOf(connection, keys, records, audit)
    const kept: AnyRecord[] = []
    for (const record of records) {
      const fate = forgotten.fateOf(record)
      if (typeof fate === 'string') counts[fate] += 1
      else kept.push(fate)
    }
    const entries: AuditRow[] = []
    for (const row of audit) {
      const fate = forgotten.fateOfAudit(row)
      if (typeof fate === 'string') counts[fate] += 1
      else entries.push(fate)
    }
    counts.added = await writeRecords(connection, keys, kept, nextVersion())
    counts.added += await writeAudit(connection, entries, nextVersion())
    counts.known = kept.length + entries.length - counts.added
    return counts
  }

  /** Remarks go with what they are about, and what users made of answers with the actions that tell of it. */
  async function buryRemarksAndEdits(
    records: readonly AnyRecord[],
    forgotten: Forgotten,
  ): Promise<boolean> {
    const remarks = await buryRemarks(connection, keys, records, forgotten, nextVersion())
    const actions = [...remarks, ...strippedActions(records, records.map(forgotten.fateOf))]
    for (const action of actions) {
      const [scope, time] = [scopeIn(action), action.time + SAME_ACTION_MS]
      const edits = editsIn([action])
      const names = edits.map((id) => ({ scope, name: { kind: 'edit', id } as const }))
      await bury(connection, keys, names, time)
      if ((await removeEdits(connection, edits, scope, time)) > 0) await sweep(connection, '1')
    }
    return actions.length > 0 || records.some((record) => forgotten.erasedIn(record).length > 0)
  }

  function scopeIn({ tenant_id }: AnyRecord): Scope {
    return multiTenant ? (tenant_id ?? '') : tenant_id
  }

  /** A tombstone in a log counts like an erasure here. */
  async function obey(record: Extract<AnyRecord, { event: 'erased' }>): Promise<void> {
    const { digest, subject_id, of_span_id, time } = record
    const scope = scopeIn(record)
    const names = [
      ...(digest === undefined ? [] : [{ kind: 'digest', id: digest } as const]),
      ...(of_span_id === undefined ? [] : [{ kind: 'content', id: of_span_id } as const]),
    ]
    await bury(
      connection,
      keys,
      names.map((name) => ({ scope, name })),
      time,
    )
    await connection.run(
      `ALTER TABLE $db.contents DELETE WHERE digest != '' AND time <= {time:Float64} AND ${scopeSql(scope)}
        AND (digest = {digest:String} OR span_id = {span:String})`,
      { digest: digest ?? '-', span: of_span_id ?? '-', time, scope: scope ?? '' },
    )
    await sweep(connection, '1')
    if (subject_id === undefined) return
    const context = { scope, multiTenant, version: nextVersion(), time }
    await forgetPerson(connection, keys, { kind: 'subject', ids: [subject_id] }, context)
  }

  async function questionsWhere(sql: string, params: object): Promise<Question[]> {
    const rows = await connection.rows<SpanRow & { body: string }>(
      `SELECT ${SUMMARY_COLUMNS}, q.body AS body FROM ${SPANS} INNER JOIN (
        SELECT q.tenant AS tenant, q.trace_id AS trace_id, q.span_id AS span_id, any(p.body) AS body
        FROM (SELECT * FROM $db.queries FINAL WHERE ${sql}) AS q
        INNER JOIN $db.pieces AS p ON p.hash = q.piece
        GROUP BY tenant, trace_id, span_id
      ) AS q ON q.tenant = s.tenant AND q.trace_id = s.trace_id AND q.span_id = s.span_id
      WHERE s.event = 'llm_call'`,
      { ...params },
    )
    return rows.map(({ body, ...row }) => ({
      span: summaryOfRow(row as SpanRow),
      text: queryText(body),
    }))
  }

  return {
    multiTenant,
    async write(records, { audit, position }: IngestOptions) {
      const sum = { added: 0, known: 0, erased: 0, pruned: 0, invalid: 0 }
      const add = (more: Partial<Ingested>): void => {
        for (const [name, count] of Object.entries(more)) sum[name as keyof Ingested] += count
      }
      for (const run of runsOf(records.filter(isRecord))) {
        for (const record of run) if (record.event === 'erased') await obey(record)
        add(await write(run))
      }
      if (audit !== undefined) add(await write([], audit))
      add({ invalid: records.length - records.filter(isRecord).length })
      if (position !== undefined)
        await connection.insert('positions', [{ ...position, version: nextVersion() }])
      return sum
    },
    findTraces: (target, scope) => findTraces(connection, target, scope),
    traceRecords: (trace_id, scope) => readTrace(connection, trace_id, scope, multiTenant),
    async list({ filter, scope, after, limit }) {
      const { sql, params } = conditionOf(filter, scope, multiTenant, after)
      const rows = await connection.rows<SpanRow>(
        `SELECT ${SUMMARY_COLUMNS} FROM ${SPANS} WHERE s.rank > ${RANK.content} AND ${sql} ${IN_ORDER} LIMIT {limit:UInt32}`,
        { ...params, limit },
      )
      return rows.map(summaryOfRow)
    },
    search: (query) => searchPhrase(connection, query, multiTenant),
    countedCalls: (query) => countedCalls(connection, query, multiTenant),
    lines: (query) => readLines(connection, query),
    async question(span_id, scope) {
      const sql = `span_id = {span_id:String} AND ${scopeSql(scope)}`
      const [question] = await questionsWhere(sql, { span_id, scope: scope ?? '' })
      return question
    },
    async alike({ text }, scope) {
      const words = [...new Set(comparableQuery(text).split(' '))].slice(0, 200)
      // So many words in common, of as few as possible.
      const sql = `(tenant, trace_id, span_id) IN (SELECT tenant, trace_id, span_id FROM $db.queries FINAL
        WHERE hasAny(words, {words:Array(String)}) AND ${scopeSql(scope)}
        ORDER BY length(arrayIntersect(words, {words:Array(String)})) / sqrt(length(words)) DESC LIMIT ${MAX_ALIKE})`
      return questionsWhere(sql, { words, scope: scope ?? '' })
    },
    forgetBefore: (old) => forgetBefore(connection, old, multiTenant),
    countBefore: (old) => countBefore(connection, old, multiTenant),
    clean: async () => ({ bytes: await bytesOf(connection), unfinished: null }),
    auditOf: (trace_id, scope) => auditOf(connection, trace_id, scope),
    isForgotten: (names, scope) =>
      isBuried(
        connection,
        keys,
        names.flatMap((name) => [undefined, scope].map((one) => ({ scope: one, name }))),
      ),
    async tenants() {
      const rows = await connection.rows<{ tenant: string }>(
        'SELECT DISTINCT tenant FROM $db.spans UNION DISTINCT SELECT DISTINCT tenant FROM $db.late',
      )
      return [...new Set(['', ...rows.map(({ tenant }) => tenant)])]
    },
    forgetPerson: (person, scope) =>
      forgetPerson(connection, keys, person, {
        ...{ scope, multiTenant, version: nextVersion(), time: Date.now() },
      }),
    async position(name) {
      const [row] = await connection.rows<{ at: string }>(
        'SELECT at FROM $db.positions FINAL WHERE name = {name:String}',
        { name },
      )
      return row?.at ?? null
    },
    close: () => connection.close(),
  }
}

/** Records in runs of which each begins with a tombstone, so that it finds what came before it. */
function runsOf(records: readonly AnyRecord[]): AnyRecord[][] {
  const runs: AnyRecord[][] = [[]]
  for (const record of records) {
    if (record.event === 'erased') runs.push([])
    runs.at(-1)?.push(record)
  }
  return runs
}

async function findTraces(
  connection: Connection,
  target: string,
  scope: Scope,
): Promise<TraceMatch[]> {
  const id = target.toLowerCase().replaceAll('-', '')
  const isPrefix = /^[0-9a-f]{6,31}$/.test(id)
  const exact = '(trace_id = {id:String} OR span_id = {id:String} OR message_id = {target:String})'
  const begins = 'startsWith(trace_id, {id:String}) OR startsWith(span_id, {id:String})'
  const rows = await connection.rows<{ trace_id: string; of_tenant: string; exact: number }>(
    `SELECT trace_id, any(tenant) AS of_tenant, max(ifNull(${exact}, 0)) AS exact FROM $db.spans FINAL
      WHERE (${exact}${isPrefix ? ` OR ${begins}` : ''}) AND ${scopeSql(scope)} GROUP BY trace_id
      ORDER BY exact DESC, trace_id LIMIT 20`,
    { id, target: target.toWellFormed(), scope: scope ?? '' },
  )
  return rows.map(({ trace_id, of_tenant, exact: isExact }) => ({
    trace_id,
    tenant_id: of_tenant === '' ? null : of_tenant,
    exact: isExact === 1,
  }))
}
