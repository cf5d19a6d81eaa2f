import type { AnyRecord } from '@recount/record'
import type { SpanFacts, SpanSummary } from '../read/span-summary.ts'
import type { Row, Value } from './connection.ts'

/** Columns that hold what a line says under the same key. */
const TEXTS = [
  'provider',
  'model',
  'response_model',
  'session_id',
  'user_id',
  'request_id',
  'workflow',
  'step',
  'agent',
  'service',
  'environment',
  'release',
  'finish_reason',
  'message_id',
] as const
const NUMBERS = [
  'duration_ms',
  'call_duration_ms',
  'step_attempt',
  'input_tokens',
  'output_tokens',
  'ttft_ms',
  'cost_usd',
] as const
/** Columns that are made from a line. */
const MADE = [
  'event',
  'status',
  'name',
  'prompt_name',
  'prompt_version',
  'category',
  'error_type',
] as const
const IDS = ['trace_id', 'span_id', 'parent_span_id', 'retry_of'] as const
const JSONS = ['tags', 'metadata'] as const

/** Columns that came with a later version. */
const ADDED = ['sample_rate'] as const

const COLUMNS = [
  ...['id', 'rank', 'tenant', 'start_time'],
  ...[...IDS, ...MADE, ...TEXTS, ...NUMBERS, ...JSONS, ...ADDED],
] as const

/** The table of spans, as the first version made it. */
export const SPAN_TABLE: string = `CREATE TABLE spans (
  id INTEGER PRIMARY KEY, rank INTEGER NOT NULL, tenant TEXT NOT NULL, start_time REAL NOT NULL,
  ${IDS.map((column) => `${column} BLOB`).join(', ')},
  ${MADE.map((column) => `${column} TEXT`).join(', ')},
  ${TEXTS.map((column) => `${column} TEXT`).join(', ')},
  ${NUMBERS.map((column) => `${column} NUMERIC`).join(', ')},
  ${JSONS.map((column) => `${column} TEXT`).join(', ')}
);`

/** All columns, for SELECT and INSERT. */
export const SPAN_COLUMNS: string = COLUMNS.join(', ')

/** The same, of the table that is called so in a query. */
export function columnsOf(table: string): string {
  return COLUMNS.map((column) => `${table}.${column}`).join(', ')
}

/** A span as a row of all columns. */
export function rowOf(id: number, facts: SpanFacts): Value[] {
  const values: Value[] = [id, facts.rank, facts.tenant_id ?? '', facts.start_time ?? 0]
  for (const key of IDS) values.push(idBytes(facts[key]))
  for (const key of MADE) values.push(plainText(facts[key]))
  for (const key of TEXTS) values.push(plainText(facts[key]))
  for (const key of NUMBERS) values.push(facts[key])
  values.push(facts.tags.length === 0 ? null : JSON.stringify(facts.tags))
  values.push(Object.keys(facts.metadata).length === 0 ? null : JSON.stringify(facts.metadata))
  for (const key of ADDED) values.push(facts[key])
  return values
}

/** Of fewer rows, statements would differ more often than they become cheaper. */
const FEWEST_SHARING = 32

/**
 * The same rows and their columns without those that none of them has, and first those in which all have the same: each
 * value that is handed over has its price.
 */
export function filledColumns(rows: readonly Value[][]): {
  readonly columns: string
  readonly shared: Value[]
  readonly rows: Value[][]
} {
  const [first = []] = rows
  const same: number[] = []
  const own: number[] = []
  for (const at of COLUMNS.keys()) {
    const value = first[at] ?? null
    if (rows.some((row) => row[at] !== value)) own.push(at)
    else if (value !== null) (rows.length < FEWEST_SHARING ? own : same).push(at)
  }
  return {
    columns: [...same, ...own].map((at) => COLUMNS[at]).join(', '),
    shared: same.map((at) => first[at] ?? null),
    rows: rows.map((row) => own.map((at) => row[at] ?? null)),
  }
}

/** A row as a span. */
export function summaryOf(row: Row): SpanSummary {
  const span: Record<string, unknown> = {}
  for (const [at, column] of COLUMNS.entries()) span[column] = row[at]
  for (const key of IDS) span[key] = idText(span[key] as Buffer | null)
  // The table is sorted by it: what is unknown is 0.
  if (span.start_time === 0) span.start_time = null
  span.tags = span.tags === null ? [] : JSON.parse(String(span.tags))
  span.metadata = span.metadata === null ? {} : JSON.parse(String(span.metadata))
  const { id: _, rank: __, tenant, ...summary } = span
  return { ...summary, tenant_id: tenant === '' ? null : tenant } as unknown as SpanSummary
}

const SAME = ['start_time', ...IDS, ...TEXTS, ...NUMBERS, ...JSONS, ...ADDED, 'status'] as const
const SAME_KEYS: ReadonlySet<string> = new Set([...SAME, 'tenant_id', 'event', 'level', 'recount'])

/** A line without what its span's row says in the same words. */
export function withoutColumns(record: AnyRecord, facts: SpanFacts): string {
  const line = record as unknown as Readonly<Record<string, unknown>>
  const said = facts as unknown as Readonly<Record<string, unknown>>
  const rest: Record<string, unknown> = {}
  for (const key of Object.keys(line))
    if (!SAME_KEYS.has(key) || !isSame(key, line[key], said[key])) rest[key] = line[key]
  return JSON.stringify(rest)
}

/** What every valid line has, and nearly all have so. */
const USUAL: Readonly<Record<string, unknown>> = { level: 30, recount: 1 }

function isSame(key: string, value: unknown, said: unknown): boolean {
  if (key in USUAL) return value === USUAL[key]
  if (value === null || hasNul(value)) return false
  return value === said || isPacked(key, value)
}

/** The line from both. */
export function withColumns(json: string, span: SpanSummary): AnyRecord {
  const line: Record<string, unknown> = { ...USUAL, event: span.event }
  for (const key of SAME) {
    const value = span[key]
    if (value === null || isEmpty(value)) continue
    line[key] = value
  }
  if (span.tenant_id !== null) line.tenant_id = span.tenant_id
  return { ...line, ...(JSON.parse(json) as object) } as unknown as AnyRecord
}

/** An id as bytes. */
export function idBytes(id: string | null | undefined): Buffer | null {
  return id === null || id === undefined ? null : Buffer.from(id, 'hex')
}

/** Bytes as an id. */
export function idText(bytes: Buffer | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('hex')
}

function isPacked(key: string, value: unknown): boolean {
  return (JSONS as readonly string[]).includes(key) && !isEmpty(value)
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** What SQLite would end there, and what it would not keep. */
function hasNul(value: unknown): boolean {
  return typeof value === 'string' && plainText(value) !== value
}

/** A text that libsql keeps whole. */
export function plainText(value: string | null): string | null {
  if (value === null || (value.isWellFormed() && !value.includes('\0'))) return value
  return value.toWellFormed().replaceAll('\0', '\ufffd')
}
