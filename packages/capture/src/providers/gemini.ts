import type { AnswerFacts, Provider, RequestFacts } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { MESSAGES } from './anthropic.ts'
import { decoded } from './chat.ts'
import { createProvider } from './create-provider.ts'
import { errorFailure } from './failure.ts'
import { deafReader, type Format } from './format.ts'
import { geminiAnswer, geminiStream } from './gemini-answer.ts'
import { geminiMessage, geminiParts } from './gemini-parts.ts'
import { INTERACTIONS } from './interactions.ts'
import { at, countAt, defined, isObject, listAt, textAt, without } from './json-values.ts'
import { blobPart, type Message, type Part, textPart, unknownPart } from './message.ts'
import { OPENAI_FORMATS } from './openai.ts'

const GENERATE = /:(generateContent|streamGenerateContent)$/
const EMBED = /:(embedContent|batchEmbedContents|asyncBatchEmbedContent|predict|generateImages)$/
const MODEL = /\/(?:models|tunedModels|endpoints|reasoningEngines)\/([^/:]+):[A-Za-z]+$/
const CONTENT: ReadonlySet<string> = new Set([
  'contents',
  'systemInstruction',
  'system_instruction',
  'tools',
  'generationConfig',
  'cachedContent',
  'model',
])

/** Gemini's generateContent, of AI Studio and of Vertex. */
const CONTENTS: Format = {
  api: 'gemini.generate_content',
  paths: (pathname) => GENERATE.test(pathname),
  request: generateRequest,
  recognises: (body) => {
    const first = Array.isArray(body) ? body[0] : body
    return Array.isArray(at(first, 'candidates')) || isObject(at(first, 'promptFeedback'))
  },
  answer: geminiAnswer,
  stream: geminiStream,
}

/** Embeddings, and what Vertex predicts: embeddings and pictures. */
const PREDICTIONS: Format = {
  api: 'gemini.predict',
  paths: (pathname) => EMBED.test(pathname),
  request: predictRequest,
  recognises: (body) =>
    Array.isArray(at(body, 'predictions')) ||
    Array.isArray(at(body, 'embedding', 'values')) ||
    Array.isArray(at(body, 'embeddings', 0, 'values')),
  answer: predictAnswer,
  stream: deafReader,
}

/** Gemini's API of AI Studio. */
export const GEMINI: Provider = createProvider({
  name: 'gcp.gemini',
  hosts: ['generativelanguage.googleapis.com'],
  formats: [CONTENTS, PREDICTIONS, INTERACTIONS, ...OPENAI_FORMATS],
})

/** Vertex AI: Gemini, Claude, and what is compatible with OpenAI. */
export const VERTEX: Provider = createProvider({
  name: 'gcp.vertex_ai',
  hosts: [
    'aiplatform.googleapis.com',
    /^[a-z0-9-]+-aiplatform\.googleapis\.com$/,
    '.rep.googleapis.com',
  ],
  formats: [CONTENTS, MESSAGES, PREDICTIONS, INTERACTIONS, ...OPENAI_FORMATS],
})

/** Formats of Google's own. */
export const GEMINI_FORMATS: readonly Format[] = [CONTENTS, PREDICTIONS, INTERACTIONS]

function generateRequest(url: URL, body: unknown): RequestFacts {
  const contents = at(body, 'contents')
  const system = at(body, 'systemInstruction') ?? at(body, 'system_instruction')
  return defined({
    api: 'gemini.generate_content',
    operation: 'generate_content',
    model: modelOf(url, body),
    stream: url.pathname.endsWith(':streamGenerateContent'),
    params: { ...without(body, CONTENT), ...without(at(body, 'generationConfig'), new Set()) },
    system: system === undefined ? undefined : geminiParts(system),
    input: contents === undefined ? undefined : messagesOf(contents),
    tools: at(body, 'tools') ?? undefined,
    state: stateOf(body, contents),
  })
}

function modelOf(url: URL, body: unknown): string {
  const inPath = MODEL.exec(url.pathname)?.[1]
  const inBody = textAt(body, 'model')?.split('/').at(-1)
  return (inPath === undefined ? inBody : decoded(inPath)) ?? 'unknown'
}

function messagesOf(contents: unknown): Message[] {
  return (Array.isArray(contents) ? contents : [contents]).map(geminiMessage)
}

function stateOf(body: unknown, contents: unknown): Record<string, string> | undefined {
  const list = Array.isArray(contents) ? contents : [contents]
  const files = list.flatMap((content) =>
    listAt(content, 'parts').flatMap((part) => textAt(part, 'fileData', 'fileUri') ?? []),
  )
  const state = defined({
    cached_content: textAt(body, 'cachedContent'),
    file_ids: files.length === 0 ? undefined : files.join(','),
  })
  return Object.keys(state).length === 0 ? undefined : (state as Record<string, string>)
}

function predictRequest(url: URL, body: unknown): RequestFacts {
  const instances = listAt(body, 'instances')
  const requests = listAt(body, 'requests')
  const contents =
    requests.length === 0 ? [at(body, 'content')] : requests.map((it) => at(it, 'content'))
  const parts = instances.length === 0 ? contents.flatMap(geminiParts) : instances.map(instancePart)
  const model = modelOf(url, body)
  return defined({
    api: 'gemini.predict',
    operation: /imagen|generateImages/.test(url.pathname) ? 'image_generation' : 'embeddings',
    model,
    stream: false,
    params: without(body, new Set(['instances', 'requests', 'content', 'model'])),
    input: parts.length === 0 ? undefined : [{ role: 'user', parts }],
  })
}

function instancePart(instance: unknown): Part {
  const text = textAt(instance, 'content') ?? textAt(instance, 'prompt')
  return text === undefined ? unknownPart(instance) : textPart(text)
}

function predictAnswer(body: unknown): AnswerFacts {
  const predictions = listAt(body, 'predictions')
  const single = at(body, 'embedding')
  const embeddings = single === undefined ? listAt(body, 'embeddings') : [single]
  const vectors = [...embeddings, ...predictions.flatMap((it) => at(it, 'embeddings') ?? [])]
  const dimensions = listAt(vectors[0], 'values').length
  const pictures = predictions.flatMap((prediction) => {
    const data = textAt(prediction, 'bytesBase64Encoded')
    return data === undefined ? [] : [blobPart('image', textAt(prediction, 'mimeType'), data)]
  })
  const counted = vectors.map((vector) => countAt(vector, 'statistics', 'token_count'))
  const parts: Part[] =
    vectors.length === 0
      ? pictures
      : [
          defined({
            type: 'embeddings',
            count: vectors.length,
            dimensions: dimensions || undefined,
          }),
        ]
  const input = countAt(body, 'usageMetadata', 'promptTokenCount') ?? sum(counted)
  return answerFacts({
    choices: [{ role: 'assistant', parts }],
    counts: { input, output: input === undefined ? undefined : 0 },
    failure: errorFailure(at(body, 'error')),
  })
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  if (counts.length === 0 || counts.includes(undefined)) return undefined
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0)
}
