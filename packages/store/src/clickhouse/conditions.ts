import type { Old, SpanSet } from '../engine.ts'
import type { Position } from '../read/cursor.ts'
import { type Filter, RANGES, TEXT_FILTERS } from '../read/filter.ts'
import { valuesOf } from '../read/one-of.ts'
import type { ScoreFilter } from '../read/score-filter.ts'
import type { Scope } from '../scope.ts'
import type { Params } from './connection.ts'

/** A condition on rows of spans, `s`, and its values. */
export interface Condition {
  readonly sql: string
  readonly params: Params
}

/** What is old, as SQL on rows of spans, `s`. */
export function oldCondition(
  { before, scope, of = ALL, except = [] }: Old,
  multiTenant: boolean,
): Condition {
  const values = new Values()
  const setSql = ({ tenants, filter }: SpanSet): string =>
    [
      ...(tenants === undefined ? [] : [`s.tenant IN ${values.add('Array(String)', tenants)}`]),
      ...filterConditions(filter, multiTenant, values),
    ].join(' AND ') || '1'
  const parts = [
    `s.start_time < ${values.add('Float64', before)}`,
    ...(scope === undefined ? [] : [`s.tenant = ${values.add('String', scope)}`]),
    `(${setSql(of)})`,
    // What is unknown of a span is no match.
    ...except.map((set) => `NOT ifNull(${setSql(set)}, 0)`),
  ]
  return { sql: parts.join(' AND '), params: values.params }
}

/**
 * Late lines that go, of the table `l`. Under rules with conditions those alone that no such rule can mean, and that are
 * about no span that is there; undefined where there are none.
 */
export function oldLateCondition(
  { before, scope, of, except = [] }: Old,
  multiTenant: boolean,
): Condition | undefined {
  if (of !== undefined && hasConditions(of)) return undefined
  const values = new Values()
  const inTenants = ({ tenants }: SpanSet): string =>
    tenants === undefined ? '1' : `l.tenant IN ${values.add('Array(String)', tenants)}`
  const isWhole = of === undefined && except.length === 0
  const parts = [
    `l.time < ${values.add('Float64', before)}`,
    ...(scope === undefined ? [] : [`l.tenant = ${values.add('String', scope)}`]),
    inTenants(of ?? ALL),
    ...except.filter((set) => !hasConditions(set)).map((set) => `NOT (${inTenants(set)})`),
    ...(isWhole
      ? []
      : [`(l.tenant, l.key) NOT IN (SELECT late_tenant, late FROM (${aboutSql(multiTenant)}))`]),
  ]
  return { sql: parts.join(' AND '), params: values.params }
}

const ALL: SpanSet = { tenants: undefined, filter: {} }

function hasConditions({ filter }: SpanSet): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

/** What a filter, a scope and a place in a list say, as SQL. */
export function conditionOf(
  filter: Omit<Filter, 'tenant'>,
  scope: Scope,
  multiTenant: boolean,
  after?: Position,
): Condition {
  const values = new Values()
  const parts = [
    ...(scope === undefined ? [] : [`s.tenant = ${values.add('String', scope)}`]),
    ...filterConditions(filter, multiTenant, values),
    ...placeCondition(after, values),
  ]
  return { sql: parts.length === 0 ? '1' : parts.join(' AND '), params: values.params }
}

function filterConditions(filter: Asked, multiTenant: boolean, values: Values): string[] {
  const parts = [
    ...textConditions(filter, values),
    ...metadataConditions(filter, values),
    ...rangeConditions(filter, values),
  ]
  const { action, score } = filter
  if (action !== undefined) {
    const acted = `l.action IN ${values.add('Array(String)', valuesOf(action))}`
    parts.push(
      `(s.tenant, s.trace_id, s.span_id) IN (SELECT tenant, trace_id, span_id FROM (${aboutSql(multiTenant, acted)}))`,
    )
  }
  if (score !== undefined) parts.push(scoreCondition(score, multiTenant, values))
  return parts
}

/** Whether the last judgement that somebody gave of a span is asked for. */
function scoreCondition(
  { name, label, at_least, at_most, evaluator }: ScoreFilter,
  multiTenant: boolean,
  values: Values,
): string {
  const named = `l.event = 'evaluation' AND JSONExtractString(l.json, 'name') = ${values.add('String', name)}`
  const score = "JSONExtract(last, 'score', 'Nullable(Float64)')"
  const wanted = [
    ...(evaluator === undefined ? [] : [`judge = ${values.add('String', evaluator)}`]),
    ...(at_least === undefined ? [] : [`${score} >= ${values.add('Float64', at_least)}`]),
    ...(at_most === undefined ? [] : [`${score} <= ${values.add('Float64', at_most)}`]),
    ...(label === undefined
      ? []
      : [`JSONExtractString(last, 'label') IN ${values.add('Array(String)', valuesOf(label))}`]),
  ]
  return `(s.tenant, s.trace_id, s.span_id) IN (SELECT tenant, trace_id, span_id FROM (
    SELECT a.tenant AS tenant, a.trace_id AS trace_id, a.span_id AS span_id,
      JSONExtractString(e.json, 'evaluator') AS judge, argMax(e.json, (e.time, e.version)) AS last
    FROM (${aboutSql(multiTenant, named)}) AS a
    INNER JOIN (SELECT * FROM $db.late FINAL) AS e ON e.tenant = a.late_tenant AND e.key = a.late
    GROUP BY tenant, trace_id, span_id, judge) WHERE ${wanted.join(' AND ') || '1'})`
}

/**
 * Which late line is about which span: by span id, else by message id, else by trace id. One without a tenant joins by ids
 * that nobody can guess, and by messages only where there is one tenant.
 */
export function aboutSql(multiTenant: boolean, condition = '1'): string {
  const same = "(l.tenant = '' OR l.tenant = s.tenant)"
  const sameMessage = multiTenant ? 'l.tenant = s.tenant' : same
  const join = (on: string, where: string): string =>
    `SELECT s.tenant AS tenant, s.trace_id AS trace_id, s.span_id AS span_id, l.tenant AS late_tenant, l.key AS late
     FROM (SELECT * FROM $db.late FINAL) AS l INNER JOIN (SELECT tenant, trace_id, span_id, message_id FROM $db.spans FINAL) AS s ON ${on} WHERE ${where} AND ${condition}`
  return [
    join('l.span_id = s.span_id', `l.span_id != '' AND ${same}`),
    join('l.message_id = s.message_id', `l.span_id = '' AND l.message_id != '' AND ${sameMessage}`),
    join(
      'l.trace_id = s.trace_id',
      `l.span_id = '' AND l.message_id = '' AND l.trace_id != '' AND ${same}`,
    ),
  ].join(' UNION ALL ')
}

/** The order of lists. */
export const IN_ORDER = 'ORDER BY s.start_time DESC, s.trace_id, s.span_id'

/** Values of a query, named in the order in which they come. */
class Values {
  readonly params: Record<string, unknown> = {}

  add(type: string, value: unknown): string {
    const name = `p${Object.keys(this.params).length}`
    this.params[name] = wellFormed(value)
    return `{${name}:${type}}`
  }
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  return Array.isArray(value) ? value.map(wellFormed) : value
}

type Asked = Omit<Filter, 'tenant'>

function textConditions(filter: Asked, values: Values): string[] {
  const { since, until, status, tag } = filter
  return [
    ...TEXT_FILTERS.flatMap((key) => {
      const value = filter[key]
      return value === undefined
        ? []
        : [`s.${key} IN ${values.add('Array(String)', valuesOf(value))}`]
    }),
    ...(since === undefined ? [] : [`s.start_time >= ${values.add('Float64', since)}`]),
    ...(until === undefined ? [] : [`s.start_time < ${values.add('Float64', until)}`]),
    ...(status === undefined
      ? []
      : [`s.status IN ${values.add('Array(String)', valuesOf(status))}`]),
    ...(tag === undefined ? [] : [`hasAny(s.tags, ${values.add('Array(String)', valuesOf(tag))})`]),
  ]
}

function metadataConditions({ metadata = {} }: Asked, values: Values): string[] {
  return Object.entries(metadata).map(
    ([key, value]) =>
      `s.metadata[${values.add('String', key)}] IN ${values.add(
        'Array(String)',
        valuesOf(value).map((one) => JSON.stringify(one)),
      )}`,
  )
}

/** What is unknown is in no range. */
function rangeConditions({ ranges = {} }: Asked, values: Values): string[] {
  return RANGES.flatMap((key) => {
    const { at_least, at_most } = ranges[key] ?? {}
    const value =
      key === 'tokens'
        ? 'if(s.input_tokens IS NULL AND s.output_tokens IS NULL, NULL, ifNull(s.input_tokens, 0) + ifNull(s.output_tokens, 0))'
        : `s.${key}`
    return [
      ...(at_least === undefined ? [] : [`${value} >= ${values.add('Float64', at_least)}`]),
      ...(at_most === undefined ? [] : [`${value} <= ${values.add('Float64', at_most)}`]),
    ]
  })
}

function placeCondition(after: Position | undefined, values: Values): string[] {
  if (after === undefined) return []
  const time = values.add('Float64', after.start_time)
  const [trace, span] = [after.trace_id, after.span_id].map((id) => values.add('String', id))
  return [
    `(s.start_time < ${time} OR (s.start_time = ${time} AND (s.trace_id, s.span_id) > (${trace}, ${span})))`,
  ]
}
