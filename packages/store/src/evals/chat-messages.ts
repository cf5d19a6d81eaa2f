import { isPlain, type MessagePart, messagesOf, type PartedMessage } from './seen-messages.ts'

/** A message as chat APIs and the tools around them have it. */
export interface ChatMessage {
  readonly role: string
  readonly content: string | readonly ChatPart[] | null
  readonly tool_calls?: readonly ChatToolCall[]
  readonly tool_call_id?: string
}

/** A part of a message that is not text alone. */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }

/** A tool that the model asked for; `arguments` is JSON. */
export interface ChatToolCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

/** Messages as chat APIs have them: thoughts go, what is no text or picture by address is named in brackets. */
export function chatMessages(messages: readonly PartedMessage[]): ChatMessage[] {
  const ids = new CallIds()
  return messages.flatMap((message) => chatMessage(message, ids))
}

/** An answer as one message of the assistant; null without one. */
export function chatAnswer(answer: unknown): ChatMessage | null {
  const parts = messagesOf(answer, 'assistant').flatMap((message) => message.parts)
  if (answer === null || answer === undefined) return null
  return chatMessages([{ role: 'assistant', parts }])[0] ?? { role: 'assistant', content: '' }
}

/** An answer as a text, tool calls as JSON. */
export function answerText(answer: unknown): string | null {
  if (typeof answer === 'string') return answer
  if (isPlain(answer) && !Array.isArray(answer.parts)) return JSON.stringify(answer)
  const message = chatAnswer(answer)
  if (message === null) return null
  const { content, tool_calls } = message
  const text = typeof content === 'string' ? content : content === null ? '' : partsText(content)
  return tool_calls === undefined ? text : [text, JSON.stringify(tool_calls)].join('\n').trim()
}

/** Ids of tool calls where none was recorded: results answer calls in their order. */
class CallIds {
  readonly #open: string[] = []
  #count = 0

  asked(id: unknown): string {
    this.#count += 1
    const own = typeof id === 'string' && id !== '' ? id : `call_${this.#count}`
    this.#open.push(own)
    return own
  }

  answered(id: unknown): string {
    const at = typeof id === 'string' && id !== '' ? this.#open.indexOf(id) : 0
    const [own] = at === -1 ? [String(id)] : this.#open.splice(at, 1)
    return own ?? (typeof id === 'string' && id !== '' ? id : 'call_0')
  }
}

function chatMessage({ role, parts }: PartedMessage, ids: CallIds): ChatMessage[] {
  const results = parts.filter(isResult).map((part) => ({
    role: 'tool',
    tool_call_id: ids.answered(part.id),
    content: valueText(part.response ?? part.result),
  }))
  const said = parts.filter((part) => !isResult(part))
  if (said.length === 0 && results.length > 0) return results
  const calls = said.filter(({ type }) => type === 'tool_call').map((part) => callOf(part, ids))
  const content = contentOf(said)
  const own: ChatMessage = {
    role: role === 'tool' && results.length > 0 ? 'user' : roleOf(role),
    content: content === '' && calls.length > 0 ? null : content,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  return [...results, own]
}

function isResult({ type }: MessagePart): boolean {
  return type === 'tool_call_response'
}

function roleOf(role: string): string {
  return role === 'model' ? 'assistant' : role
}

function callOf({ id, name, arguments: args }: MessagePart, ids: CallIds): ChatToolCall {
  return {
    id: ids.asked(id),
    type: 'function',
    function: { name: String(name), arguments: valueText(args ?? {}) },
  }
}

/** Text where text is all there is. */
function contentOf(parts: readonly MessagePart[]): string | ChatPart[] {
  const chat = parts.flatMap(chatPart)
  return chat.some(({ type }) => type !== 'text') ? chat : partsText(chat)
}

function partsText(parts: readonly ChatPart[]): string {
  return parts
    .map((part) => (part.type === 'text' ? part.text : `[${part.image_url.url}]`))
    .join('\n')
}

const LEFT_OUT: readonly string[] = ['tool_call', 'reasoning', 'redacted_reasoning']

function chatPart(part: MessagePart): ChatPart[] {
  const { type, content, uri, modality } = part
  if (LEFT_OUT.includes(type)) return []
  if (type === 'text' || type === 'refusal') return [{ type: 'text', text: String(content ?? '') }]
  if (type === 'uri' && modality === 'image' && typeof uri === 'string' && /^https?:/.test(uri))
    return [{ type: 'image_url', image_url: { url: uri } }]
  return [{ type: 'text', text: placeholder(part) }]
}

/** What cannot be told in words: its kind, its media type, its size. */
function placeholder({
  type,
  modality,
  mime_type,
  size,
  bytes,
  uri,
  file_id,
  name,
}: MessagePart): string {
  const kind = typeof modality === 'string' ? modality : type
  const facts = [mime_type, name, uri, file_id].filter(isShort)
  const length = [size, bytes].find((count) => typeof count === 'number')
  const said = length === undefined ? facts : [...facts, `${length} bytes`]
  return `[${[kind, ...said].join(', ')}]`
}

/** Not what stands in the address itself. */
function isShort(fact: unknown): fact is string {
  return typeof fact === 'string' && fact.length <= 2048 && !fact.startsWith('data:')
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')
}
