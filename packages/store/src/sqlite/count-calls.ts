import type { Asked } from '../engine.ts'
import type { CountedCall, GroupKey } from '../read/aggregate.ts'
import { groupValues } from '../read/group-values.ts'
import { RANK, type SpanSummary } from '../read/span-summary.ts'
import { queryText } from '../records/query-text.ts'
import type { Connection, Row } from './connection.ts'
import { idText } from './span-table.ts'
import { whereOf } from './where.ts'

const COLUMNS = {
  model: 's.model',
  provider: 's.provider',
  prompt: 's.prompt_name',
  prompt_version: 's.prompt_version',
  user: 's.user_id',
  session: 's.session_id',
  tenant: "nullif(s.tenant, '')",
  trace: 'lower(hex(s.trace_id))',
  workflow: 's.workflow',
  step: 's.step',
  agent: 's.agent',
  service: 's.service',
  environment: 's.environment',
  release: 's.release',
  day: "date(s.start_time / 1000, 'unixepoch')",
  query: '(SELECT p.body FROM queries AS q JOIN pieces AS p ON p.id = q.piece WHERE q.span = s.id)',
} as const satisfies Record<GroupKey, string>

/** Attempts of model calls that ended. */
export function* countedCalls(
  connection: Connection,
  { filter, scope, by }: Asked & { readonly by: readonly GroupKey[] },
  multiTenant: boolean,
): Generator<CountedCall> {
  const where = whereOf(filter, scope, multiTenant)
  const sql = `SELECT s.status, coalesce(s.call_duration_ms, s.duration_ms), s.input_tokens, s.output_tokens, s.cost_usd,
      s.retry_of IS NOT NULL,
      EXISTS (SELECT 1 FROM spans AS r WHERE r.retry_of = s.span_id AND r.retry_of IS NOT NULL AND r.tenant = s.tenant AND r.event = 'llm_call')
      ${by.map((key) => `, ${COLUMNS[key]}`).join('')}
    FROM spans AS s WHERE s.event = 'llm_call' AND s.rank = ${RANK.ended} AND (${where.sql})`
  const queries = new Map<string, string | null>()
  for (const row of connection.each(sql, where.values)) yield callOf(row, by, queries)
}

function callOf(
  row: Row,
  by: readonly GroupKey[],
  queries: Map<string, string | null>,
): CountedCall {
  const [status, duration, input, output, cost, isRetry, isRepeated, ...key] = row
  return {
    key: key.map((value, at) => (by[at] === 'query' ? wordsOf(value, queries) : text(value))),
    status: text(status),
    duration_ms: numberOf(duration),
    input_tokens: numberOf(input),
    output_tokens: numberOf(output),
    cost_usd: numberOf(cost),
    is_retry: isRetry === 1,
    is_repeated: isRepeated === 1,
  }
}

function wordsOf(body: unknown, queries: Map<string, string | null>): string | null {
  if (typeof body !== 'string') return null
  const known = queries.get(body)
  if (known !== undefined) return known
  const [words = null] = groupValues({} as SpanSummary, ['query'], () => queryText(body))
  if (queries.size > 10_000) queries.clear()
  queries.set(body, words)
  return words
}

function text(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'object' ? idText(value as Buffer) : String(value)
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
