import type {
  AnswerFacts,
  Provider,
  ProviderFailure,
  RequestFacts,
  StreamReader,
} from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { MESSAGES } from './anthropic.ts'
import { createProvider } from './create-provider.ts'
import { errorFailure } from './failure.ts'
import type { Format } from './format.ts'
import {
  at,
  countAt,
  defined,
  isObject,
  listAt,
  parseJson,
  pieceAt,
  textAt,
  without,
} from './json-values.ts'
import {
  blobPart,
  type Message,
  type Part,
  reasoningPart,
  textPart,
  toolCallPart,
  toolResponsePart,
} from './message.ts'
import { OPENAI_FORMATS } from './openai.ts'
import { Room } from './pieces.ts'

const CONTENT: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'prompt',
  'suffix',
  'system',
  'template',
  'images',
  'context',
  'input',
  'stream',
  'tools',
  'options',
])
const OPERATIONS: Readonly<Record<string, string>> = {
  chat: 'chat',
  generate: 'text_completion',
  embed: 'embeddings',
  embeddings: 'embeddings',
}
const PATH = /\/api\/(chat|generate|embed|embeddings)$/

/** Ollama's own API: lines of JSON, streamed unless asked not to. */
export const OLLAMA_NATIVE: Format = {
  api: 'ollama.native',
  paths: (pathname) => PATH.test(pathname),
  request: ollamaRequest,
  recognises: (body) =>
    isObject(body) && ('done' in body || ('embeddings' in body && 'model' in body)),
  answer: (body) => {
    const reader = new OllamaReader()
    reader.add(body)
    return reader.result()
  },
  stream: () => new OllamaReader(),
}

/** Ollama, local or hosted. */
export const OLLAMA: Provider = createProvider({
  name: 'ollama',
  hosts: ['ollama.com', 'ollama', /:11434$/],
  formats: [OLLAMA_NATIVE, ...OPENAI_FORMATS, MESSAGES],
})

function ollamaRequest(url: URL, body: unknown): RequestFacts {
  const system = textAt(body, 'system')
  const operation = OPERATIONS[PATH.exec(url.pathname)?.[1] ?? ''] ?? 'chat'
  return defined({
    api: 'ollama.native',
    operation,
    model: textAt(body, 'model') ?? 'unknown',
    stream: operation !== 'embeddings' && at(body, 'stream') !== false,
    params: { ...without(body, CONTENT), ...without(at(body, 'options'), new Set()) },
    system: system === undefined ? undefined : [textPart(system)],
    input: inputOf(body),
    tools: at(body, 'tools') ?? undefined,
  })
}

function inputOf(body: unknown): Message[] | undefined {
  const messages = listAt(body, 'messages').map(messageOf)
  if (messages.length > 0) return messages
  const prompt = at(body, 'prompt') ?? at(body, 'input')
  const texts = (Array.isArray(prompt) ? prompt : [prompt]).filter((it) => typeof it === 'string')
  const parts = [...texts.map((text) => textPart(text)), ...imageParts(body)]
  return parts.length === 0 ? undefined : [{ role: 'user', parts }]
}

function messageOf(message: unknown): Message {
  const role = textAt(message, 'role') ?? 'user'
  if (role === 'tool') {
    const id = textAt(message, 'tool_call_id') ?? textAt(message, 'tool_name')
    return { role, parts: [toolResponsePart(id, at(message, 'content'))] }
  }
  return { role, parts: [...saidParts(message), ...imageParts(message), ...callParts(message)] }
}

function saidParts(message: unknown): Part[] {
  const thought = textAt(message, 'thinking')
  const text = textAt(message, 'content') ?? textAt(message, 'response')
  return [
    ...(thought === undefined ? [] : [reasoningPart(thought)]),
    ...(text === undefined ? [] : [textPart(text)]),
  ]
}

function imageParts(message: unknown): Part[] {
  const images = listAt(message, 'images').filter((image) => typeof image === 'string')
  return images.map((image) => blobPart('image', undefined, image))
}

function callParts(message: unknown): Part[] {
  return listAt(message, 'tool_calls').map((call) =>
    toolCallPart(
      textAt(call, 'id'),
      textAt(call, 'function', 'name') ?? 'unknown',
      at(call, 'function', 'arguments') ?? {},
    ),
  )
}

/** What lines say beside the words. */
const FACTS = ['model', 'done_reason', 'prompt_eval_count', 'eval_count'] as const

class OllamaReader implements StreamReader {
  complete = false
  readonly #room = new Room()
  readonly #calls: Part[] = []
  readonly #last: Record<string, unknown> = {}
  #role = 'assistant'
  #text = ''
  #thought = ''
  #vectors = 0
  #failure: ProviderFailure | undefined

  take({ data }: { readonly data: string }): boolean {
    return this.add(parseJson(data))
  }

  add(line: unknown): boolean {
    if (!isObject(line)) return false
    for (const key of FACTS) this.#last[key] = line[key] ?? this.#last[key]
    this.#failure ??= errorFailure(line.error)
    if (line.done === true) this.complete = true
    this.#vectors += listAt(line, 'embeddings').length + (Array.isArray(line.embedding) ? 1 : 0)
    const message = at(line, 'message')
    this.#role = textAt(message, 'role') ?? this.#role
    const text = pieceAt(message, 'content') ?? pieceAt(line, 'response') ?? ''
    const thought = pieceAt(message, 'thinking') ?? pieceAt(line, 'thinking') ?? ''
    this.#text = this.#room.grow(this.#text, text)
    this.#thought = this.#room.grow(this.#thought, thought)
    const calls = callParts(message)
    for (const call of calls) if (this.#room.slot()) this.#calls.push(call)
    return text !== '' || thought !== '' || calls.length > 0
  }

  result(): AnswerFacts {
    const parts: Part[] = []
    if (this.#thought !== '') parts.push(reasoningPart(this.#thought))
    if (this.#text !== '') parts.push(textPart(this.#text))
    if (this.#vectors > 0) parts.push({ type: 'embeddings', count: this.#vectors })
    const input = countAt(this.#last, 'prompt_eval_count')
    const output = countAt(this.#last, 'eval_count')
    return answerFacts({
      choices: [
        {
          role: this.#role,
          parts: [...parts, ...this.#calls],
          finish: textAt(this.#last, 'done_reason'),
        },
      ],
      model: textAt(this.#last, 'model'),
      counts: { input, output: output ?? (this.#vectors > 0 ? 0 : undefined) },
      failure: this.#failure,
    })
  }
}
