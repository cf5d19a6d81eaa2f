import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRedactor, type Plain } from '@recount/redact'
import type { ContentSpan } from './content-plane.ts'
import { toMessages } from './content-shape.ts'
import type { Recording } from './recording.ts'

const redact = createRedactor()

/** A masked copy of what a conversation will hold, taken now because the caller may change it; undefined when none is saved. */
export function conversationText(recording: Recording, value: unknown): Plain | undefined {
  return recording.conversations === undefined || value === undefined
    ? undefined
    : redact(value).value
}

/**
 * Saves one call as a file of its own (mode 0600), named by time, trace and span, so that no two have one name. Does
 * nothing unless a folder is set.
 */
export function saveConversation(
  recording: Recording,
  span: ContentSpan,
  call: object,
  input: Plain | undefined,
  output: Plain | undefined,
): void {
  const folder = recording.conversations
  if (folder === undefined) return
  const { trace_id } = span.context.trace
  const time = new Date(recording.clock.wall()).toISOString()
  const conversation = {
    time,
    trace_id,
    span_id: span.span_id,
    ...call,
    messages: input === undefined ? [] : toMessages(input, 'user'),
    response: output === undefined ? null : toMessages(output, 'assistant'),
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = `${time.replaceAll(':', '-')}-${trace_id}-${span.span_id}.json`
  writeFileSync(join(folder, name), `${JSON.stringify(conversation, null, 2)}\n`, {
    flag: 'wx',
    mode: 0o600,
  })
}
