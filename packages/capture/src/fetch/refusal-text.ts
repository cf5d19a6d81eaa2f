import type { AnswerFacts, Provider } from '../provider.ts'
import { READ_AHEAD_BYTES } from './refusal-body.ts'

/** Reads the body of an HTTP error, as far as errors are long. */
export class RefusalText {
  readonly #provider: Provider
  readonly #decoder = new TextDecoder()
  #text = ''

  constructor(provider: Provider) {
    this.#provider = provider
  }

  /** The wire text. */
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
    this.#text += text.slice(0, READ_AHEAD_BYTES - this.#text.length)
    return false
  }

  /** What the provider says is wrong. */
  result(): { readonly facts: AnswerFacts; readonly complete: boolean } {
    const failure = this.#provider.failure(parsed(this.#text))
    return { facts: failure === undefined ? {} : { failure }, complete: true }
  }
}

/** Parsed JSON, or the text where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
