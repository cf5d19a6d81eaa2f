/** A message in the shape of the record: a role, and parts of which `type` tells what they are. */
export interface PartedMessage {
  readonly role: string
  readonly parts: readonly MessagePart[]
}

/** A part of a message; types that are not known stay as they are. */
export interface MessagePart {
  readonly type: string
  readonly [key: string]: unknown
}

type Plain = Readonly<Record<string, unknown>>

/** The messages of a call as the model saw them: system prompts where they stood, whatever shape they were recorded in. */
export function seenMessages(system: unknown, input: unknown): PartedMessage[] {
  const prompts = partsOf(system)
  const messages = messagesOf(input, 'user')
  const placed = new Set(messages.flatMap(({ parts }) => parts.map(promptIndex)))
  const first = prompts.filter((_, at) => !placed.has(at))
  return [
    ...(first.length === 0 ? [] : [{ role: 'system', parts: first }]),
    ...messages.map((message) => ({
      ...message,
      parts: message.parts.map((part) => prompts[promptIndex(part) ?? -1] ?? part),
    })),
  ]
}

/** Messages from whatever was recorded: a text, one message, a list of them, or any other value as JSON. */
export function messagesOf(value: unknown, role: string): PartedMessage[] {
  if (value === undefined || value === null) return []
  const list = Array.isArray(value) ? value : [value]
  const messages = list.map((item) => messageOf(item, role))
  if (messages.every((message) => message !== undefined)) return messages
  return [{ role, parts: [textPart(JSON.stringify(value))] }]
}

function messageOf(item: unknown, role: string): PartedMessage | undefined {
  if (typeof item === 'string') return { role, parts: [textPart(item)] }
  if (!isPlain(item)) return undefined
  const { parts, content } = item
  const own = typeof item.role === 'string' ? item.role : role
  if (Array.isArray(parts)) return { role: own, parts: parts.map(partOf) }
  if (typeof item.role !== 'string' || content === undefined) return undefined
  return { role: own, parts: [...partsOf(content), ...foreignCalls(item)] }
}

/** What a logger without our shapes was given: a text, or a list of parts. */
function partsOf(content: unknown): MessagePart[] {
  if (content === undefined || content === null) return []
  return (Array.isArray(content) ? content : [content]).map(partOf)
}

function partOf(item: unknown): MessagePart {
  if (typeof item === 'string') return textPart(item)
  if (!isPlain(item) || typeof item.type !== 'string') return textPart(JSON.stringify(item))
  if (item.type === 'text') return textPart(String(item.content ?? item.text ?? ''))
  if (item.type !== 'image_url') return item as MessagePart
  const { image_url } = item
  const uri = isPlain(image_url) ? image_url.url : image_url
  return { type: 'uri', modality: 'image', uri }
}

/** Tool calls beside the content, as chat APIs have them. */
function foreignCalls({ tool_calls }: Plain): MessagePart[] {
  if (!Array.isArray(tool_calls)) return []
  return tool_calls.filter(isPlain).map(({ id, function: asked }) => {
    const { name, arguments: args } = isPlain(asked) ? asked : ({} as Plain)
    return { type: 'tool_call', id, name, arguments: args }
  })
}

function textPart(content: string): MessagePart {
  return { type: 'text', content }
}

/** Which part of the system prompt stands here. */
function promptIndex({ type, index }: MessagePart): number | undefined {
  return type === 'system' && typeof index === 'number' ? index : undefined
}

/** Whether a value is an object with keys. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
