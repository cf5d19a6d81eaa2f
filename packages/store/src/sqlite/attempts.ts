import { RANK } from '../read/span-summary.ts'

const isEndedCall = (table: string): string =>
  `${table}.event = 'llm_call' AND ${table}.rank = ${RANK.ended}`

/** Whether another attempt repeats the call of a row of spans, `s`. */
export const IS_REPEATED: string = `EXISTS (SELECT 1 FROM spans AS r
  WHERE r.retry_of = s.span_id AND r.retry_of IS NOT NULL AND r.tenant = s.tenant AND ${isEndedCall('r')})`

/** A failed attempt of which such a row has the id. */
const FAILED = `b.span_id = before.span_id AND b.tenant = s.tenant AND ${isEndedCall('b')} AND b.status <> 'ok'`

/** The failed attempts before the call of such a row. */
const BEFORE = `WITH RECURSIVE before (span_id) AS (
    SELECT s.retry_of UNION
    SELECT b.retry_of FROM before JOIN spans AS b ON ${FAILED} WHERE b.retry_of IS NOT NULL)`

/** Whether it repeats, directly or not, a failed attempt of unknown cost. */
export const REPEATS_UNPRICED: string = `iif(s.retry_of IS NULL, 0, EXISTS (
  ${BEFORE} SELECT 1 FROM before JOIN spans AS b ON ${FAILED} WHERE b.cost_usd IS NULL
    AND (b.status = 'partial' OR b.input_tokens IS NOT NULL OR b.output_tokens IS NOT NULL)))`

/** How long a call took, with its failed attempts; a retry that does not say ended so long after the first one began. */
export const LENGTH: string = `iif(s.retry_of IS NULL, s.duration_ms, coalesce(s.call_duration_ms,
  s.duration_ms + coalesce(max(0, round(nullif(s.start_time, 0) - (
    ${BEFORE} SELECT nullif(b.start_time, 0) FROM before JOIN spans AS b ON ${FAILED}
      WHERE b.retry_of IS NULL LIMIT 1), 3)), 0)))`

/** Row ids of the calls that repeat, directly or not, spans with ids that a query gives. Part of the schema. */
export function repeatingSql(ids: string): string {
  return `WITH RECURSIVE later (span_id, id) AS (
    SELECT r.span_id, r.id FROM (${ids}) AS g JOIN spans AS r ON r.retry_of = g.span_id AND r.retry_of IS NOT NULL
    UNION SELECT r.span_id, r.id FROM later JOIN spans AS r ON r.retry_of = later.span_id AND r.retry_of IS NOT NULL)
  SELECT id FROM later`
}
