import { at, defined } from '../providers/json-values.ts'

/** A client in the shape of those that this package knows, an object with `complete`, or a function. */
export type DebugClient = object | ((request: DebugRequest) => unknown)

/** What the model is asked, and options, which go to the client as they are. */
export interface DebugRequest {
  readonly model: string
  readonly messages: readonly unknown[]
  readonly system?: unknown
  readonly [option: string]: unknown
}

type Whole<Answer> = Exclude<Awaited<Answer>, AsyncIterable<unknown>>

/** What a client responds with, where no stream is asked for; unknown where its type does not say. */
export type ResponseOf<Client> = Client extends (request: never) => infer Answer
  ? Whole<Answer>
  : Client extends { complete(request: never): infer Answer }
    ? Whole<Answer>
    : Client extends { chat: { completions: { create(body: never): infer Answer } } }
      ? Whole<Answer>
      : Client extends { messages: { create(body: never): infer Answer } }
        ? Whole<Answer>
        : Client extends { models: { generateContent(request: never): infer Answer } }
          ? Whole<Answer>
          : Client extends { chat: { complete(request: never): infer Answer } }
            ? Whole<Answer>
            : Client extends { chat(request: never): infer Answer }
              ? Whole<Answer>
              : unknown

/** How a client is asked; undefined for an object that nobody knows how to ask. */
export function clientCall(client: DebugClient): ((request: DebugRequest) => unknown) | undefined {
  if (typeof client === 'function') return client as (request: DebugRequest) => unknown
  for (const [path, shape] of WAYS) {
    const holder = path.slice(0, -1).reduce<unknown>(property, client)
    const method = property(holder, path.at(-1) as string)
    if (typeof method !== 'function') continue
    return (request) => Reflect.apply(method as () => unknown, holder, [shape(request)])
  }
  return undefined
}

/** Clients keep some of their parts behind getters. */
function property(holder: unknown, key: string): unknown {
  return (holder as Record<string, unknown> | undefined)?.[key]
}

/** Ways to ask, with the form that each wants; the first that a client has is used. */
const WAYS: readonly (readonly [
  path: readonly string[],
  shape: (request: DebugRequest) => object,
])[] = [
  [['complete'], (request) => request],
  [['chat', 'completions', 'create'], withSystemMessage],
  [['messages', 'create'], withSystemApart],
  [['models', 'generateContent'], gemini],
  [['chat', 'complete'], withSystemMessage],
  [['chat'], withSystemMessage],
]

function withSystemMessage({ system, messages, ...options }: DebugRequest): object {
  if (system === undefined) return { ...options, messages }
  return { ...options, messages: [{ role: 'system', content: system }, ...messages] }
}

const MAX_TOKENS = 4096

/** Anthropic takes the system prompt apart, and wants a bound for the answer. */
function withSystemApart({ system, messages, ...options }: DebugRequest): object {
  const [said, others] = [messages.filter(isSystem), messages.filter((it) => !isSystem(it))]
  const texts = said.map((message) => at(message, 'content'))
  const prompt = system ?? (texts.length === 0 ? undefined : texts.join('\n'))
  return defined({ max_tokens: MAX_TOKENS, ...options, system: prompt, messages: others })
}

function isSystem(message: unknown): boolean {
  return at(message, 'role') === 'system'
}

function gemini({ model, system, messages, max_tokens, ...options }: DebugRequest): object {
  const said = messages.filter(isSystem).map((message) => at(message, 'content'))
  const systemInstruction = system ?? (said.length === 0 ? undefined : said.join('\n'))
  const contents = messages
    .filter((message) => !isSystem(message))
    .map((message) => ({
      role: at(message, 'role') === 'assistant' ? 'model' : 'user',
      parts: [{ text: String(at(message, 'content') ?? '') }],
    }))
  const config = defined({ systemInstruction, maxOutputTokens: max_tokens, ...options })
  return { model, contents, config }
}
