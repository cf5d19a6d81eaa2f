import type { LlmCallHandle, RecordingMethods } from '@recount/logger'
import type { AnswerFacts } from './provider.ts'

/** A tool that a model asked for and of which nothing is known yet. */
interface AskedTool {
  readonly name: string
  readonly arguments: unknown
  /** The call that asked. */
  readonly call: LlmCallHandle
}

/** Tool calls that are waited for; the oldest are forgotten first. */
const MAX_ASKED = 1000

const asked = new Map<string, AskedTool>()

/** Remembers the tools that an answer asks for; `place` is the trace around the call, where there is one. */
export function rememberTools(
  call: LlmCallHandle,
  place: string | undefined,
  { output, tool_call_ids }: AnswerFacts,
): void {
  if (tool_call_ids === undefined || tool_call_ids.length === 0) return
  for (const part of partsOf(output)) {
    if (part.type !== 'tool_call' || typeof part.id !== 'string') continue
    asked.set(keyOf(place, part.id), { name: String(part.name), arguments: part.arguments, call })
    const oldest = asked.size > MAX_ASKED ? asked.keys().next().value : undefined
    if (oldest !== undefined) asked.delete(oldest)
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
    const key = keyOf(place, part.id)
    const tool = asked.get(key)
    if (tool === undefined) continue
    asked.delete(key)
    recordResult(logger, part.id, tool, part.response ?? part.result)
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
