import { createParser, type EventSourceParser } from 'eventsource-parser'

/** The parser looks for both line ends from each line on, to the end of what it is given: so it is given little where one may be missing. */
const SLICE = 4096

/** Cuts text that comes in pieces into server-sent events. */
export class EventSplitter {
  readonly #parser: EventSourceParser
  /** An event is larger than events may be: what comes is left out up to the next line. */
  #isSkipping = false

  /** Events of more than `most` characters are left out. */
  constructor(most: number, take: (event: string | undefined, data: string) => void) {
    this.#parser = createParser({
      maxBufferSize: most,
      onEvent: ({ event, data }) => take(event, data),
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') this.#isSkipping = true
      },
    })
  }

  feed(text: string): void {
    const size = text.includes('\r') ? SLICE : text.length
    for (let from = 0; from < text.length; from += size) this.#feed(text.slice(from, from + size))
  }

  #feed(text: string): void {
    if (!this.#isSkipping) {
      this.#parser.feed(text)
      return
    }
    const end = text.search(/[\r\n]/)
    if (end < 0) return
    this.#isSkipping = false
    this.#parser.reset()
    this.#parser.feed(text.slice(end))
  }
}
