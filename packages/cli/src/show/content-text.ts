/** What was said, in lines; not yet plain. `role: text` for messages, JSON for what is no message. */
export function contentLines(kept: unknown): string[] {
  const content = withoutList(kept)
  if (typeof content === 'string') return [content]
  if (Array.isArray(content) && content.every(isSaid)) return content.flatMap(messageLines)
  return [JSON.stringify(content, undefined, 2)]
}

/** The same in a few words. */
export function contentPreview(kept: unknown): string {
  const content = withoutList(kept)
  if (typeof content === 'string') return content
  const { query } = (content ?? {}) as Said
  if (typeof query === 'string') return query
  if (!Array.isArray(content) || !content.every(isSaid)) return JSON.stringify(content)
  // What came last is what is new.
  const last = messageLines(content.at(-1) ?? {})[0] ?? ''
  return content.length > 1 ? `${content.length} messages, last ${last}` : last
}

type Said = Readonly<Record<string, unknown>>

/** What is kept as messages is a list, also where it is one object and no message. */
function withoutList(content: unknown): unknown {
  return Array.isArray(content) && content.length === 1 && !isSaid(content[0])
    ? content[0]
    : content
}

const PARTS = ['text', 'reasoning', 'tool_call', 'tool_call_response']

/** A message (`role`, `parts`), or a part of one that stands alone. */
function isSaid(item: unknown): item is Said {
  if (typeof item !== 'object' || item === null) return false
  const { parts, type } = item as Said
  return Array.isArray(parts) || PARTS.includes(String(type))
}

function messageLines(message: Said): string[] {
  const { role = 'assistant', parts } = message
  const texts = (Array.isArray(parts) ? parts : [message]).map((part) => partText(part))
  return texts.map((text) => `${String(role)}: ${text}`)
}

function partText(part: unknown): string {
  if (typeof part === 'string') return part
  const { type, content, text, name, arguments: args, response, id } = (part ?? {}) as Said
  if (type === 'text') return String(content ?? text ?? '')
  if (type === 'reasoning') return `(thinks) ${String(content ?? '')}`
  if (type === 'tool_call') return `asks for ${String(name)} ${valueText(args)}`
  if (type === 'tool_call_response') return `result of ${String(id)} ${valueText(response)}`
  return JSON.stringify(part)
}

/** Arguments are JSON, or text that should be. */
function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
