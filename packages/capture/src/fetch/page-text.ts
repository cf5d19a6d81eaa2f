import type { AnswerFacts } from '../provider.ts'

/** Characters of a page that are looked at. */
const MAX_LOOKED_AT = 4096
const MAX_TITLE = 200

/** Whether a response is a page for people: what a proxy, a login or a wrong address answers in place of a model. */
export function isPage(contentType: string): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType)
}

/** Reads such a page as far as it says what it is; that it came in place of an answer is an error. */
export class PageText {
  readonly #contentType: string
  readonly #decoder = new TextDecoder()
  #text = ''

  constructor(contentType: string) {
    this.#contentType = contentType
  }

  /** The wire text as far as it is held. */
  get wireText(): string {
    return this.#text
  }

  readonly isOver = false
  readonly isLines = false

  /** The text of the next piece. */
  decode(piece: Uint8Array): string {
    return this.#decoder.decode(piece, { stream: true })
  }

  /** Takes the text of a piece; nothing of it is an answer. */
  take(text: string): boolean {
    const room = MAX_LOOKED_AT - this.#text.length
    if (room > 0) this.#text += text.slice(0, room)
    return false
  }

  /** What was expected, and what came. */
  result(): { readonly facts: AnswerFacts; readonly complete: boolean } {
    const title = titleOf(this.#text)
    const said = title === '' ? '' : `, titled “${title}”`
    const type = this.#contentType.split(';', 1)[0]?.trim()
    const message = `Expected a model's answer as JSON or events, got a page (${type}${said}); look at the base URL and at proxies on the way`
    return { facts: { failure: { type: 'UnexpectedAnswer', message } }, complete: true }
  }
}

function titleOf(page: string): string {
  const [, title = ''] = /<title[^>]{0,200}>([^<]{0,1000})/i.exec(page) ?? []
  return title.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_TITLE)
}
