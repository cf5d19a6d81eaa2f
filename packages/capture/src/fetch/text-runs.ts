import type { StreamReader } from '../provider.ts'

/** The keys of texts that readers add to what they hold. */
const TEXT = /"(?:content|text|reasoning_content|reasoning|thinking)":"([^"\\\p{Cc}]*)"/u
/** A text that can stand in a JSON string as it is. */
const PLAIN = /^[^"\\\p{Cc}]*$/u
/** What OpenAI adds to hide how long a text is; it is the last key of an event. */
const PADDING = /,"obfuscation":"[^"\\]*"\}$/
/** Characters that are put together at most. */
const MAX_RUN = 65_536
/** After this many events that are no run none is looked for any more. */
const MAX_MISSES = 32

interface Run {
  readonly event: string | undefined
  readonly before: string
  readonly after: string
  text: string
}

/**
 * Most events of a stream are the one before with another piece of text: those are put together and read as one, so that
 * each need not be parsed. A reader cannot tell the difference, as what it adds up is the same.
 */
export class TextRuns {
  readonly #reader: StreamReader
  #run: Run | undefined
  #pending = false
  #misses = 0

  constructor(reader: StreamReader) {
    this.#reader = reader
  }

  /** Takes an event; true where it holds something of the answer. */
  take(event: string | undefined, data: string): boolean {
    const piece = this.#pieceOf(event, data)
    if (piece !== undefined && this.#run !== undefined) {
      this.#run.text += piece
      this.#pending = true
      this.#misses = 0
      if (this.#run.text.length > MAX_RUN) this.flush()
      return piece !== ''
    }
    this.flush()
    const held = this.#reader.take({ event, data })
    if (this.#misses < MAX_MISSES) this.#begin(event, data)
    return held
  }

  /** Gives the reader what was put together. */
  flush(): void {
    const run = this.#run
    if (run === undefined || !this.#pending) return
    this.#reader.take({ event: run.event, data: `${run.before}${run.text}${run.after}` })
    run.text = ''
    this.#pending = false
  }

  #begin(event: string | undefined, data: string): void {
    this.#misses += 1
    const whole = withoutPadding(data)
    const found = TEXT.exec(whole)
    const text = found?.[1]
    if (found === null || text === undefined) {
      this.#run = undefined
      return
    }
    const end = found.index + found[0].length - 1
    this.#run = {
      event,
      before: whole.slice(0, end - text.length),
      after: whole.slice(end),
      text: '',
    }
  }

  /** The text of an event that is like the one before but for it. */
  #pieceOf(event: string | undefined, data: string): string | undefined {
    const run = this.#run
    if (run === undefined || event !== run.event || !data.startsWith(run.before)) return undefined
    const whole = withoutPadding(data)
    if (!whole.endsWith(run.after) || whole.length < run.before.length + run.after.length)
      return undefined
    const text = whole.slice(run.before.length, whole.length - run.after.length)
    return PLAIN.test(text) ? text : undefined
  }
}

function withoutPadding(data: string): string {
  const padding = data.endsWith('"}') ? PADDING.exec(data) : null
  return padding === null ? data : `${data.slice(0, padding.index)}}`
}
