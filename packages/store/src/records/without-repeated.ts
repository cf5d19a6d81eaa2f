import type { AnyRecord } from '@recount/record'

/** A start line says nothing that the terminal line does not say. */
export function withoutRepeated(lines: readonly AnyRecord[]): AnyRecord[] {
  const ended = new Set(lines.map(({ event, span_id }) => `${event} ${span_id}`))
  return lines.filter(
    ({ event, span_id }) =>
      !event.endsWith('_started') || !ended.has(`${event.replace('_started', '')} ${span_id}`),
  )
}
