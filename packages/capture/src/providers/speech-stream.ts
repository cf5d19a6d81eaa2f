import type { AnswerFacts, ProviderFailure, StreamReader } from '../provider.ts'
import { answerFacts } from './answer-facts.ts'
import { chatCounts } from './chat-usage.ts'
import { failureOf } from './failure.ts'
import { at, isObject, parseJson, pieceAt, textAt } from './json-values.ts'
import { blobPart, type Part, textPart } from './message.ts'
import { Room } from './pieces.ts'
import type { Counts } from './usage.ts'

/** A reader for streams of transcripts, of speech and of pictures in the making. */
export function speechStream(): StreamReader {
  return new SpeechReader()
}

class SpeechReader implements StreamReader {
  complete = false
  readonly #room = new Room()
  #text = ''
  #audio = ''
  #picture: string | undefined
  #counts: Counts | undefined
  #failure: ProviderFailure | undefined

  take({ event, data }: { readonly event?: string | undefined; readonly data: string }): boolean {
    const value = parseJson(data)
    if (!isObject(value)) return false
    const type = textAt(value, 'type') ?? event ?? ''
    if (type === 'error' || at(value, 'error')) this.#failure ??= failureOf(value)
    this.#counts = chatCounts(value) ?? this.#counts
    const isText = type.startsWith('transcript.text.')
    if (/\.(?:done|completed)$/.test(type)) {
      this.complete = true
      if (isText) this.#text = textAt(value, 'text') ?? this.#text
    }
    const text = isText ? (pieceAt(value, 'delta') ?? '') : ''
    const audio = pieceAt(value, 'audio') ?? ''
    this.#text = this.#room.grow(this.#text, text)
    this.#audio = this.#room.grow(this.#audio, audio)
    const picture = textAt(value, 'b64_json')
    this.#picture = picture ?? this.#picture
    return text !== '' || audio !== '' || picture !== undefined
  }

  result(): AnswerFacts {
    const parts: Part[] = []
    if (this.#text !== '') parts.push(textPart(this.#text))
    if (this.#audio !== '') parts.push(blobPart('audio', undefined, this.#audio))
    if (this.#picture !== undefined) parts.push(blobPart('image', undefined, this.#picture))
    return answerFacts({
      choices: [{ role: 'assistant', parts }],
      counts: this.#counts,
      failure: this.#failure,
    })
  }
}
