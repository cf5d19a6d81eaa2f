import type { LlmCallHandle, RecordingMethods } from '@recount/logger'
import { BoundedMap } from './bounded-map.ts'
import { bytesOf } from './bytes-of.ts'
import type { AnswerFacts } from './provider.ts'

/** A tool that a model asked for and of which nothing is known yet. */
interface AskedTool {
  readonly name: string
  readonly arguments: unknown
  /** The call that asked. */
  readonly call: LlmCallHandle
}

/** Arguments that are longer are not remembered: they stand in the answer that asked. */
const MAX_ARGUMENTS_BYTES = 1_048_576
/** What the handle of an ended call holds, roughly. */
const CALL_BYTES = 4096

const asked = new BoundedMap<AskedTool>({
  what: 'tool calls whose results are waited for',
  entries: 1000,
  bytes: 16_777_216,
})

/** Remembers the tools that an answer asks for; `place` is the trace around the call, where there is one. */
export function rememberTools(
  call: LlmCallHandle,
  place: string | undefined,
  { output, tool_call_ids }: AnswerFacts,
): void {
  if (tool_call_ids === undefined || tool_call_ids.length === 0) return
  for (const part of partsOf(output)) {
    if (part.type !== 'tool_call' || typeof part.id !== 'string') continue
    const name = String(part.name)
    const bytes = bytesOf(part.arguments, MAX_ARGUMENTS_BYTES)
    const isLong = bytes > MAX_ARGUMENTS_BYTES
    const tool = { name, arguments: isLong ? undefined : part.arguments, call }
    asked.set(keyOf(place, part.id), tool, CALL_BYTES + 2 * name.length + (isLong ? 0 : bytes))
  }
}

/**
 * Records, under the call that asked for them, the tools whose results stand in a request; those that the application has
 * recorded while they ran are left to it.
 */
export function recordToolResults(
  logger: RecordingMethods,
  place: string | undefined,
  input: unknown,
): void {
  if (asked.size === 0) return
  for (const part of partsOf(input)) {
    if (part.type !== 'tool_call_response' || typeof part.id !== 'string') continue
    const tool = asked.take(keyOf(place, part.id))
    if (tool !== undefined) recordResult(logger, part.id, tool, part.response ?? part.result)
  }
}

/** Ids are unique for a provider; one that is not must not join two traces. */
function keyOf(place: string | undefined, id: string): string {
  return `${place?.split('-')[1] ?? ''} ${id}`
}

function recordResult(
  logger: RecordingMethods,
  tool_call_id: string,
  tool: AskedTool,
  result: unknown,
): void {
  tool.call.run(() => {
    const options = { tool: tool.name, tool_call_id, arguments: tool.arguments, inferred: true }
    logger.start({ event: 'tool_call', ...options }).end(result)
  })
}

function partsOf(messages: unknown): Record<string, unknown>[] {
  if (!Array.isArray(messages)) return []
  return messages.flatMap((message: unknown) => {
    const parts = typeof message === 'object' && message !== null && 'parts' in message
    return parts && Array.isArray(message.parts) ? message.parts.filter(isObject) : []
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
