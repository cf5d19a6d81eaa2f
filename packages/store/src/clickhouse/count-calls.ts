import type { Asked } from '../engine.ts'
import { type CountedCall, type GroupKey, isUnpriced, weightOf } from '../read/aggregate.ts'
import { type Attempts, attemptsOf } from '../read/attempts.ts'
import { groupValues } from '../read/group-values.ts'
import { RANK } from '../read/span-summary.ts'
import { queryText } from '../records/query-text.ts'
import type { Scope } from '../scope.ts'
import { conditionOf } from './conditions.ts'
import type { Connection } from './connection.ts'
import { SPANS, type SpanRow, SUMMARY_COLUMNS, summaryOfRow } from './span-columns.ts'
import { scopeSql } from './sweep.ts'

const ENDED_CALL = `s.event = 'llm_call' AND s.rank = ${RANK.ended}`

type CallRow = SpanRow & { readonly body: string }

/** Attempts of model calls that ended. */
export async function* countedCalls(
  connection: Connection,
  { filter, scope, by }: Asked & { readonly by: readonly GroupKey[] },
  multiTenant: boolean,
): AsyncGenerator<CountedCall> {
  const { sql, params } = conditionOf(filter, scope, multiTenant)
  const asked = by.includes('query')
    ? `LEFT JOIN (SELECT q.tenant AS tenant, q.trace_id AS trace_id, q.span_id AS span_id, any(p.body) AS body
        FROM (SELECT * FROM $db.queries FINAL) AS q INNER JOIN $db.pieces AS p ON p.hash = q.piece
        GROUP BY tenant, trace_id, span_id) AS q ON q.tenant = s.tenant AND q.trace_id = s.trace_id AND q.span_id = s.span_id`
    : ''
  const attempts = await retriedAttempts(connection, scope)
  const rows = connection.stream<CallRow>(
    `SELECT ${SUMMARY_COLUMNS}, ${asked === '' ? "''" : 'q.body'} AS body FROM ${SPANS} ${asked} WHERE ${ENDED_CALL} AND ${sql}`,
    params,
  )
  for await (const { body, ...row } of rows) {
    const span = summaryOfRow(row as SpanRow)
    const { status, input_tokens, output_tokens, cost_usd } = span
    yield {
      key: groupValues(span, by, () => (body === '' ? undefined : queryText(body))),
      status,
      duration_ms: attempts.lengthOf(span),
      weight: weightOf(span.sample_rate),
      ...{ input_tokens, output_tokens, cost_usd },
      is_retry: span.retry_of !== null,
      is_repeated: attempts.isRepeated(span),
      repeats_unpriced: attempts.repeatsUnpriced(span),
    }
  }
}

/** Those alone that repeat another one or are repeated. */
async function retriedAttempts(connection: Connection, scope: Scope): Promise<Attempts> {
  const rows = await connection.rows<SpanRow>(
    `SELECT ${SUMMARY_COLUMNS} FROM ${SPANS} WHERE ${ENDED_CALL} AND ${scopeSql(scope)} AND (s.retry_of IS NOT NULL
      OR (s.tenant, s.span_id) IN (SELECT tenant, assumeNotNull(retry_of) FROM $db.spans FINAL WHERE retry_of IS NOT NULL))`,
    { scope: scope ?? '' },
  )
  return attemptsOf(
    rows.map(summaryOfRow).map((span) => ({ ...span, isUnpriced: isUnpriced(span) })),
  )
}
