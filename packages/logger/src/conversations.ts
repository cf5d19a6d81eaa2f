import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRedactor, type Plain } from '@recount/redact'
import type { ContentSpan } from './content-plane.ts'
import { toMessages } from './content-shape.ts'
import type { Recording } from './recording.ts'
import { withoutUploads } from './uploads.ts'

const redact = createRedactor()

/** A masked copy of what a conversation will hold, taken now because the caller may change it; undefined when it is not saved. */
export function conversationText(
  { captures }: Pick<ContentSpan, 'captures'>,
  part: 'input' | 'output',
  value: unknown,
): Plain | undefined {
  return captures.conversations.includes(part) && value !== undefined
    ? toMessages(withoutUploads(redact(value).value), part === 'input' ? 'user' : 'assistant')
    : undefined
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
    messages: input ?? [],
    response: output ?? null,
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = `${time.replaceAll(':', '-')}-${trace_id}-${span.span_id}.json`
  writeFileSync(join(folder, name), `${JSON.stringify(conversation, null, 2)}\n`, {
    flag: 'wx',
    mode: 0o600,
  })
}
