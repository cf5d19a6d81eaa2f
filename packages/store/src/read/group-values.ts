import { GROUP_COLUMNS, type GroupKey } from './aggregate.ts'
import { comparableQuery } from './siblings.ts'
import type { SpanSummary } from './span-summary.ts'

/** The values by which a call is grouped. */
export function groupValues(
  span: SpanSummary,
  by: readonly GroupKey[],
  asked: () => string | undefined,
): (string | null)[] {
  return by.map((key) => {
    const column = GROUP_COLUMNS[key]
    if (column !== undefined) return text(span[column])
    if (key === 'day' && span.start_time === null) return null
    if (key === 'day') return new Date(span.start_time ?? 0).toISOString().slice(0, 10)
    const question = asked()
    return question === undefined ? null : comparableQuery(question).slice(0, 80).toWellFormed()
  })
}

function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}
