import { isRow, type Row } from './paths.ts'

/** A moment or a length as OpenTelemetry's JavaScript SDK has it: seconds and nanoseconds. */
type HrTime = readonly [seconds: number, nanos: number]

/**
 * A span as the JavaScript SDK has it, with times and ids under the names of other exporters: a span that somebody made
 * JSON of (`startTime: [s, ns]`, `_duration`, `_spanContext`), or what its console exporter prints, in microseconds.
 */
export function plainSpan(row: Row): Row {
  if (isHrTime(row.startTime)) return fromHrTimes(row, row.startTime)
  return isConsoleSpan(row) ? fromConsole(row) : row
}

function fromHrTimes(row: Row, began: HrTime): Row {
  const { startTime: _, endTime, _duration, duration, ...rest } = row
  const length = [_duration, duration].find(isHrTime)
  // A span that has not ended has an end of zero.
  const end = isHrTime(endTime) && endTime[0] > 0 ? { end_time: millis(endTime) } : {}
  return {
    ...rest,
    ...{ start_time: millis(began), ...end, ...idsOf(row) },
    ...(length === undefined ? {} : { duration_ms: millis(length) }),
  }
}

type ConsoleSpan = Row & { readonly timestamp: number; readonly duration: number }

function fromConsole({ timestamp, duration, ...rest }: ConsoleSpan): Row {
  const { id } = rest as { readonly id?: unknown }
  return { ...rest, start_time: timestamp / 1000, duration_ms: duration / 1000, span_id: id }
}

function isConsoleSpan(row: Row): row is ConsoleSpan {
  const { traceId, id, kind, timestamp, duration, attributes } = row
  const isSpan = typeof traceId === 'string' && typeof id === 'string' && typeof kind === 'number'
  return (
    isSpan && isRow(attributes) && typeof timestamp === 'number' && typeof duration === 'number'
  )
}

function idsOf({ _spanContext, spanContext }: Row): Row {
  const context = [_spanContext, spanContext].find(isRow)
  return context === undefined ? {} : { trace_id: context.traceId, span_id: context.spanId }
}

function isHrTime(value: unknown): value is HrTime {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [seconds, nanos] = value as unknown[]
  return isWhole(seconds) && isWhole(nanos) && nanos < 1e9
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function millis([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6
}
