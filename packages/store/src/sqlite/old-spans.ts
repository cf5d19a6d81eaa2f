import type { Old, SpanSet } from '../engine.ts'
import type { Connection, Value } from './connection.ts'
import { joinsOf, type Where } from './late-conditions.ts'
import { whereOf } from './where.ts'

/** A span that is old. */
export interface OldSpan {
  readonly id: number
  /** Whether something of it goes; what only ran at that moment may have lines of later. */
  readonly isDue: boolean
  readonly isRunning: boolean
}

/** Spans that are looked at in one go, without a lock. */
const PAGE = 1000
const ALL: SpanSet = { tenants: undefined, filter: {} }

const HAS_CONTENT = `EXISTS (SELECT 1 FROM contents AS c CROSS JOIN docs AS d ON d.id = c.doc
  WHERE c.owner = s.id AND d.digest IS NOT NULL)`

/** Spans of which something goes, the oldest first, some at a time. */
export function* oldSpans(
  connection: Connection,
  old: Old,
  multiTenant: boolean,
): Generator<readonly OldSpan[]> {
  const where = oldWhere(old, multiTenant)
  let after: [number, number] = [Number.NEGATIVE_INFINITY, 0]
  for (;;) {
    const rows = connection.all(
      `SELECT s.id, s.start_time, ${old.contentOnly ? HAS_CONTENT : '1'}, s.start_time + coalesce(s.duration_ms, 1e15) >= ?
        FROM spans AS s WHERE s.start_time < ? AND (s.start_time, s.id) > (?, ?) AND ${where.sql}
        ORDER BY s.start_time, s.id LIMIT ${PAGE}`,
      [old.before, old.before, ...after, ...where.values],
    )
    const spans = rows.map(([id, , isDue, isRunning]) => ({
      id: Number(id),
      isDue: isDue === 1,
      isRunning: isRunning === 1,
    }))
    yield spans.filter(({ isDue, isRunning }) => isDue || isRunning)
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = [Number(last[1]), Number(last[0])]
  }
}

/**
 * Late lines that go. Under rules with conditions those alone that no rule with conditions of its own can mean, and that are
 * about no span that is there.
 */
export function lateBefore(connection: Connection, old: Old, multiTenant: boolean): number[] {
  const { before, scope, of = ALL, except = [] } = old
  if (hasConditions(of)) return []
  const wheres = [
    ...(scope === undefined ? [] : [{ sql: 'l.tenant = ?', values: [scope] }]),
    inTenants('l', of.tenants),
    ...except.filter((set) => !hasConditions(set)).map((set) => not(inTenants('l', set.tenants))),
    ...(old.of === undefined && old.except === undefined
      ? []
      : joinsOf(multiTenant).map((join) => ({
          sql: `NOT EXISTS (SELECT 1 FROM spans AS s WHERE ${join})`,
          values: [],
        }))),
  ]
  const { sql, values } = allOf(wheres)
  return connection
    .all(`SELECT l.id FROM late AS l WHERE l.time < ? AND ${sql}`, [before, ...values])
    .map(([id]) => Number(id))
}

function oldWhere({ scope, of = ALL, except = [] }: Old, multiTenant: boolean): Where {
  const setSql = ({ tenants, filter }: SpanSet): Where =>
    allOf([inTenants('s', tenants), whereOf(filter, undefined, multiTenant)])
  return allOf([
    whereOf({}, scope, multiTenant),
    setSql(of),
    ...except.map((set) => not(setSql(set))),
  ])
}

function hasConditions({ filter }: SpanSet): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

function inTenants(table: 's' | 'l', tenants: readonly string[] | undefined): Where {
  if (tenants === undefined) return { sql: '1', values: [] }
  const sql = `${table}.tenant IN (SELECT value FROM json_each(?))`
  return { sql, values: [JSON.stringify(tenants)] }
}

function allOf(wheres: readonly Where[]): Where {
  const sql = wheres.map((where) => `(${where.sql})`).join(' AND ') || '1'
  return { sql, values: wheres.flatMap(({ values }): Value[] => [...values]) }
}

/** What is unknown of a span is no match. */
function not({ sql, values }: Where): Where {
  return { sql: `(${sql}) IS NOT TRUE`, values }
}
