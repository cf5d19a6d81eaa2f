import type { Provider, RequestFacts } from '../provider.ts'
import { anthropicAnswer } from './anthropic-answer.ts'
import { blockPart } from './anthropic-blocks.ts'
import { anthropicStream } from './anthropic-stream.ts'
import { decoded } from './chat.ts'
import { createProvider } from './create-provider.ts'
import type { Format } from './format.ts'
import { at, defined, listAt, textAt, without } from './json-values.ts'
import { type Message, type Part, textPart } from './message.ts'

const CONTENT: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'stream',
  'tools',
  'container',
])
/** Vertex names the model in the path, and says in it whether to stream. */
const VERTEX = /\/publishers\/anthropic\/models\/([^/:]+):(rawPredict|streamRawPredict)$/

/** Anthropic's Messages API, also on Vertex. */
export const MESSAGES: Format = {
  api: 'anthropic.messages',
  paths: (pathname) => pathname.endsWith('/messages') || VERTEX.test(pathname),
  request: messagesRequest,
  recognises: (body) => textAt(body, 'type') === 'message',
  answer: anthropicAnswer,
  stream: anthropicStream,
}

/** Anthropic. */
export const ANTHROPIC: Provider = createProvider({
  name: 'anthropic',
  hosts: ['api.anthropic.com', '.anthropic.com'],
  formats: [MESSAGES],
})

function messagesRequest(url: URL, body: unknown): RequestFacts {
  const vertex = VERTEX.exec(url.pathname)
  return anthropicRequest(body, {
    api: 'anthropic.messages',
    model: vertex?.[1] && decoded(vertex[1]),
    stream: vertex?.[2] === 'streamRawPredict',
  })
}

/** What a Messages request asks for; the model may stand elsewhere than in the body. */
export function anthropicRequest(
  body: unknown,
  outside: { api: string; model?: string | undefined; stream?: boolean },
): RequestFacts {
  const messages = listAt(body, 'messages')
  return defined({
    api: outside.api,
    operation: 'chat',
    model: textAt(body, 'model') ?? outside.model ?? 'unknown',
    stream: at(body, 'stream') === true || outside.stream === true,
    params: without(body, CONTENT),
    system: contentParts(at(body, 'system')),
    input: messages.length === 0 ? undefined : messages.map(messageOf),
    tools: at(body, 'tools') ?? undefined,
    state: stateOf(body, messages),
  })
}

function messageOf(message: unknown): Message {
  return {
    role: textAt(message, 'role') ?? 'user',
    parts: contentParts(at(message, 'content')) ?? [],
  }
}

function contentParts(content: unknown): Part[] | undefined {
  if (typeof content === 'string') return [textPart(content)]
  return Array.isArray(content) ? content.map(blockPart) : undefined
}

function stateOf(body: unknown, messages: readonly unknown[]): Record<string, string> | undefined {
  const files = messages.flatMap((message) =>
    listAt(message, 'content').flatMap(
      (block) => textAt(block, 'source', 'file_id') ?? textAt(block, 'file_id') ?? [],
    ),
  )
  const container = textAt(body, 'container') ?? textAt(body, 'container', 'id')
  const state: Record<string, string> = {}
  if (container !== undefined) state.container = container
  if (files.length > 0) state.file_ids = files.join(',')
  return Object.keys(state).length === 0 ? undefined : state
}
