import { type OneOf, valuesOf } from '../read/one-of.ts'
import type { ScoreFilter } from '../read/score-filter.ts'
import type { Value } from './connection.ts'

/** Whether a late line without a tenant belongs to a span that it names by ids that nobody can guess. */
const SAME_TENANT = "(l.tenant = s.tenant OR l.tenant = '')"

/** The same where it names an answer by an id that the application gave. */
function sameByMessage(multiTenant: boolean): string {
  return multiTenant ? 'l.tenant = s.tenant' : SAME_TENANT
}

/** How a late line, `l`, is about a span, `s`: it names the span, else an answer, else the trace. */
export function joinsOf(multiTenant: boolean): readonly string[] {
  return [
    `s.span_id = l.span_id AND ${SAME_TENANT}`,
    `s.message_id = l.message_id AND l.span_id IS NULL AND ${sameByMessage(multiTenant)}`,
    `s.trace_id = l.trace_id AND l.span_id IS NULL AND l.message_id IS NULL AND ${SAME_TENANT}`,
  ]
}

/** A condition on rows of spans, `s`, and its values. */
export interface Where {
  readonly sql: string
  readonly values: readonly Value[]
}

/** Whether a user did one of these with the answer. */
export function actionWhere(action: OneOf<string>, multiTenant: boolean): Where {
  const list = JSON.stringify(valuesOf(action))
  const parts = joinsOf(multiTenant).map(
    (join) =>
      `EXISTS (SELECT 1 FROM late AS l WHERE ${join} AND l.action IN (SELECT value FROM json_each(?)))`,
  )
  return { sql: `(${parts.join(' OR ')})`, values: parts.map(() => list) }
}

/** Whether the last judgement that somebody gave of it is asked for. */
export function scoreWhere(
  { name, label, at_least, at_most, evaluator }: ScoreFilter,
  multiTenant: boolean,
): Where {
  const joins = joinsOf(multiTenant)
  const judged = joins
    .map(
      (join) =>
        `SELECT l.id, l.time, l.json FROM late AS l WHERE ${join} AND l.event = 'evaluation' AND l.json ->> 'name' = ?`,
    )
    .join(' UNION ALL ')
  const wanted: Where[] = [
    ...(evaluator === undefined ? [] : [{ sql: "json ->> 'evaluator' = ?", values: [evaluator] }]),
    ...(at_least === undefined ? [] : [{ sql: "json ->> 'score' >= ?", values: [at_least] }]),
    ...(at_most === undefined ? [] : [{ sql: "json ->> 'score' <= ?", values: [at_most] }]),
    ...(label === undefined
      ? []
      : [
          {
            sql: "json ->> 'label' IN (SELECT value FROM json_each(?))",
            values: [JSON.stringify(valuesOf(label))],
          },
        ]),
  ]
  return {
    sql: `EXISTS (SELECT 1 FROM (
      SELECT json, row_number() OVER (PARTITION BY json ->> 'evaluator' ORDER BY time DESC, id DESC) AS place FROM (${judged}))
      WHERE place = 1${wanted.map(({ sql }) => ` AND ${sql}`).join('')})`,
    values: [...joins.map(() => name), ...wanted.flatMap(({ values }) => values)],
  }
}
