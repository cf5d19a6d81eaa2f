import type { ContentPart } from '@recount/record'
import { type Said, saidIn } from './said-in.ts'

/** The text of content that was kept: messages in OpenTelemetry's shape or a provider’s, a plain text, else JSON. */
export function saidText(content: unknown): string {
  return saidIn(content).text
}

/** What a model said; undefined where it was not kept. */
export function answerOf(call: Kept): Said | undefined {
  const { content } = call
  if (content.has('output')) return saidIn(content.get('output'))
  return content.has('raw_response') ? saidIn(asAnswer(content.get('raw_response'))) : undefined
}

interface Kept {
  readonly content: ReadonlyMap<ContentPart, unknown>
}

/** A raw response is often the body of an answer as text. */
function asAnswer(raw: unknown): unknown {
  if (typeof raw !== 'string' || !/^\s*\{\s*"(?:id|object|choices|candidates|type|role)"/.test(raw))
    return raw
  try {
    return JSON.parse(raw) as unknown
  } catch {
    return raw
  }
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
