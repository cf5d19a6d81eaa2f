import { hash } from 'node:crypto'
import type { AnyRecord } from '@recount/record'

/** Events that may be written hours later, by a process that knows only an answer's id. */
const LOOSE: readonly string[] = [
  'user_action',
  'evaluation',
  'error_diagnosed',
  'batch',
  'prompt_version',
  'policy_changed',
  'records_dropped',
  'erased',
]

/** Events of which a span has one line. */
const SINGLE: ReadonlySet<string> = new Set([
  ...['llm_call', 'tool_call', 'retrieval', 'step'],
  ...['llm_call_started', 'tool_call_started', 'step_started'],
])

/** Whether a line may stand outside a trace. */
export function isLoose({ event }: AnyRecord): boolean {
  return LOOSE.includes(event)
}

/** Whether a span has one line of this event. */
export function isSingle(event: string): boolean {
  return SINGLE.has(event)
}

/** The place of a line in its span: lines of one place are the same line, and the later replaces the earlier one. */
export function slotOf(record: AnyRecord, hash: string): string {
  return isSingle(record.event) ? record.event : `${record.event} ${hash}`
}

/** What makes two lines the same, in 128 bits: what they say, in whatever order. */
export function lineHash(record: AnyRecord): string {
  const line = record as unknown as Readonly<Record<string, unknown>>
  // What is undefined is not in the line when it is read again.
  const sorted = Object.keys(line)
    .filter((key) => line[key] !== undefined)
    .sort()
    .map((key) => [key, line[key]])
  return hash('sha256', JSON.stringify(sorted), 'base64url').slice(0, 22)
}

/** When what a line tells of began, epoch milliseconds. */
export function beganOf(record: AnyRecord): number {
  const { start_time } = record as { start_time?: unknown }
  return typeof start_time === 'number' ? start_time : record.time
}
