import type { AnswerFacts, ProviderFailure, StreamReader } from '../provider.ts'
import { answerFacts, type Choice } from './answer-facts.ts'
import { withSources } from './chat-answer.ts'
import { thinkingText } from './chat-request.ts'
import { chatBilled, chatCost, chatCounts } from './chat-usage.ts'
import { errorFailure } from './failure.ts'
import {
  at,
  countAt,
  isObject,
  listAt,
  objectAt,
  parseJson,
  pieceAt,
  textAt,
} from './json-values.ts'
import { blobPart, type Part, reasoningPart, refusalPart, textPart } from './message.ts'
import { Room } from './pieces.ts'
import { oldFunctionPiece, ToolCallPieces } from './tool-call-pieces.ts'
import type { Counts } from './usage.ts'

/** A reader for the streams of chat completions and of text completions. */
export function chatStream(): StreamReader {
  return new ChatReader()
}

class ChatReader implements StreamReader {
  readonly #room = new Room()
  readonly #choices = new Map<number, ChoicePieces>()
  /** How many of them have a reason to be over. */
  #finished = 0
  #done = false
  #model: string | undefined
  #id: string | undefined
  #tier: string | undefined
  #counts: Counts | undefined
  #cost: number | undefined
  #billed: Record<string, number | undefined> | undefined
  #citations: unknown
  #failure: ProviderFailure | undefined

  get complete(): boolean {
    if (this.#failure !== undefined) return false
    if (this.#done) return true
    return this.#finished > 0 && this.#finished === this.#choices.size
  }

  take({ event, data }: { readonly event?: string | undefined; readonly data: string }): boolean {
    if (data === '[DONE]') {
      this.#done = true
      return false
    }
    const chunk = parseJson(data)
    if (!isObject(chunk)) return false
    this.#facts(chunk, event)
    let holds = false
    for (const [position, choice] of listAt(chunk, 'choices').entries()) {
      if (isObject(choice) && this.#choice(choice, position)) holds = true
    }
    return holds
  }

  result(): AnswerFacts {
    const choices = [...this.#choices].sort(([one], [other]) => one - other)
    return answerFacts({
      choices: choices.map(([, pieces]) => {
        const choice = pieces.choice()
        return { ...choice, parts: withSources(choice.parts, this.#citations) }
      }),
      model: this.#model,
      id: this.#id,
      tier: this.#tier,
      counts: this.#counts,
      cost: this.#cost,
      billed: this.#billed,
      failure: this.#failure,
    })
  }

  #facts(chunk: object, event: string | undefined): void {
    this.#model = textAt(chunk, 'model') ?? this.#model
    this.#id = textAt(chunk, 'id') ?? this.#id
    this.#tier = textAt(chunk, 'service_tier') ?? this.#tier
    const counts = chatCounts(chunk)
    if (counts !== undefined) {
      this.#counts = counts
      this.#billed = chatBilled(chunk)
    }
    this.#cost = chatCost(chunk) ?? this.#cost
    this.#citations = at(chunk, 'citations') ?? this.#citations
    this.#failure ??=
      errorFailure(at(chunk, 'error')) ??
      errorFailure(at(chunk, 'choices', 0, 'error')) ??
      errorFailure(at(chunk, 'x_groq', 'error')) ??
      (event === 'error' ? errorFailure(chunk) : undefined)
  }

  #choice(choice: object, position: number): boolean {
    const pieces = this.#pieces(countAt(choice, 'index') ?? position)
    if (pieces === undefined) return false
    const wasOpen = pieces.finish === undefined
    const holds = pieces.take(choice)
    if (wasOpen && pieces.finish !== undefined) this.#finished += 1
    return holds
  }

  #pieces(index: number): ChoicePieces | undefined {
    const known = this.#choices.get(index)
    if (known !== undefined || !this.#room.slot()) return known
    const pieces = new ChoicePieces(this.#room)
    this.#choices.set(index, pieces)
    return pieces
  }
}

class ChoicePieces {
  finish: string | undefined
  readonly #room: Room
  readonly #calls: ToolCallPieces
  readonly #citations: unknown[] = []
  #role = 'assistant'
  #text = ''
  #reasoning = ''
  #refusal = ''
  #audio = ''

  constructor(room: Room) {
    this.#room = room
    this.#calls = new ToolCallPieces(room)
  }

  take(choice: object): boolean {
    this.finish = textAt(choice, 'finish_reason') ?? this.finish
    const delta = objectAt(choice, 'delta') ?? objectAt(choice, 'message')
    this.#role = textAt(delta, 'role') ?? this.#role
    const texts = this.#texts(delta, pieceAt(choice, 'text'))
    const old = oldFunctionPiece(delta)
    const calls = [...listAt(delta, 'tool_calls'), ...(old === undefined ? [] : [old])]
    return calls.filter((call) => this.#calls.add(call)).length > 0 || texts
  }

  choice(): Choice {
    const parts: Part[] = []
    if (this.#reasoning !== '') parts.push(reasoningPart(this.#reasoning))
    if (this.#text !== '') parts.push(textPart(this.#text, this.#citations))
    if (this.#refusal !== '') parts.push(refusalPart(this.#refusal))
    if (this.#audio !== '') parts.push(blobPart('audio', undefined, this.#audio))
    return { role: this.#role, parts: [...parts, ...this.#calls.parts()], finish: this.finish }
  }

  #texts(delta: unknown, completion: string | undefined): boolean {
    const content = at(delta, 'content')
    const parts = Array.isArray(content) ? content : [{ type: 'text', text: content }]
    let text = completion ?? ''
    let reasoning = pieceAt(delta, 'reasoning_content') ?? pieceAt(delta, 'reasoning') ?? ''
    for (const part of parts) {
      if (textAt(part, 'type') === 'thinking') reasoning += thinkingText(at(part, 'thinking'))
      else text += pieceAt(part, 'text') ?? ''
    }
    text += pieceAt(delta, 'audio', 'transcript') ?? ''
    const refusal = pieceAt(delta, 'refusal') ?? ''
    const audio = pieceAt(delta, 'audio', 'data') ?? ''
    this.#text = this.#room.grow(this.#text, text)
    this.#reasoning = this.#room.grow(this.#reasoning, reasoning)
    this.#refusal = this.#room.grow(this.#refusal, refusal)
    this.#audio = this.#room.grow(this.#audio, audio)
    for (const citation of listAt(delta, 'annotations')) {
      if (this.#room.slot()) this.#citations.push(citation)
    }
    return (text || reasoning || refusal || audio) !== ''
  }
}
