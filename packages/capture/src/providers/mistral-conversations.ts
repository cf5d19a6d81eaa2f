import type { AnswerFacts, ProviderFailure, RequestFacts, StreamReader } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { chatParts } from './chat-request.ts'
import { chatCounts } from './chat-usage.ts'
import { failureOf } from './failure.ts'
import type { Format } from './format.ts'
import {
  at,
  countAt,
  defined,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  parseJson,
  pieceAt,
  textAt,
  without,
} from './json-values.ts'
import {
  type Message,
  type Part,
  serverToolCallPart,
  textPart,
  toolArguments,
  toolCallPart,
  toolResponsePart,
  unknownPart,
} from './message.ts'
import { Room } from './pieces.ts'
import { plus } from './usage.ts'

const API = 'mistral.conversations'
const PATH = /\/conversations(?:\/([^/]+)(?:\/restart)?)?$/
const CONTENT: ReadonlySet<string> = new Set([
  'model',
  'agent_id',
  'inputs',
  'instructions',
  'stream',
  'tools',
  'completion_args',
])

/** Mistral's conversations, begun or gone on with. */
export const CONVERSATIONS: Format = {
  api: API,
  paths: (pathname) => PATH.test(pathname),
  request: conversationRequest,
  recognises: (body) => textAt(body, 'object') === 'conversation.response',
  answer: (body) => conversationFacts(body, listAt(body, 'outputs'), undefined),
  stream: () => new ConversationReader(),
}

function conversationRequest(url: URL, body: unknown): RequestFacts {
  const instructions = textAt(body, 'instructions')
  const conversation = PATH.exec(url.pathname)?.[1]
  return defined({
    api: API,
    operation: 'chat',
    model: textAt(body, 'model') ?? textAt(body, 'agent_id') ?? 'unknown',
    stream: at(body, 'stream') === true,
    params: { ...without(body, CONTENT), ...without(at(body, 'completion_args'), new Set()) },
    system: instructions === undefined ? undefined : [textPart(instructions)],
    input: inputOf(at(body, 'inputs')),
    tools: at(body, 'tools') ?? undefined,
    state: conversation === undefined ? undefined : { conversation },
  })
}

function inputOf(inputs: unknown): Message[] | undefined {
  if (typeof inputs === 'string') return [{ role: 'user', parts: [textPart(inputs)] }]
  return Array.isArray(inputs) ? inputs.map(entryMessage) : undefined
}

function entryMessage(entry: unknown): Message {
  const isResult = textAt(entry, 'type') === 'function.result'
  const role = isResult ? 'tool' : (textAt(entry, 'role') ?? 'assistant')
  return { role, parts: entryParts(entry) }
}

/** The parts of one entry of a conversation. */
function entryParts(entry: unknown): Part[] {
  const id = textAt(entry, 'tool_call_id') ?? textAt(entry, 'id')
  const name = textAt(entry, 'name') ?? 'unknown'
  const args = toolArguments(at(entry, 'arguments'))
  switch (textAt(entry, 'type')) {
    case 'function.call':
      return [toolCallPart(id, name, args)]
    case 'function.result':
      return [toolResponsePart(id, at(entry, 'result'))]
    case 'tool.execution':
      return [
        serverToolCallPart(
          id,
          name,
          defined({ type: name, arguments: args, info: at(entry, 'info') }),
        ),
      ]
    case undefined:
    case 'message.input':
    case 'message.output':
      return chatParts(entry)
    default:
      return [unknownPart(entry)]
  }
}

function conversationFacts(
  response: unknown,
  entries: readonly unknown[],
  failure: ProviderFailure | undefined,
): AnswerFacts {
  const usage = objectAt(response, 'usage')
  const counts = chatCounts(response)
  const models = entries.map((entry) => textAt(entry, 'model'))
  const input = plus(counts?.input, countAt(usage, 'connector_tokens'))
  return answerFacts({
    choices: [{ role: 'assistant', parts: entries.flatMap(entryParts) }],
    model: models.findLast((model) => model !== undefined),
    id: textAt(response, 'conversation_id'),
    counts: counts && { ...counts, input },
    failure,
  })
}

class ConversationReader implements StreamReader {
  complete = false
  readonly #room = new Room()
  readonly #entries = new Map<number, Record<string, unknown>>()
  readonly #response: Record<string, unknown> = {}
  #failure: ProviderFailure | undefined

  take({ event, data }: { readonly event?: string | undefined; readonly data: string }): boolean {
    const value = parseJson(data)
    if (!isObject(value)) return false
    const type = textAt(value, 'type') ?? event ?? ''
    if (type === 'conversation.response.error' || at(value, 'error'))
      this.#failure ??= failureOf(without(value, new Set(['type'])))
    if (type.startsWith('conversation.response.'))
      this.#room.put(this.#response, without(value, new Set(['type'])))
    if (type === 'conversation.response.done') this.complete = true
    const index = countAt(value, 'output_index')
    return index !== undefined && this.#entry(index, type, value)
  }

  result(): AnswerFacts {
    const entries = [...this.#entries].sort(([one], [other]) => one - other)
    return conversationFacts(
      this.#response,
      entries.map(([, entry]) => entry),
      this.#failure,
    )
  }

  #entry(index: number, type: string, value: JsonObject): boolean {
    const entry = this.#entries.get(index) ?? this.#begin(index, type, value)
    if (entry === undefined) return false
    if (type === 'message.output.delta') return this.#content(entry, at(value, 'content'))
    const args = pieceAt(value, 'arguments') ?? ''
    entry.arguments = this.#room.grow(pieceAt(entry, 'arguments') ?? '', args)
    entry.info = at(value, 'info') ?? entry.info
    return true
  }

  #begin(index: number, type: string, value: JsonObject): Record<string, unknown> | undefined {
    if (!this.#room.slot()) return undefined
    const entry: Record<string, unknown> = {
      ...without(value, new Set(['arguments', 'content', 'output_index', 'content_index'])),
      type: type.split('.').slice(0, 2).join('.'),
    }
    this.#entries.set(index, entry)
    return entry
  }

  /** Content comes as texts, or as parts; texts behind one another are one part. */
  #content(entry: Record<string, unknown>, content: unknown): boolean {
    const text = typeof content === 'string' ? content : pieceAt(content, 'text')
    entry.content ??= []
    const parts = entry.content as unknown[]
    const last = parts.at(-1)
    const held = textAt(last, 'type') === 'text' ? pieceAt(last, 'text') : undefined
    if (text !== undefined && held !== undefined) {
      parts[parts.length - 1] = { type: 'text', text: this.#room.grow(held, text) }
    } else if (this.#room.slot()) {
      parts.push(text === undefined ? content : { type: 'text', text: this.#room.grow('', text) })
    }
    return text !== ''
  }
}
