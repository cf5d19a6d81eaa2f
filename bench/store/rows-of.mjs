/** A span as a row of a plain table: some columns to look for, its line, and all that was said in it, whole. */
export function rowOf({ record, contents }) {
  return [
    record.trace_id,
    record.span_id,
    record.parent_span_id ?? null,
    record.start_time,
    record.event,
    record.model ?? null,
    record.session_id,
    record.user_id,
    record.status,
    record.duration_ms,
    record.cost_usd ?? null,
    JSON.stringify(record),
    contents.length === 0 ? null : contents.map((one) => JSON.stringify(one.content)).join('\n'),
  ]
}

export const COLUMNS = [
  'trace_id',
  'span_id',
  'parent_span_id',
  'start_time',
  'event',
  'model',
  'session_id',
  'user_id',
  'status',
  'duration_ms',
  'cost_usd',
  'line',
  'body',
]

/** The spans of a trace below its root. */
export const TREE = `WITH RECURSIVE below AS (
  SELECT span_id, parent_span_id, event, line FROM spans WHERE trace_id = ? AND parent_span_id IS NULL
  UNION ALL SELECT s.span_id, s.parent_span_id, s.event, s.line FROM below AS b
    JOIN spans AS s ON s.trace_id = ? AND s.parent_span_id = b.span_id)
  SELECT * FROM below`
