import type { AnswerFacts, RequestFacts } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { deploymentOf } from './chat.ts'
import { chatBilled, chatCounts } from './chat-usage.ts'
import { errorFailure } from './failure.ts'
import type { Format } from './format.ts'
import { at, defined, isObject, listAt, textAt, without } from './json-values.ts'
import { blobPart, type Message, type Part, textPart, unknownPart, uriPart } from './message.ts'
import { speechStream } from './speech-stream.ts'

const CONTENT: ReadonlySet<string> = new Set([
  'model',
  'input',
  'prompt',
  'query',
  'documents',
  'stream',
  'instructions',
  'image',
  'images',
  'mask',
])

/** Which path is which operation. */
const OPERATIONS: readonly (readonly [RegExp, string])[] = [
  [/\/embeddings$/, 'embeddings'],
  [/\/images\/(?:generations|edits|variations)$/, 'image_generation'],
  [/\/audio\/transcriptions$/, 'transcription'],
  [/\/audio\/translations$/, 'translation'],
  [/\/audio\/speech$/, 'speech'],
  [/\/moderations$/, 'moderation'],
  [/\/rerank$/, 'rerank'],
]

/** Embeddings, images, sound, moderation and ranking, as OpenAI and those compatible with it word them. Uploads are no JSON, so their model is not known. */
export const MEDIA: Format = {
  api: 'openai.media',
  paths: (pathname) => OPERATIONS.some(([path]) => path.test(pathname)),
  request: mediaRequest,
  recognises: (body) =>
    isObject(body) && (Array.isArray(body.data) || typeof body.text === 'string'),
  answer: mediaAnswer,
  stream: speechStream,
}

function mediaRequest(url: URL, body: unknown): RequestFacts {
  const instructions = textAt(body, 'instructions')
  return defined({
    api: 'openai.media',
    operation: OPERATIONS.find(([path]) => path.test(url.pathname))?.[1] ?? 'unknown',
    model: textAt(body, 'model') ?? deploymentOf(url) ?? 'unknown',
    stream: at(body, 'stream') === true || textAt(body, 'stream_format') === 'sse',
    params: without(body, CONTENT),
    system: instructions === undefined ? undefined : [textPart(instructions)],
    input: inputOf(body),
  })
}

function inputOf(body: unknown): Message[] | undefined {
  const input = at(body, 'input') ?? at(body, 'prompt') ?? at(body, 'query')
  if (input === undefined) return undefined
  const items = Array.isArray(input) && typeof input[0] !== 'number' ? input : [input]
  const parts = [...items, ...listAt(body, 'documents')].map(inputPart)
  return [{ role: 'user', parts }]
}

function inputPart(item: unknown): Part {
  if (typeof item === 'string') return textPart(item)
  return Array.isArray(item) ? { type: 'tokens', tokens: item } : unknownPart(item)
}

function mediaAnswer(body: unknown): AnswerFacts {
  if (typeof body === 'string') return spoken(body)
  const data = listAt(body, 'data')
  const text = textAt(body, 'text')
  return answerFacts({
    choices: [
      {
        role: 'assistant',
        parts: text === undefined ? [...dataParts(data), ...verdicts(body)] : [textPart(text)],
      },
    ],
    model: textAt(body, 'model'),
    id: textAt(body, 'id'),
    counts: chatCounts(body),
    billed: { ...chatBilled(body), audio_seconds: secondsOf(body) },
    failure: errorFailure(at(body, 'error')),
  })
}

/** Sound is paid for by its length: as it is billed, or as it is said beside a transcript. */
function secondsOf(body: unknown): number | undefined {
  const seconds = at(body, 'usage', 'seconds') ?? at(body, 'duration')
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : undefined
}

/** Moderation judges, ranking orders: each result is a part. */
function verdicts(body: unknown): Part[] {
  return listAt(body, 'results').map((result) =>
    at(result, 'relevance_score') === undefined
      ? { type: 'moderation', moderation: result }
      : { type: 'rank', rank: result },
  )
}

function spoken(text: string): AnswerFacts {
  const said = text.trim()
  return said === ''
    ? {}
    : answerFacts({ choices: [{ role: 'assistant', parts: [textPart(said)] }] })
}

/** Pictures as they are; of vectors only how many there are and how long. */
function dataParts(data: readonly unknown[]): Part[] {
  const vectors = data.filter((item) => at(item, 'embedding') !== undefined)
  const dimensions = lengthOf(at(vectors[0], 'embedding'))
  const pictures = data.flatMap(picture)
  if (vectors.length === 0) return pictures
  return [
    defined({ type: 'embeddings', count: vectors.length, dimensions: dimensions || undefined }),
  ]
}

/** A vector is a list, or in base64 its numbers of four bytes each, as OpenAI's clients ask for it. */
function lengthOf(vector: unknown): number {
  if (Array.isArray(vector)) return vector.length
  return typeof vector === 'string' ? Math.floor(Buffer.byteLength(vector, 'base64') / 4) : 0
}

function picture(item: unknown): Part[] {
  const content = textAt(item, 'b64_json')
  const url = textAt(item, 'url')
  if (content !== undefined) return [blobPart('image', undefined, content)]
  return url === undefined ? [] : [uriPart('image', url)]
}
