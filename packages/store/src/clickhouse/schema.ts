import { StoreError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { SPAN_COLUMN_TYPES } from './span-columns.ts'

/** Each step takes a database from one version to the next; a step that was published never changes. */
const STEPS: readonly (readonly string[])[] = [
  [
    // Of two rows of one span the one with the higher version counts: a terminal line before a start line.
    `CREATE TABLE IF NOT EXISTS $db.spans (
      tenant String, trace_id String, span_id String, day Date, rank UInt8, version UInt64,
      ${SPAN_COLUMN_TYPES},
      INDEX by_start start_time TYPE minmax, INDEX by_span span_id TYPE bloom_filter,
      INDEX by_trace trace_id TYPE bloom_filter, INDEX by_message message_id TYPE bloom_filter
    ) ENGINE = ReplacingMergeTree(version) PARTITION BY day ORDER BY (tenant, trace_id, span_id)`,
    // Metadata lines. \`key\` is the place of a line in its span, \`sum\` tells two lines of one place apart.
    `CREATE TABLE IF NOT EXISTS $db.lines (
      tenant String, trace_id String, span_id String, key String, sum String, day Date, time Float64,
      event LowCardinality(String), subjects Array(String), json String, version UInt64,
      INDEX by_trace trace_id TYPE bloom_filter, INDEX by_key key TYPE bloom_filter
    ) ENGINE = ReplacingMergeTree(version) PARTITION BY day ORDER BY (tenant, trace_id, span_id, key)`,
    // Lines that may stand outside a trace.
    `CREATE TABLE IF NOT EXISTS $db.late (
      tenant String, key String, sum String, day Date, event LowCardinality(String), time Float64,
      trace_id String, span_id String, message_id String, user_id String, action LowCardinality(String),
      json String, version UInt64, INDEX by_key key TYPE bloom_filter
    ) ENGINE = ReplacingMergeTree(version) PARTITION BY day ORDER BY (tenant, key)`,
    // What was said: by a span, or by the late line \`late\`. What a line says in words has no digest.
    `CREATE TABLE IF NOT EXISTS $db.contents (
      tenant String, trace_id String, span_id String, late String, part LowCardinality(String), key String,
      digest String, sum String, day Date, time Float64, is_list UInt8, pieces Array(String), json String, version UInt64,
      INDEX by_trace trace_id TYPE bloom_filter, INDEX by_key key TYPE bloom_filter
    ) ENGINE = ReplacingMergeTree(version) PARTITION BY day ORDER BY (tenant, trace_id, span_id, late, key)`,
    // Each text once for each tenant that said it: \`hash\` is keyed and has the tenant in it.
    `CREATE TABLE IF NOT EXISTS $db.pieces (
      hash String, tenant String, at DateTime, body String CODEC(ZSTD), folded String CODEC(ZSTD),
      INDEX by_text folded TYPE text(tokenizer = ngrams(3))
    ) ENGINE = ReplacingMergeTree(at) ORDER BY hash`,
    // What calls were asked: its words, for those that ask something alike.
    `CREATE TABLE IF NOT EXISTS $db.queries (
      tenant String, trace_id String, span_id String, day Date, piece String, words Array(String), version UInt64
    ) ENGINE = ReplacingMergeTree(version) PARTITION BY day ORDER BY (tenant, trace_id, span_id)`,
    `CREATE TABLE IF NOT EXISTS $db.tombstones (name String, time Float64)
     ENGINE = ReplacingMergeTree(time) ORDER BY name`,
    `CREATE TABLE IF NOT EXISTS $db.floors (
      scope Nullable(String), content_only UInt8, before Float64
    ) ENGINE = MergeTree ORDER BY before`,
    // Spans of which all, or the content, was pruned: what is written about them later is old, too.
    `CREATE TABLE IF NOT EXISTS $db.pruned (span_id String, tenant String, content_only UInt8)
     ENGINE = ReplacingMergeTree ORDER BY (span_id, tenant, content_only)`,
    `CREATE TABLE IF NOT EXISTS $db.positions (name String, at String, version UInt64)
     ENGINE = ReplacingMergeTree(version) ORDER BY name`,
  ],
  [
    // Entries of audit logs: the higher version counts.
    `CREATE TABLE IF NOT EXISTS $db.audit (
      tenant String, log String, seq UInt64, trace_id String, time Float64, day Date, people Array(String),
      json String, version UInt64, INDEX by_trace trace_id TYPE bloom_filter
    ) ENGINE = ReplacingMergeTree(version) PARTITION BY toYYYYMM(day) ORDER BY (log, seq)`,
  ],
  [
    // A sampled call stands for several. A row that is inserted anew takes the place of the one before.
    'ALTER TABLE $db.spans ADD COLUMN IF NOT EXISTS sample_rate Nullable(Float64)',
    `INSERT INTO $db.spans SELECT s.* REPLACE (l.rate AS sample_rate) FROM (SELECT * FROM $db.spans FINAL) AS s
      INNER JOIN (SELECT tenant, trace_id, span_id, max(JSONExtractFloat(json, 'sample_rate')) AS rate
        FROM $db.lines FINAL WHERE event = 'llm_call' AND position(json, '"sample_rate"') > 0
        GROUP BY tenant, trace_id, span_id) AS l
      ON l.tenant = s.tenant AND l.trace_id = s.trace_id AND l.span_id = s.span_id`,
  ],
]

/** The version of the schema that this code writes. */
export const CLICKHOUSE_SCHEMA_VERSION: number = STEPS.length

/** What `recount store migrate` does besides: how long ClickHouse itself keeps rows; 0 is for ever. */
export interface MigrateOptions {
  /** Days after which content goes, by when its span began; left as it was where not given. */
  readonly contentDays?: number | undefined
  /** The same for metadata. */
  readonly metadataDays?: number | undefined
  /** Of a new database: whether every query must say whose records it asks for. */
  readonly multiTenant?: boolean | undefined
}

/** What is known of a database. */
export interface SchemaState {
  /** 0 for one without a schema. */
  readonly version: number
  readonly multiTenant: boolean
  /** Hex; names of what was erased are made with it. */
  readonly key: string
}

/** Makes the tables where there are none, and brings older ones to this version. Throws `STORE_NEWER`. */
export async function migrateSchema(
  connection: Connection,
  key: string,
  options: MigrateOptions = {},
): Promise<SchemaState> {
  await makeDatabase(connection)
  await connection.run(
    'CREATE TABLE IF NOT EXISTS $db.meta (name String, value String, version UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY name',
  )
  const { version } = await schemaState(connection)
  for (const step of STEPS.slice(version)) for (const sql of step) await connection.run(sql)
  const isNew = version === 0
  const values = {
    ...(isNew ? { key, multi_tenant: String(options.multiTenant === true) } : {}),
    schema: String(CLICKHOUSE_SCHEMA_VERSION),
  }
  const rows = Object.entries(values).map(([name, value]) => ({ name, value, version: 1 }))
  await connection.insert('meta', rows)
  await setDays(connection, ['contents', 'queries'], options.contentDays)
  await setDays(connection, ['spans', 'lines', 'late'], options.metadataDays)
  return schemaState(connection)
}

/** What the database says about itself. Throws `STORE_NEWER`. */
export async function schemaState(connection: Connection): Promise<SchemaState> {
  const [found] = await connection.rows<{ n: number }>(
    "SELECT count() AS n FROM system.tables WHERE database = {db:String} AND name = 'meta'",
    { db: connection.database },
  )
  if (found === undefined || found.n === 0) return { version: 0, multiTenant: false, key: '' }
  const rows = await connection.rows<{ name: string; value: string }>(
    'SELECT name, value FROM $db.meta FINAL',
  )
  const meta = new Map(rows.map(({ name, value }) => [name, value]))
  const version = Number(meta.get('schema') ?? 0)
  if (version > CLICKHOUSE_SCHEMA_VERSION)
    throw new StoreError(
      'STORE_NEWER',
      `The database ${connection.database} was written by a later version (its schema is ${version}, this version knows ${CLICKHOUSE_SCHEMA_VERSION}); use that version`,
    )
  return { version, multiTenant: meta.get('multi_tenant') === 'true', key: meta.get('key') ?? '' }
}

/** Only where it is not there: who may make tables may not always make databases. */
async function makeDatabase(connection: Connection): Promise<void> {
  const found = await connection.rows('SELECT 1 FROM system.databases WHERE name = {db:String}', {
    db: connection.database,
  })
  if (found.length === 0) await connection.run('CREATE DATABASE IF NOT EXISTS $db')
}

async function setDays(
  connection: Connection,
  tables: readonly string[],
  days: number | undefined,
): Promise<void> {
  if (days === undefined) return
  for (const table of tables)
    await connection.run(
      days === 0
        ? `ALTER TABLE $db.${table} REMOVE TTL`
        : `ALTER TABLE $db.${table} MODIFY TTL day + toIntervalDay(${Math.trunc(days)})`,
    )
}
