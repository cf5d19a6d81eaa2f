import type { AnswerFacts, Provider, RequestFacts } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { chatMessage } from './chat-request.ts'
import { cohereAnswer } from './cohere-answer.ts'
import { cohereStream } from './cohere-stream.ts'
import { createProvider } from './create-provider.ts'
import { deafReader, type Format } from './format.ts'
import { at, countAt, defined, isObject, listAt, textAt, without } from './json-values.ts'
import { type Message, type Part, reasoningPart, textPart, unknownPart } from './message.ts'
import { OPENAI_FORMATS } from './openai.ts'

const CONTENT: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'message',
  'chat_history',
  'preamble',
  'documents',
  'tool_results',
  'stream',
  'tools',
  'conversation_id',
])

/** Cohere's chat, in its second version and its first. */
export const COHERE_CHAT: Format = {
  api: 'cohere.chat',
  paths: (pathname) => /\/v[12]\/chat$/.test(pathname),
  request: chatRequest,
  recognises: (body) =>
    isObject(at(body, 'message')) || (isObject(body) && 'generation_id' in body),
  answer: cohereAnswer,
  stream: cohereStream,
}

/** Cohere's embeddings and ranking. */
const COHERE_DATA: Format = {
  api: 'cohere.data',
  paths: (pathname) => /\/v[12]\/(?:embed|rerank)$/.test(pathname),
  request: dataRequest,
  recognises: (body) =>
    isObject(at(body, 'meta', 'billed_units')) || Array.isArray(at(body, 'results')),
  answer: dataAnswer,
  stream: deafReader,
}

/** Cohere. */
export const COHERE: Provider = createProvider({
  name: 'cohere',
  hosts: ['api.cohere.com', 'api.cohere.ai'],
  formats: [COHERE_CHAT, COHERE_DATA, ...OPENAI_FORMATS],
})

/** Formats of Cohere's own. */
export const COHERE_FORMATS: readonly Format[] = [COHERE_CHAT, COHERE_DATA]

function chatRequest(_url: URL, body: unknown): RequestFacts {
  const preamble = textAt(body, 'preamble')
  const conversation = textAt(body, 'conversation_id')
  return defined({
    api: 'cohere.chat',
    operation: 'chat',
    model: textAt(body, 'model') ?? 'unknown',
    stream: at(body, 'stream') === true,
    params: without(body, CONTENT),
    system: preamble === undefined ? undefined : [textPart(preamble)],
    input: inputOf(body),
    tools: at(body, 'tools') ?? undefined,
    state: conversation === undefined ? undefined : { conversation },
  })
}

/** Documents come beside the messages; the model sees them before. They are the user's, and no system prompt. */
function inputOf(body: unknown): Message[] | undefined {
  const documents = listAt(body, 'documents').map(documentPart)
  const last = textAt(body, 'message')
  const messages = [
    ...(documents.length === 0 ? [] : [{ role: 'user', parts: documents }]),
    ...listAt(body, 'messages').map(cohereMessage),
    ...listAt(body, 'chat_history').map(oldMessage),
    ...(last === undefined ? [] : [{ role: 'user', parts: [textPart(last)] }]),
  ]
  return messages.length === 0 ? undefined : messages
}

function documentPart(document: unknown): Part {
  return typeof document === 'string' ? textPart(document) : { type: 'document', document }
}

function cohereMessage(message: unknown): Message {
  const { parts, ...rest } = chatMessage(message)
  const plan = textAt(message, 'tool_plan')
  return { ...rest, parts: plan === undefined ? parts : [reasoningPart(plan), ...parts] }
}

const OLD_ROLES: Readonly<Record<string, string>> = { CHATBOT: 'assistant', USER: 'user' }

function oldMessage(message: unknown): Message {
  const role = textAt(message, 'role') ?? 'USER'
  const text = textAt(message, 'message')
  return {
    role: OLD_ROLES[role] ?? role.toLowerCase(),
    parts: [text === undefined ? unknownPart(message) : textPart(text)],
  }
}

function dataRequest(url: URL, body: unknown): RequestFacts {
  const given = ['query', 'texts', 'inputs', 'documents', 'images'] as const
  const items = given.flatMap((key) => at(body, key) ?? [])
  return defined({
    api: 'cohere.data',
    operation: url.pathname.endsWith('/embed') ? 'embeddings' : 'rerank',
    model: textAt(body, 'model') ?? 'unknown',
    stream: false,
    params: without(body, new Set(['model', ...given])),
    input: items.length === 0 ? undefined : [{ role: 'user', parts: items.map(itemPart) }],
  })
}

function itemPart(item: unknown): Part {
  return typeof item === 'string' ? textPart(item) : unknownPart(item)
}

function dataAnswer(body: unknown): AnswerFacts {
  const embeddings = at(body, 'embeddings')
  const vectors = Array.isArray(embeddings)
    ? embeddings
    : Object.values(isObject(embeddings) ? embeddings : {}).find(Array.isArray)
  const parts: Part[] =
    vectors === undefined
      ? listAt(body, 'results').map((result) => ({ type: 'rank', rank: result }))
      : [{ type: 'embeddings', count: vectors.length }]
  const input = countAt(body, 'meta', 'billed_units', 'input_tokens')
  return answerFacts({
    choices: [{ role: 'assistant', parts }],
    id: textAt(body, 'id'),
    counts: { input, output: input === undefined ? undefined : 0 },
    billed: { rerank_searches: countAt(body, 'meta', 'billed_units', 'search_units') },
  })
}
