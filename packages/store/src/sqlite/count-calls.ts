import type { Asked } from '../engine.ts'
import { type CountedCall, type GroupKey, weightOf } from '../read/aggregate.ts'
import { groupValues } from '../read/group-values.ts'
import { RANK, type SpanSummary } from '../read/span-summary.ts'
import { queryText } from '../records/query-text.ts'
import { IS_REPEATED, LENGTH, REPEATS_UNPRICED } from './attempts.ts'
import type { Connection, Row } from './connection.ts'
import { unpackedText } from './packed-text.ts'
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
  day: "iif(s.start_time = 0, NULL, date(s.start_time / 1000, 'unixepoch'))",
  query: '(SELECT q.piece FROM queries AS q WHERE q.span = s.id)',
} as const satisfies Record<GroupKey, string>

/** Attempts of model calls that ended. */
export function* countedCalls(
  connection: Connection,
  { filter, scope, by }: Asked & { readonly by: readonly GroupKey[] },
  multiTenant: boolean,
): Generator<CountedCall> {
  const where = whereOf(filter, scope, multiTenant)
  const sql = `SELECT s.status, ${LENGTH}, s.sample_rate, s.input_tokens, s.output_tokens, s.cost_usd,
      s.retry_of IS NOT NULL, ${IS_REPEATED}, ${REPEATS_UNPRICED}
      ${by.map((key) => `, ${COLUMNS[key]}`).join('')}
    FROM spans AS s WHERE s.event = 'llm_call' AND s.rank = ${RANK.ended} AND (${where.sql})`
  const queries = new Queries(connection)
  for (const row of connection.each(sql, where.values)) yield callOf(row, by, queries)
}

function callOf(row: Row, by: readonly GroupKey[], queries: Queries): CountedCall {
  const [
    status,
    duration,
    rate,
    input,
    output,
    cost,
    isRetry,
    isRepeated,
    repeatsUnpriced,
    ...key
  ] = row
  return {
    key: key.map((value, at) => (by[at] === 'query' ? queries.wordsOf(value) : text(value))),
    status: text(status),
    duration_ms: numberOf(duration),
    weight: weightOf(rate),
    input_tokens: numberOf(input),
    output_tokens: numberOf(output),
    cost_usd: numberOf(cost),
    is_retry: isRetry === 1,
    is_repeated: isRepeated === 1,
    repeats_unpriced: repeatsUnpriced === 1,
  }
}

/** What was asked, by the piece that says it: calls often ask the same. */
class Queries {
  readonly #connection: Connection
  readonly #known: Map<number, string | null> = new Map()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  wordsOf(piece: unknown): string | null {
    if (typeof piece !== 'number') return null
    const known = this.#known.get(piece)
    if (known !== undefined) return known
    const [row] = this.#connection.all('SELECT body FROM pieces WHERE id = ?', [piece])
    const text = (): string => queryText(unpackedText(row?.[0] ?? 'null'))
    const [words = null] = groupValues({} as SpanSummary, ['query'], text)
    if (this.#known.size > 10_000) this.#known.clear()
    this.#known.set(piece, words)
    return words
  }
}

function text(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'object' ? idText(value as Buffer) : String(value)
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
