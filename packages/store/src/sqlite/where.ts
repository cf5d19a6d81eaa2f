import type { Position } from '../read/cursor.ts'
import { type Filter, RANGES, TEXT_FILTERS } from '../read/filter.ts'
import { valuesOf } from '../read/one-of.ts'
import { RANK } from '../read/span-summary.ts'
import type { Scope } from '../scope.ts'
import type { Value } from './connection.ts'
import { actionWhere, scoreWhere, type Where } from './late-conditions.ts'
import { idBytes } from './span-table.ts'

/** What a filter and a scope say, as SQL. */
export function whereOf(filter: Omit<Filter, 'tenant'>, scope: Scope, multiTenant: boolean): Where {
  const parts: string[] = []
  const values: Value[] = []
  const add: Add = (sql, ...given) => {
    parts.push(sql)
    values.push(...given)
  }
  addScope(scope, add)
  addColumns(filter, add)
  addLabels(filter, add)
  addRanges(filter, add)
  const { action, score } = filter
  const late = [
    ...(action === undefined ? [] : [actionWhere(action, multiTenant)]),
    ...(score === undefined ? [] : [scoreWhere(score, multiTenant)]),
  ]
  for (const { sql, values: given } of late) add(sql, ...given)
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), values }
}

type Add = (sql: string, ...given: Value[]) => void
type SpanFilter = Omit<Filter, 'tenant'>

/** The second part tells SQLite that it can use the index of those that have a tenant. */
function addScope(scope: Scope, add: Add): void {
  if (scope !== undefined)
    add(scope === '' ? 's.tenant = ?' : "s.tenant = ? AND s.tenant <> ''", scope)
}

function addColumns(filter: SpanFilter, add: Add): void {
  if (filter.since !== undefined) add('s.start_time >= ?', filter.since)
  if (filter.until !== undefined) add('s.start_time < ?', filter.until)
  if (filter.status !== undefined)
    add('s.status IN (SELECT value FROM json_each(?))', JSON.stringify(valuesOf(filter.status)))
  for (const key of TEXT_FILTERS) {
    const wanted = filter[key]
    if (wanted === undefined) continue
    const values = valuesOf(wanted)
    const [value = ''] = values
    if (key === 'trace_id') add(`s.trace_id IN (${LISTED_IDS})`, JSON.stringify(values))
    else if (values.length === 1) add(`s.${key} = ?`, value)
    else add(`s.${key} IN (SELECT value FROM json_each(?))`, JSON.stringify(values))
  }
}

function addLabels({ tag, metadata = {} }: SpanFilter, add: Add): void {
  if (tag !== undefined)
    add(
      'EXISTS (SELECT 1 FROM json_each(s.tags) AS j WHERE j.value IN (SELECT value FROM json_each(?)))',
      JSON.stringify(valuesOf(tag)),
    )
  for (const [key, wanted] of Object.entries(metadata)) {
    const values = valuesOf(wanted)
    const isAny = values.map((value) => `(j.atom IS ? AND j.type IN (${jsonTypes(value)}))`)
    add(
      `EXISTS (SELECT 1 FROM json_each(s.metadata) AS j WHERE j.key = ? AND (${['0', ...isAny].join(' OR ')}))`,
      key,
      ...values.map((value) => (typeof value === 'boolean' ? Number(value) : value)),
    )
  }
}

/** Only what comes after a position, in the order of lists. */
export function afterSql(after: Position | undefined): Where {
  if (after === undefined) return { sql: '1', values: [] }
  const { start_time, trace_id, span_id } = after
  return {
    sql: 's.start_time <= ? AND (s.start_time < ? OR (s.trace_id, s.span_id) > (?, ?))',
    values: [start_time, start_time, idBytes(trace_id), idBytes(span_id)],
  }
}

/** The order of lists. */
export const IN_ORDER = 'ORDER BY s.start_time DESC, s.trace_id, s.span_id'

/** Not those of which there is only content. */
export const LISTED: string = `s.rank > ${RANK.content}`

function addRanges({ ranges = {} }: SpanFilter, add: Add): void {
  for (const key of RANGES) {
    const { at_least, at_most } = ranges[key] ?? {}
    const value =
      key === 'tokens'
        ? 'CASE WHEN s.input_tokens IS NULL AND s.output_tokens IS NULL THEN NULL ELSE coalesce(s.input_tokens, 0) + coalesce(s.output_tokens, 0) END'
        : `s.${key}`
    if (at_least !== undefined) add(`${value} >= ?`, at_least)
    if (at_most !== undefined) add(`${value} <= ?`, at_most)
  }
}

/** SQLite says 1 for true. */
function jsonTypes(value: unknown): string {
  if (value === null) return "'null'"
  if (typeof value === 'boolean') return `'${value}'`
  return typeof value === 'string' ? "'text'" : "'integer', 'real'"
}

/** What is no trace id names no trace: its bytes are null. */
const LISTED_IDS = 'SELECT unhex(value) FROM json_each(?)'
