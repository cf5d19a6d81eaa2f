import type { AnswerFacts, RequestFacts, StreamReader } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { anthropicRequest, MESSAGES } from './anthropic.ts'
import { ConverseReader, converseAnswer, converseRequest } from './bedrock-converse.ts'
import { CHAT, COMPLETIONS } from './chat.ts'
import { chatRequest } from './chat-request.ts'
import { COHERE_CHAT } from './cohere.ts'
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
import { type Part, textPart } from './message.ts'
import { Room } from './pieces.ts'
import { type Counts, plus } from './usage.ts'

const API = 'bedrock.invoke'
const CONTENT: ReadonlySet<string> = new Set(['prompt', 'inputText', 'message', 'texts', 'images'])
const METRICS = 'amazon-bedrock-invocationMetrics'

/** What the body of InvokeModel asks for; each family of models has its own form. */
export function invokeRequest(body: unknown, model: string, stream: boolean): RequestFacts {
  if (model.includes('anthropic.')) return anthropicRequest(body, { api: API, model, stream })
  if (isObject(at(body, 'inferenceConfig')))
    return { ...converseRequest(body, model, stream), api: API }
  if (Array.isArray(at(body, 'messages'))) return { ...chatRequest(body, API, model), stream }
  const texts = ['prompt', 'inputText', 'message', 'texts'].flatMap((key) => at(body, key) ?? [])
  const parts = texts.filter((text) => typeof text === 'string').map((text) => textPart(text))
  return defined({
    api: API,
    operation: /embed/.test(model) ? 'embeddings' : 'text_completion',
    model,
    stream,
    params: { ...without(body, CONTENT), ...without(at(body, 'textGenerationConfig'), new Set()) },
    input: parts.length === 0 ? undefined : [{ role: 'user', parts }],
  })
}

/** What InvokeModel returned, whichever family answered. */
export function invokeAnswer(body: unknown): AnswerFacts {
  if (isObject(body) && 'stopReason' in body) return converseAnswer(body)
  const format = [MESSAGES, CHAT, COMPLETIONS, COHERE_CHAT].find((it) => it.recognises(body))
  return format?.answer(body) ?? plainAnswer([body], textsOf(body), undefined)
}

function plainAnswer(
  chunks: readonly unknown[],
  text: string,
  metrics: JsonObject | undefined,
): AnswerFacts {
  const last = chunks.at(-1)
  const vectors = [at(last, 'embedding'), ...listAt(last, 'embeddings')].filter(Array.isArray)
  const parts: Part[] = text === '' ? [] : [textPart(text)]
  if (vectors.length > 0) parts.push({ type: 'embeddings', count: vectors.length })
  return answerFacts({
    choices: [{ role: 'assistant', parts, finish: finishOf(last) }],
    counts: metricCounts(metrics) ?? countsOf(last),
  })
}

function textsOf(body: unknown): string {
  const text =
    pieceAt(body, 'generation') ?? pieceAt(body, 'outputText') ?? pieceAt(body, 'completion')
  if (text !== undefined) return text
  const lists = [
    ...listAt(body, 'results'),
    ...listAt(body, 'outputs'),
    ...listAt(body, 'generations'),
  ]
  return lists.map((it) => textAt(it, 'outputText') ?? textAt(it, 'text') ?? '').join('')
}

function finishOf(body: unknown): string | undefined {
  const first = at(body, 'results', 0) ?? at(body, 'outputs', 0) ?? body
  return (
    textAt(first, 'stop_reason') ??
    textAt(first, 'completionReason') ??
    textAt(first, 'finish_reason')
  )
}

function countsOf(body: unknown): Counts {
  const tokens = listAt(body, 'results').map((it) => countAt(it, 'tokenCount') ?? 0)
  const results = tokens.length === 0 ? undefined : tokens.reduce((total, one) => total + one, 0)
  return {
    input: countAt(body, 'prompt_token_count') ?? countAt(body, 'inputTextTokenCount'),
    output:
      countAt(body, 'generation_token_count') ??
      countAt(body, 'totalOutputTextTokenCount') ??
      results,
  }
}

/** What Bedrock itself counted; cached input apart. */
function metricCounts(metrics: JsonObject | undefined): Counts | undefined {
  if (metrics === undefined) return undefined
  const cacheRead = countAt(metrics, 'cacheReadInputTokenCount')
  const cacheWrite = countAt(metrics, 'cacheWriteInputTokenCount')
  return {
    input: plus(countAt(metrics, 'inputTokenCount'), cacheRead, cacheWrite),
    output: countAt(metrics, 'outputTokenCount'),
    cacheRead,
    cacheWrite,
  }
}

/** Puts the chunks of InvokeModelWithResponseStream together: events with bytes of JSON, or that JSON. */
export class InvokeReader {
  complete = false
  readonly #room = new Room()
  #inner: StreamReader | ConverseReader | undefined
  #text = ''
  readonly #last: Record<string, unknown> = {}
  #metrics: JsonObject | undefined
  #exception: ConverseReader | undefined

  /** Takes one event; true where it holds something of the answer. */
  add(event: unknown): boolean {
    const chunk = chunkOf(event)
    if (!isObject(chunk)) return false
    if (Object.keys(chunk).some((key) => key.endsWith('Exception'))) {
      this.#exception = new ConverseReader()
      this.#exception.add(chunk)
      return false
    }
    this.#metrics = objectAt(chunk, METRICS) ?? this.#metrics
    this.#inner ??= innerReader(chunk)
    const holds = this.#inner === undefined ? this.#plain(chunk) : feed(this.#inner, chunk)
    this.complete ||= this.#inner?.complete ?? this.#metrics !== undefined
    return holds
  }

  result(): AnswerFacts {
    const answer = this.#inner?.result() ?? plainAnswer([this.#last], this.#text, this.#metrics)
    const failure = this.#exception?.result().failure
    return failure === undefined ? answer : { ...answer, failure }
  }

  #plain(chunk: JsonObject): boolean {
    const text = textsOf(chunk)
    this.#text = this.#room.grow(this.#text, text)
    const { [METRICS]: _, ...rest } = chunk
    this.#room.put(this.#last, rest)
    return text !== ''
  }
}

function chunkOf(event: unknown): unknown {
  const bytes = at(event, 'chunk', 'bytes')
  if (bytes instanceof Uint8Array) return parseJson(new TextDecoder().decode(bytes))
  if (typeof bytes === 'string') return parseJson(Buffer.from(bytes, 'base64').toString())
  return event
}

const CONVERSE_EVENTS = ['messageStart', 'contentBlockStart', 'contentBlockDelta']

function innerReader(chunk: JsonObject): StreamReader | ConverseReader | undefined {
  if (textAt(chunk, 'type') !== undefined && ('message' in chunk || 'delta' in chunk))
    return MESSAGES.stream()
  if (CONVERSE_EVENTS.some((name) => name in chunk)) return new ConverseReader()
  return Array.isArray(chunk.choices) ? CHAT.stream() : undefined
}

function feed(reader: StreamReader | ConverseReader, chunk: JsonObject): boolean {
  return reader instanceof ConverseReader
    ? reader.add(chunk)
    : reader.take({ data: JSON.stringify(chunk) })
}
