import type { ContentPart } from '@recount/record'

/** The text of content that was kept: messages in OpenTelemetry's shape, a plain text, else JSON. */
export function saidText(content: unknown): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return (content as unknown[]).map(saidText).filter(Boolean).join('\n')
  const { parts, type, content: inner, text } = content as Record<string, unknown>
  if (Array.isArray(parts)) return saidText(parts)
  if (type === 'text') return saidText(inner ?? text)
  if (type === 'reasoning' || type === 'tool_call' || type === 'tool_call_response') return ''
  return JSON.stringify(content)
}

/** What a model said, without its reasoning and its tool calls; undefined where it was not kept. */
export function answerOf(call: Kept): string | undefined {
  const { content } = call
  if (content.has('output')) return saidText(content.get('output')).trim()
  return content.has('raw_response') ? String(content.get('raw_response')).trim() : undefined
}

interface Kept {
  readonly content: ReadonlyMap<ContentPart, unknown>
}

/** Whether there is nothing in a value: null, an empty text, or only such things inside. */
export function isEmpty(value: unknown, depth = 0): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') return value.trim() === '' || value === 'null' || value === '[]'
  if (typeof value !== 'object' || depth > 4) return false
  return Object.values(value).every((inner) => isEmpty(inner, depth + 1))
}

/** A value in few words. */
export function brief(value: unknown, most = 160): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

/** The value at a JSON Pointer; undefined where there is none. */
export function valueAt(value: unknown, pointer: string): unknown {
  let found = value
  for (const token of pointer.split('/').slice(1)) {
    if (typeof found !== 'object' || found === null) return undefined
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (!Object.hasOwn(found, key)) return undefined
    found = (found as Record<string, unknown>)[key]
  }
  return found
}

/** What a text says of a key, as `"dose": "5mg"` or `dose: 5mg`; undefined where it says nothing. */
export function namedIn(text: string, key: string): string | undefined {
  const name = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = new RegExp(
    `["'\`*]{0,2}\\b${name}\\b["'\`*]{0,2}\\s{0,4}[:=]\\s{0,4}([^\\n]{1,120})`,
    'i',
  )
  const said = pattern.exec(text)?.[1]
  const value = said === undefined ? '' : unquoted(said)
  return /^(?:null|none|undefined|n\/a|unknown|\{\}|\[\])?$/i.test(value) ? undefined : value
}

function unquoted(said: string): string {
  const quoted = /^["'`]([^"'`]*)["'`]/.exec(said)
  return (quoted?.[1] ?? said.split(/[,}\]]/, 1)[0] ?? '').trim()
}
