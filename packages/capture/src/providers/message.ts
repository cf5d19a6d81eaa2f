import { at, defined, isObject, type JsonObject, parseJson, textAt } from './json-values.ts'

/** A part of a message in OpenTelemetry's GenAI shape; `type` tells which, and readers skip types they do not know. */
export interface Part {
  readonly type: string
  readonly [key: string]: unknown
}

/** A message in OpenTelemetry's GenAI shape. */
export interface Message {
  readonly role: string
  readonly parts: readonly Part[]
  readonly name?: string
  /** Of answers: why this one ended, in OpenTelemetry's word. */
  readonly finish_reason?: string
}

/** A text, with the sources that the model cites for it. */
export function textPart(content: string, citations?: readonly unknown[]): Part {
  return citations === undefined || citations.length === 0
    ? { type: 'text', content }
    : { type: 'text', content, citations }
}

/** What the model thought, or its summary. */
export function reasoningPart(content: string): Part {
  return { type: 'reasoning', content }
}

/** What the model said instead of an answer. */
export function refusalPart(content: string): Part {
  return { type: 'refusal', content }
}

/** A tool that the model asks the application to call. */
export function toolCallPart(id: string | undefined, name: string, args: unknown): Part {
  return defined({ type: 'tool_call', id, name, arguments: args })
}

/** What a tool of the application returned. */
export function toolResponsePart(id: string | undefined, response: unknown): Part {
  return defined({ type: 'tool_call_response', id, response })
}

/** A tool that the provider calls by itself. */
export function serverToolCallPart(id: string | undefined, name: string, call: unknown): Part {
  return defined({ type: 'server_tool_call', id, name, server_tool_call: call })
}

/** What a tool of the provider returned. */
export function serverToolResponsePart(id: string | undefined, response: unknown): Part {
  return defined({ type: 'server_tool_call_response', id, server_tool_call_response: response })
}

/** A picture, sound or document, by address: `data:` addresses become a blob. */
export function uriPart(modality: string, uri: string): Part {
  const data = /^data:([^;,]{0,100})(?:;[^,]{0,100})?,/.exec(uri)
  if (data === null) return { type: 'uri', modality, uri }
  const content = uri.slice(data[0].length)
  return defined({ type: 'blob', modality, mime_type: data[1] || undefined, content })
}

/** A picture, sound or document, in the request itself. */
export function blobPart(modality: string, mime_type: string | undefined, content: unknown): Part {
  return defined({ type: 'blob', modality, mime_type, content })
}

/** A file that the provider holds. */
export function filePart(modality: string, file_id: string): Part {
  return { type: 'file', modality, file_id }
}

/** Types of parts that have a shape of their own here. */
const SHAPED: ReadonlySet<string> = new Set([
  'text',
  'reasoning',
  'refusal',
  'tool_call',
  'tool_call_response',
  'server_tool_call',
  'server_tool_call_response',
  'blob',
  'uri',
  'file',
])

/** A part that no rule knows, as the provider sent it. */
export function unknownPart(value: unknown): Part {
  const type = isObject(value) ? textAt(value, 'type') : undefined
  return type === undefined || SHAPED.has(type)
    ? { type: 'unknown', value }
    : (value as JsonObject & Part)
}

/** `image`, `audio`, `video` or `document`, by media type. */
export function modalityOf(mimeType: string | undefined): string {
  const kind = mimeType?.split('/')[0]
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}

/** Arguments of a tool call: parsed where they are JSON, else the text as it came. */
export function toolArguments(text: unknown): unknown {
  if (typeof text !== 'string') return text
  const parsed = parseJson(text)
  return parsed === undefined ? text : parsed
}

/** Names and ids of the tools that the parts of these messages ask the application for. */
export function toolsAsked(messages: readonly Message[]): { names: string[]; ids: string[] } {
  const calls = messages.flatMap(({ parts }) => parts.filter(({ type }) => type === 'tool_call'))
  return {
    names: calls.map((call) => textAt(call, 'name') ?? 'unknown'),
    ids: calls.flatMap((call) => textAt(call, 'id') ?? []).filter(isId),
  }
}

/** Ids are remembered until their results come: no provider's is longer. */
function isId(id: string): boolean {
  return id.length <= 1024
}

/** Whether a message holds a part of this type. */
export function hasPart(message: unknown, type: string): boolean {
  const parts = at(message, 'parts')
  return Array.isArray(parts) && parts.some((part) => at(part, 'type') === type)
}
