import type { Plain } from '@recount/redact'

type PlainObject = { [key: string]: Plain }

/** A message in OpenTelemetry's GenAI shape. */
export interface Message {
  role: string
  parts: PlainObject[]
  [key: string]: Plain | PlainObject[]
}

/**
 * Messages of any provider (already plain JSON) in OpenTelemetry's GenAI shape: `role` and `parts`. A string is one
 * message of `role`; what is not understood is kept as it is. Uploaded binary data becomes its type and size.
 */
export function toMessages(value: Plain, role: 'user' | 'assistant'): Plain {
  if (typeof value === 'string') return [{ role, parts: [text(value)] }]
  const list = Array.isArray(value) ? value : [value]
  return list.map((item) => toMessage(item, role))
}

function toMessage(item: Plain, role: string): Plain {
  if (typeof item === 'string') return { role, parts: [text(item)] }
  if (!isObject(item) || Array.isArray(item.parts)) return item
  if (!('content' in item) && !('tool_calls' in item)) return item
  const { role: given, content, tool_calls, tool_call_id, ...rest } = item
  const calls = Array.isArray(tool_calls) ? tool_calls.map(toolCall) : []
  const parts =
    given === 'tool' || given === 'function'
      ? [{ type: 'tool_call_response', id: tool_call_id ?? null, response: content ?? null }]
      : [...contentParts(content ?? null), ...calls]
  return { role: typeof given === 'string' ? given : role, parts, ...rest }
}

function contentParts(content: Plain): PlainObject[] {
  if (content === null) return []
  if (typeof content === 'string') return [text(content)]
  return (Array.isArray(content) ? content : [content]).map((part) =>
    isObject(part) ? toPart(part) : text(String(part)),
  )
}

const TEXT_TYPES = ['text', 'input_text', 'output_text']

function toPart(part: PlainObject): PlainObject {
  const { type } = part
  if (TEXT_TYPES.includes(String(type)))
    return { type: 'text', content: part.text ?? part.content ?? null }
  if (type === 'tool_use')
    return {
      type: 'tool_call',
      id: part.id ?? null,
      name: part.name ?? null,
      arguments: part.input ?? null,
    }
  if (type === 'tool_result')
    return {
      type: 'tool_call_response',
      id: part.tool_use_id ?? null,
      response: part.content ?? null,
    }
  if (type === 'thinking') return { type: 'reasoning', content: part.thinking ?? null }
  return withoutUploads(part)
}

function toolCall(call: Plain): PlainObject {
  if (!isObject(call)) return { type: 'tool_call', name: String(call) }
  const target = isObject(call.function) ? call.function : call
  return {
    type: 'tool_call',
    id: call.id ?? null,
    name: target.name ?? null,
    arguments: target.arguments ?? null,
  }
}

/** Images, audio and files are never kept: their bytes are replaced by their size. */
function withoutUploads(part: PlainObject): PlainObject {
  const kept: PlainObject = {}
  for (const [key, value] of Object.entries(part))
    kept[key] = isObject(value) ? withoutUploads(value) : upload(key, value)
  return kept
}

function upload(key: string, value: Plain): Plain {
  if (typeof value !== 'string') return value
  const base64 = /^data:([\w/+.-]{1,100})?[;,]/.exec(value)
  if (base64 !== null) return `[Upload, ${base64[1] ?? 'unknown type'}, ${value.length} characters]`
  return (key === 'data' || key === 'file_data') && value.length > 256
    ? `[Upload, ${value.length} characters]`
    : value
}

function text(content: string): PlainObject {
  return { type: 'text', content }
}

function isObject(value: Plain | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
