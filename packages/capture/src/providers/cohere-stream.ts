import type { AnswerFacts, ProviderFailure, StreamReader } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { cohereAnswer, cohereUsage } from './cohere-answer.ts'
import { errorFailure } from './failure.ts'
import {
  at,
  countAt,
  isObject,
  type JsonObject,
  objectAt,
  parseJson,
  pieceAt,
  textAt,
} from './json-values.ts'
import { type Part, reasoningPart, textPart } from './message.ts'
import { Room } from './pieces.ts'
import { ToolCallPieces } from './tool-call-pieces.ts'

/** A reader for the streams of Cohere's chat, of either version. */
export function cohereStream(): StreamReader {
  return new CohereReader()
}

interface Content {
  readonly type: string
  text: string
  readonly citations: unknown[]
}

class CohereReader implements StreamReader {
  complete = false
  readonly #room = new Room()
  readonly #calls: ToolCallPieces = new ToolCallPieces(this.#room)
  readonly #contents = new Map<number, Content>()
  #plan = ''
  #id: string | undefined
  #finish: string | undefined
  #usage: unknown
  #failure: ProviderFailure | undefined
  /** The first version repeats the whole answer at the end. */
  #whole: JsonObject | undefined

  take({ event, data }: { readonly event?: string | undefined; readonly data: string }): boolean {
    const value = parseJson(data)
    if (!isObject(value)) return false
    this.#id = textAt(value, 'id') ?? textAt(value, 'generation_id') ?? this.#id
    const type = textAt(value, 'type') ?? textAt(value, 'event_type') ?? event
    const index = countAt(value, 'index') ?? 0
    const message = at(value, 'delta', 'message')
    switch (type) {
      case 'content-start':
      case 'content-delta':
        return this.#content(index, at(message, 'content'))
      case 'tool-plan-delta':
        return this.#planned(pieceAt(message, 'tool_plan') ?? '')
      case 'tool-call-start':
      case 'tool-call-delta':
        return this.#calls.add({ index, ...objectAt(message, 'tool_calls') })
      case 'citation-start':
        this.#cite(countAt(message, 'citations', 'content_index') ?? 0, at(message, 'citations'))
        return false
      case 'message-end':
      case 'stream-end':
        this.#end(value)
        return false
      case 'text-generation':
        return this.#content(0, { type: 'text', text: at(value, 'text') })
      default:
        this.#failure ??= type === 'error' ? errorFailure(value) : errorFailure(at(value, 'error'))
        return false
    }
  }

  result(): AnswerFacts {
    if (this.#whole !== undefined) return cohereAnswer(this.#whole)
    const contents = [...this.#contents].sort(([one], [other]) => one - other)
    const parts: Part[] = contents.map(([, { type, text, citations }]) =>
      type === 'thinking' ? reasoningPart(text) : textPart(text, citations),
    )
    if (this.#plan !== '') parts.unshift(reasoningPart(this.#plan))
    return answerFacts({
      choices: [
        { role: 'assistant', parts: [...parts, ...this.#calls.parts()], finish: this.#finish },
      ],
      id: this.#id,
      ...cohereUsage(this.#usage),
      failure: this.#failure,
    })
  }

  #content(index: number, content: unknown): boolean {
    const text = pieceAt(content, 'thinking') ?? pieceAt(content, 'text') ?? ''
    const isThought = pieceAt(content, 'thinking') !== undefined
    const known = this.#contents.get(index)
    if (known !== undefined) known.text = this.#room.grow(known.text, text)
    else if (this.#room.slot()) {
      const type = textAt(content, 'type') ?? (isThought ? 'thinking' : 'text')
      this.#contents.set(index, { type, text: this.#room.grow('', text), citations: [] })
    }
    return text !== ''
  }

  #planned(piece: string): boolean {
    this.#plan = this.#room.grow(this.#plan, piece)
    return piece !== ''
  }

  #cite(index: number, citation: unknown): void {
    if (isObject(citation) && this.#room.slot()) this.#contents.get(index)?.citations.push(citation)
  }

  #end(value: JsonObject): void {
    const delta = objectAt(value, 'delta')
    this.#whole = objectAt(value, 'response')
    this.#finish = textAt(delta, 'finish_reason') ?? textAt(value, 'finish_reason')
    this.#usage = delta
    this.#failure ??= errorFailure(at(delta, 'error'))
    this.complete = this.#failure === undefined
  }
}
