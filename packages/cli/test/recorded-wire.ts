import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'

/** Answers of providers as they were recorded, beside the repository. */
export const WIRE: string = fileURLToPath(
  new URL('../../../../../shared/data/provider-http/', import.meta.url),
)

/** A recorded answer, and how it is asked for. */
export interface WireAnswer {
  readonly file: string
  readonly provider: string
  readonly path: string
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array
  readonly isStream: boolean
}

/** Why a file is no answer to a request over HTTP that asks a model. */
const NO_ANSWERS: readonly RegExp[] = [
  /LICENSE$|anthropic-config|important_imports/,
  /skill-(?:version-)?create/, // makes a skill
  /-speech-translation/, // messages of a socket
  /amazon-bedrock-reranking/, // of the API of agents
]

/** All of them; throws for a file of which nobody knows what it is. */
export function wireAnswers(): WireAnswer[] {
  if (!existsSync(WIRE)) return []
  return readdirSync(WIRE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(WIRE.length).replace(/^\//, ''))
    .filter((file) => !NO_ANSWERS.some((pattern) => pattern.test(file)))
    .sort()
    .map(answerIn)
}

const PROVIDERS: readonly (readonly [place: RegExp, name: string])[] = [
  [/amazon-bedrock/, 'aws.bedrock'],
  [/claude|anthropic-sdk|vercel-ai\/anthropic/, 'anthropic'],
  [/google/, 'gcp.gemini'],
  [/cohere/, 'cohere'],
  [/mistral/, 'mistral_ai'],
  [/vercel-ai\/xai/, 'x_ai'],
  [/deepseek/, 'deepseek'],
  [/groq/, 'groq'],
  [/./, 'openai'],
]

function answerIn(file: string): WireAnswer {
  const text = readFileSync(`${WIRE}${file}`, 'utf8')
  const isStream = !file.endsWith('.json') || /^\s*\[/.test(text)
  const [, provider = ''] = PROVIDERS.find(([place]) => place.test(file)) ?? []
  const path = pathOf(provider, file, text, isStream)
  const [type, body] = bodyOf(provider, file, text)
  return {
    file,
    provider,
    path,
    status: /error|429/.test(file) && !isStream ? 400 : 200,
    type,
    body,
    isStream,
  }
}

/** By provider and by what the answer looks like, the first that fits. */
const PATHS: readonly (readonly [provider: RegExp, looks: RegExp, path: string])[] = [
  [/bedrock/, /./, '/model/some/converse'],
  [/anthropic/, /./, '/v1/messages'],
  [/gemini/, /"candidates"|"code": ?429/, '/v1beta/models/gemini:generateContent'],
  [/gemini/, /./, '/v1beta/interactions'],
  [/cohere/, /"embeddings"/, '/v2/embed'],
  [/cohere/, /"results"/, '/v2/rerank'],
  [/cohere/, /./, '/v2/chat'],
  [/./, /"response\.created"|"object": ?"response"/, '/v1/responses'],
  [/./, /"text_completion"/, '/v1/completions'],
  [/./, /"object": ?"embedding"/, '/v1/embeddings'],
  [/./, /"b64_json"|'response_format'/, '/v1/images/generations'],
  [/./, /"transcribe"|voxtral|^\{"status":200|"text\/plain/, '/v1/audio/transcriptions'],
  [/./, /"choices"|"error"/, '/v1/chat/completions'],
]

function pathOf(provider: string, file: string, text: string, isStream: boolean): string {
  const found = PATHS.find(([who, looks]) => who.test(provider) && looks.test(text))
  if (found === undefined) throw new Error(`Nobody knows what ${file} answers`)
  const path = found[2]
  if (path.endsWith('/converse') && isStream) return `${path}-stream`
  if (!path.endsWith(':generateContent') || !isStream) return path
  const sse = file.endsWith('.json') ? '' : '?alt=sse'
  return path.replace(':generateContent', `:streamGenerateContent${sse}`)
}

function bodyOf(
  provider: string,
  file: string,
  text: string,
): [type: string, body: WireAnswer['body']] {
  if (file.endsWith('.json')) return unwrapped(text)
  if (text.includes('data:')) return ['text/event-stream', text]
  const events = text.split(/\r?\n/).filter((line) => line.startsWith('{'))
  if (provider === 'aws.bedrock')
    return ['application/vnd.amazon.eventstream', Buffer.concat(events.map(eventFrame))]
  return ['text/event-stream', events.map(serverSent).join('')]
}

/** Some were recorded with the client's wrapping around them. */
function unwrapped(text: string): [type: string, body: string] {
  const value = JSON.parse(text) as {
    response?: { data?: object }
    status?: number
    body?: unknown
  }
  if (value.response?.data !== undefined)
    return ['application/json', JSON.stringify(value.response.data)]
  if (value.status === 200 && typeof value.body === 'string') return ['text/plain', value.body]
  return ['application/json', text]
}

/** Events are named where their data names its type. */
function serverSent(data: string): string {
  const name = nameOf(data)
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`
}

function nameOf(data: string): string | undefined {
  try {
    const { type, event_type } = JSON.parse(data) as { type?: string; event_type?: string }
    return type ?? event_type
  } catch {
    // One is broken on purpose.
    return undefined
  }
}

/** One event as AWS sends it: lengths, headers, JSON, checksums. */
function eventFrame(line: string): Uint8Array {
  const [[name = '', event] = []] = Object.entries(JSON.parse(line) as object)
  const headers = Buffer.concat([
    ...header(':event-type', name),
    ...header(':content-type', 'application/json'),
    ...header(':message-type', 'event'),
  ])
  const payload = Buffer.from(JSON.stringify(event))
  const frame = Buffer.alloc(16 + headers.length + payload.length)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(headers.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  headers.copy(frame, 12)
  payload.copy(frame, 12 + headers.length)
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4)
  return frame
}

function header(name: string, value: string): Uint8Array[] {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(value))
  const isText = Buffer.from([7])
  return [Buffer.from([name.length]), Buffer.from(name), isText, length, Buffer.from(value)]
}
