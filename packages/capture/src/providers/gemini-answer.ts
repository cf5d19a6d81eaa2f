import type { AnswerFacts, ProviderFailure, StreamReader } from '../provider.ts'
import type { Choice } from './answer-facts.ts'
import { answerFacts } from './answer-facts.ts'
import { failureOf } from './failure.ts'
import { GeminiCalls } from './gemini-calls.ts'
import { geminiCall, geminiPart } from './gemini-parts.ts'
import { geminiBilled, geminiCounts } from './gemini-usage.ts'
import {
  at,
  countAt,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  parseJson,
  pieceAt,
  textAt,
} from './json-values.ts'
import { type Part, reasoningPart, refusalPart, textPart } from './message.ts'
import { Room } from './pieces.ts'

/** A whole answer of Gemini's: an object, or the list of chunks that a stream without SSE is. */
export function geminiAnswer(body: unknown): AnswerFacts {
  const reader = new GeminiReader()
  for (const chunk of Array.isArray(body) ? body : [body]) reader.add(chunk)
  return reader.result()
}

/** A reader for the streams of Gemini. */
export function geminiStream(): StreamReader {
  return new GeminiReader()
}

class GeminiReader implements StreamReader {
  readonly #room = new Room()
  readonly #candidates = new Map<number, CandidatePieces>()
  readonly #usage: Record<string, unknown> = {}
  /** How many candidates have a reason to be over. */
  #finished = 0
  #model: string | undefined
  #id: string | undefined
  #blocked: JsonObject | undefined
  #failure: ProviderFailure | undefined

  get complete(): boolean {
    if (this.#failure !== undefined) return false
    const ended = this.#finished > 0 && this.#finished === this.#candidates.size
    return ended || this.#blocked !== undefined
  }

  take({ data }: { readonly data: string }): boolean {
    return this.add(parseJson(data))
  }

  add(given: unknown): boolean {
    const chunk = objectAt(given, 'response') ?? given
    if (Array.isArray(chunk)) return chunk.map((one) => this.add(one)).some(Boolean)
    if (!isObject(chunk)) return false
    this.#room.put(this.#usage, objectAt(chunk, 'usageMetadata'))
    this.#model = textAt(chunk, 'modelVersion') ?? this.#model
    this.#id = textAt(chunk, 'responseId') ?? this.#id
    if (textAt(chunk, 'promptFeedback', 'blockReason') !== undefined)
      this.#blocked = objectAt(chunk, 'promptFeedback')
    if (at(chunk, 'error')) this.#failure ??= failureOf(chunk)
    let holds = false
    for (const [position, candidate] of listAt(chunk, 'candidates').entries()) {
      if (isObject(candidate) && this.#candidate(candidate, position)) holds = true
    }
    return holds
  }

  result(): AnswerFacts {
    const candidates = [...this.#candidates].sort(([one], [other]) => one - other)
    const usage = this.#usage
    return answerFacts({
      choices: candidates.length === 0 ? this.#refused() : candidates.map(([, it]) => it.choice()),
      model: this.#model,
      id: this.#id,
      tier: textAt(usage, 'trafficType') ?? textAt(usage, 'serviceTier'),
      counts: geminiCounts(usage),
      billed: geminiBilled(usage),
      failure: this.#failure,
    })
  }

  #candidate(candidate: JsonObject, position: number): boolean {
    const pieces = this.#pieces(countAt(candidate, 'index') ?? position)
    if (pieces === undefined) return false
    const wasOpen = pieces.finish === undefined
    const holds = pieces.take(candidate)
    if (wasOpen && pieces.finish !== undefined) this.#finished += 1
    return holds
  }

  #pieces(index: number): CandidatePieces | undefined {
    const known = this.#candidates.get(index)
    if (known !== undefined || !this.#room.slot()) return known
    const pieces = new CandidatePieces(this.#room)
    this.#candidates.set(index, pieces)
    return pieces
  }

  /** A prompt that was blocked has no candidates. */
  #refused(): Choice[] {
    const finish = textAt(this.#blocked, 'blockReason')
    if (finish === undefined) return []
    const message = textAt(this.#blocked, 'blockReasonMessage')
    const parts = message === undefined ? [] : [refusalPart(message)]
    return [{ role: 'assistant', parts, finish, reason: 'content_filter' }]
  }
}

/** A piece of text or of thought, or a part that is whole. */
type Piece =
  | { readonly kind: 'text' | 'thought'; content: string }
  | { readonly kind: 'call'; readonly call: JsonObject }
  | { readonly kind: 'part'; readonly part: Part }

class CandidatePieces {
  finish: string | undefined
  readonly #room: Room
  readonly #calls: GeminiCalls
  readonly #pieces: Piece[] = []
  #sources: readonly unknown[] = []

  constructor(room: Room) {
    this.#room = room
    this.#calls = new GeminiCalls(room)
  }

  take(candidate: JsonObject): boolean {
    this.finish = textAt(candidate, 'finishReason') ?? this.finish
    const sources = sourcesOf(candidate)
    if (sources.length > 0) this.#sources = sources
    const text = textAt(candidate, 'output')
    const parts = text === undefined ? listAt(candidate, 'content', 'parts') : [{ text }]
    return parts.map((part) => this.#part(part)).some(Boolean)
  }

  choice(): Choice {
    const last = this.#pieces.findLast(({ kind }) => kind === 'text')
    const parts = this.#pieces.map((piece) => partOf(piece, piece === last ? this.#sources : []))
    return { role: 'assistant', parts, finish: this.finish }
  }

  #part(part: unknown): boolean {
    const text = pieceAt(part, 'text')
    if (text !== undefined)
      return this.#text(at(part, 'thought') === true ? 'thought' : 'text', text)
    const piece = objectAt(part, 'functionCall')
    if (piece === undefined) return isObject(part) && this.#whole(part)
    const call = this.#calls.take(piece)
    if (call !== undefined && this.#room.slot()) this.#pieces.push({ kind: 'call', call })
    return true
  }

  #text(kind: 'text' | 'thought', text: string): boolean {
    if (text === '') return false
    const last = this.#pieces.at(-1)
    if (last?.kind === kind) {
      last.content = this.#room.grow(last.content, text)
      return true
    }
    if (this.#room.slot()) this.#pieces.push({ kind, content: this.#room.grow('', text) })
    return true
  }

  #whole(part: JsonObject): boolean {
    const keys = Object.keys(part)
    if (keys.length === 0 || keys.every((key) => key === 'thoughtSignature' || key === 'thought'))
      return false
    if (this.#room.slot()) this.#pieces.push({ kind: 'part', part: geminiPart(part) })
    return true
  }
}

function partOf(piece: Piece, sources: readonly unknown[]): Part {
  switch (piece.kind) {
    case 'text':
      return textPart(piece.content, sources)
    case 'thought':
      return reasoningPart(piece.content)
    case 'call':
      return geminiCall(piece.call)
    default:
      return piece.part
  }
}

/** What an answer is grounded on, and what it quotes. */
function sourcesOf(candidate: JsonObject): readonly unknown[] {
  return [
    ...listAt(candidate, 'groundingMetadata', 'groundingChunks'),
    ...listAt(candidate, 'citationMetadata', 'citationSources'),
    ...listAt(candidate, 'citationMetadata', 'citations'),
  ]
}
