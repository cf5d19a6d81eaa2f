import { lengthSince } from '../read/attempts.ts'
import { RANK } from '../read/span-summary.ts'

const isEndedCall = (table: string): string =>
  `${table}.event = 'llm_call' AND ${table}.rank = ${RANK.ended}`

/** Whether another attempt repeats the call of a row of spans, `s`. */
export const IS_REPEATED: string = `EXISTS (SELECT 1 FROM spans AS r
  WHERE r.retry_of = s.span_id AND r.retry_of IS NOT NULL AND r.tenant = s.tenant AND ${isEndedCall('r')})`

/** Whether the call of such a row repeats, directly or not, an attempt that was answered and whose cost is unknown. */
export const REPEATS_UNPRICED: string = `iif(s.retry_of IS NULL, 0, EXISTS (
  WITH RECURSIVE before (span_id) AS (
    SELECT s.retry_of UNION SELECT b.retry_of FROM before
      JOIN spans AS b ON b.span_id = before.span_id AND b.tenant = s.tenant AND ${isEndedCall('b')}
      WHERE b.retry_of IS NOT NULL)
  SELECT 1 FROM before JOIN spans AS b ON b.span_id = before.span_id AND b.tenant = s.tenant AND ${isEndedCall('b')}
    WHERE b.cost_usd IS NULL
      AND (b.status IN ('ok', 'partial') OR b.input_tokens IS NOT NULL OR b.output_tokens IS NOT NULL)))`

/** How long the call of such a row took by itself, and when the first of the attempts began that it repeats, before it: two columns. */
export const LENGTH: string = `iif(s.retry_of IS NULL, s.duration_ms, coalesce(s.call_duration_ms, s.duration_ms)),
  iif(s.retry_of IS NULL OR s.call_duration_ms IS NOT NULL, NULL, nullif(s.start_time, 0) - (
    WITH RECURSIVE before (span_id) AS (
      SELECT s.retry_of UNION SELECT b.retry_of FROM before
        JOIN spans AS b ON b.span_id = before.span_id AND b.tenant = s.tenant AND ${isEndedCall('b')}
        WHERE b.retry_of IS NOT NULL)
    SELECT nullif(b.start_time, 0) FROM before
      JOIN spans AS b ON b.span_id = before.span_id AND b.tenant = s.tenant AND ${isEndedCall('b')}
      WHERE b.retry_of IS NULL OR NOT EXISTS (SELECT 1 FROM spans AS c
        WHERE c.span_id = b.retry_of AND c.tenant = s.tenant AND ${isEndedCall('c')})
      LIMIT 1))`

/** How long the whole call took, from these columns; null where nobody knows. */
export function lengthIn(own: unknown, sinceFirst: unknown): number | null {
  if (typeof own !== 'number') return null
  return typeof sinceFirst === 'number' ? lengthSince(own, sinceFirst) : own
}

/** Row ids of the calls that repeat, directly or not, spans with ids that a query gives. Part of the schema. */
export function repeatingSql(ids: string): string {
  return `WITH RECURSIVE later (span_id, id) AS (
    SELECT r.span_id, r.id FROM (${ids}) AS g JOIN spans AS r ON r.retry_of = g.span_id AND r.retry_of IS NOT NULL
    UNION SELECT r.span_id, r.id FROM later JOIN spans AS r ON r.retry_of = later.span_id AND r.retry_of IS NOT NULL)
  SELECT id FROM later`
}
