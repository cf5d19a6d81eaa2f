import type { Plain } from '@recount/redact'

type PlainObject = { [key: string]: Plain }

/**
 * Messages of any provider (already plain JSON) in OpenTelemetry's GenAI shape: `role` and `parts`. A string is one
 * message of `role`; what is not understood is kept as it is.
 */
export function toMessages(value: Plain, role: 'user' | 'assistant'): Plain {
  const messages: Plain[] = []
  for (const item of Array.isArray(value) ? value : [value]) {
    if (isPart(item)) addPart(messages, item, role)
    else messages.push(toMessage(item, role))
  }
  return messages
}

/** Parts of any provider in the same shape; what is no list is kept as it is. */
export function toParts(value: Plain): Plain {
  return Array.isArray(value) ? value.map(toAnyPart) : value
}

/** A text, a tool call, an item without a role of its own: Anthropic's content, OpenAI's items. */
function isPart(item: Plain): item is PlainObject {
  return isObject(item) && typeof item.type === 'string' && !('role' in item) && !('parts' in item)
}

const ASSISTANT_PARTS = ['tool_call', 'reasoning']

/** Parts that follow each other and have one role are one message. */
function addPart(messages: Plain[], item: PlainObject, role: string): void {
  const part = toPart(item)
  const speaker = speakerOf(part, role)
  const last = messages.at(-1)
  if (isObject(last) && last.role === speaker && Array.isArray(last.parts)) last.parts.push(part)
  else messages.push({ role: speaker, parts: [part] })
}

function speakerOf(part: PlainObject, role: string): string {
  if (part.type === 'tool_call_response') return 'tool'
  return ASSISTANT_PARTS.includes(String(part.type)) ? 'assistant' : role
}

function toMessage(item: Plain, role: string): Plain {
  if (typeof item === 'string') return { role, parts: [text(item)] }
  if (!isObject(item)) return item
  const { role: given, parts: ready, content, tool_calls, tool_call_id, ...rest } = item
  const speaker = typeof given === 'string' ? given : role
  if (Array.isArray(ready)) return { ...item, role: speaker, parts: ready.map(toAnyPart) }
  if (content === undefined && tool_calls === undefined) return item
  const calls = Array.isArray(tool_calls) ? tool_calls.map(toolCall) : []
  const parts =
    given === 'tool' || given === 'function'
      ? [{ type: 'tool_call_response', id: tool_call_id ?? null, response: content ?? null }]
      : [...contentParts(content ?? null), ...calls]
  return { role: speaker, parts, ...rest }
}

function contentParts(content: Plain): PlainObject[] {
  if (content === null) return []
  return (Array.isArray(content) ? content : [content]).map(toAnyPart)
}

function toAnyPart(part: Plain): PlainObject {
  if (isObject(part)) return toPart(part)
  return text(typeof part === 'string' ? part : JSON.stringify(part))
}

const PARTS: Readonly<Record<string, (part: PlainObject) => PlainObject>> = {
  text: plainText,
  input_text: plainText,
  output_text: plainText,
  thinking: (part) => ({ type: 'reasoning', content: part.thinking ?? null }),
  reasoning: (part) => ({ type: 'reasoning', content: part.content ?? part.summary ?? null }),
  tool_use: (part) => called(part.id, part.name, part.input),
  function_call: (part) => called(part.call_id ?? part.id, part.name, part.arguments),
  tool_result: (part) => answered(part.tool_use_id, part.content),
  function_call_output: (part) => answered(part.call_id, part.output),
}

function toPart(part: PlainObject): PlainObject {
  const { type } = part
  if (type === undefined && typeof part.text === 'string') return text(part.text)
  return typeof type === 'string' && Object.hasOwn(PARTS, type)
    ? (PARTS[type]?.(part) ?? part)
    : part
}

function plainText(part: PlainObject): PlainObject {
  const { text: said, content = null, ...rest } = part
  return { ...rest, type: 'text', content: said ?? content }
}

function toolCall(call: Plain): PlainObject {
  if (!isObject(call)) return { type: 'tool_call', name: String(call) }
  const target = isObject(call.function) ? call.function : call
  return called(call.id, target.name, target.arguments)
}

function called(
  id: Plain | undefined,
  name: Plain | undefined,
  args: Plain | undefined,
): PlainObject {
  return { type: 'tool_call', id: id ?? null, name: name ?? null, arguments: args ?? null }
}

function answered(id: Plain | undefined, response: Plain | undefined): PlainObject {
  return { type: 'tool_call_response', id: id ?? null, response: response ?? null }
}

function text(content: string): PlainObject {
  return { type: 'text', content }
}

function isObject(value: Plain | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
