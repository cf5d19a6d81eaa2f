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

/** Row ids of the calls that repeat, directly or not, spans with ids that a query gives. Part of the schema. */
export function repeatingSql(ids: string): string {
  return `WITH RECURSIVE later (span_id, id) AS (
    SELECT r.span_id, r.id FROM (${ids}) AS g JOIN spans AS r ON r.retry_of = g.span_id AND r.retry_of IS NOT NULL
    UNION SELECT r.span_id, r.id FROM later JOIN spans AS r ON r.retry_of = later.span_id AND r.retry_of IS NOT NULL)
  SELECT id FROM later`
}
