import type { AnswerFacts } from '../provider.ts'

/** Reads a body that is no answer, as far as it is looked at: a page, or an HTTP error. */
export class WholeText {
  readonly #limit: number
  readonly #factsOf: (text: string) => AnswerFacts
  readonly #decoder = new TextDecoder()
  #text = ''

  /** `limit` in characters; `factsOf` says what the text means, at its end. */
  constructor(limit: number, factsOf: (text: string) => AnswerFacts) {
    this.#limit = limit
    this.#factsOf = factsOf
  }

  /** The wire text as far as it is held. */
  get wireText(): string {
    return this.#text
  }

  /** Its end is told by the connection alone. */
  readonly isOver = false
  readonly isLines = false

  /** The text of the next piece. */
  decode(piece: Uint8Array): string {
    return this.#decoder.decode(piece, { stream: true })
  }

  /** Takes the text of a piece; nothing of it is an answer. */
  take(text: string): boolean {
    this.#text += text.slice(0, this.#limit - this.#text.length)
    return false
  }

  /** What the text means. */
  result(): { readonly facts: AnswerFacts; readonly complete: boolean } {
    return { facts: this.#factsOf(this.#text), complete: true }
  }
}
