import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Plain, toPlain } from '@recount/redact'
import { toMessages } from './content-shape.ts'
import type { OpenSpan } from './open-span.ts'
import type { Recording } from './recording.ts'
import { withoutUploads } from './uploads.ts'

/** A copy of what a conversation may hold, taken now because the caller may change it; undefined where none is saved. */
export function copyForConversation(
  recording: Recording,
  span: OpenSpan,
  part: 'input' | 'output',
  value: unknown,
): Plain | undefined {
  if (recording.conversations === undefined || value === undefined) return undefined
  const parts = recording.decisions.conversation(span.facts, span.wishes)
  return parts.includes(part) ? toPlain(value) : undefined
}

/**
 * Saves one call as a file of its own (mode 0600), named by time, trace and span, so that no two have one name. Does
 * nothing unless a folder is set and the call may be kept.
 */
export function saveConversation(
  recording: Recording,
  span: OpenSpan,
  call: readonly object[],
  input: Plain | undefined,
  output: Plain | undefined,
): void {
  const folder = recording.conversations
  if (
    folder === undefined ||
    recording.decisions.conversation(span.facts, span.wishes).length === 0
  )
    return
  const { trace_id, span_id } = span
  const time = new Date(recording.clock.wall()).toISOString()
  const conversation = {
    time,
    trace_id,
    span_id,
    ...span.clean(...call),
    messages: input === undefined ? [] : messagesOf(span, input, 'user'),
    response: output === undefined ? null : messagesOf(span, output, 'assistant'),
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = `${time.replaceAll(':', '-')}-${trace_id}-${span_id}.json`
  writeFileSync(join(folder, name), `${JSON.stringify(conversation, null, 2)}\n`, {
    flag: 'wx',
    mode: 0o600,
  })
}

function messagesOf(span: OpenSpan, value: Plain, role: 'user' | 'assistant'): Plain {
  return toMessages(withoutUploads(span.cleanValue(value)), role)
}
