/** What is known about content besides itself. */
export interface ContentContext {
  /** Who says parts that stand alone. */
  readonly speaker: string
  /** The parts of the system prompt, which messages refer to. */
  readonly system: readonly unknown[]
}

const ALONE: ContentContext = { speaker: 'assistant', system: [] }

/** What was said, in lines; not yet plain. `role: text` for messages, JSON for what is no message. */
export function contentLines(kept: unknown, context: ContentContext = ALONE): string[] {
  const content = withoutList(kept)
  if (typeof content === 'string') return [content]
  if (Array.isArray(content) && content.every(isSaid))
    return content.flatMap((message) => messageLines(message, context))
  return [JSON.stringify(content, undefined, 2)]
}

/** The same in a few words. */
export function contentPreview(kept: unknown, context: ContentContext = ALONE): string {
  const content = withoutList(kept)
  if (typeof content === 'string') return content
  const { query } = (content ?? {}) as Said
  if (typeof query === 'string') return query
  if (!Array.isArray(content) || !content.every(isSaid)) return JSON.stringify(content)
  // What came last is what is new.
  const [first = '', ...more] = messageTexts(content.at(-1) ?? {}, context)
  const last = `${speakerOf(content.at(-1) ?? {}, context)}: ${[first, ...more].join(' · ')}`
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

function messageLines(message: Said, context: ContentContext): string[] {
  return messageTexts(message, context).map((text) => `${speakerOf(message, context)}: ${text}`)
}

function messageTexts(message: Said, { system }: ContentContext): string[] {
  const { parts } = message
  return (Array.isArray(parts) ? parts : [message]).map((part) => partText(part, system))
}

function speakerOf({ role }: Said, { speaker }: ContentContext): string {
  return String(role ?? speaker)
}

function partText(part: unknown, system: readonly unknown[]): string {
  if (typeof part === 'string') return part
  const { type, content, text, name, arguments: args, response, id, index } = (part ?? {}) as Said
  if (type === 'system' && typeof index === 'number')
    return index in system
      ? partText(system[index], [])
      : `(part ${index + 1} of the system prompt)`
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
