import { createParser, type EventSourceParser } from 'eventsource-parser'
import type { AnswerFacts, Provider, RequestFacts, StreamReader } from '../provider.ts'
import { type AnswerFormat, formatOfText, formatOfType } from './answer-format.ts'
import { cutJson, TAIL_LENGTH } from './cut-json.ts'
import { TextRuns } from './text-runs.ts'

/** Events after which a stream has nothing more to say, though whoever reads it may leave it open. */
const LAST_EVENTS: ReadonlySet<string | undefined> = new Set([
  'message_stop',
  'message-end',
  'response.completed',
  'response.incomplete',
  'response.failed',
])
const LAST_DATA = '[DONE]'

/** What an answer is read with. */
export interface AnswerReading {
  readonly provider: Provider
  readonly request: RequestFacts
  readonly contentType: string
  /** Bytes that are held of what can only be read whole, and of the wire text. */
  readonly budget: number
  /** Whether the wire text is kept. */
  readonly keepsText: boolean
}

/** Reads an answer piece by piece as it comes over the wire; whatever comes, it never throws for it and holds no more than its budget. */
export class AnswerReader {
  readonly #reading: AnswerReading
  readonly #decoder = new TextDecoder()
  readonly #stream: StreamReader
  readonly #runs: TextRuns
  #format: AnswerFormat | undefined
  #events: EventSourceParser | undefined
  #text = ''
  /** The last of what is not held of one JSON value. */
  #tail = ''
  /** Of lines: the one that is not ended yet. */
  #line = ''
  #bytes = 0
  #begun = false
  #over = false

  constructor(reading: AnswerReading) {
    this.#reading = reading
    this.#stream = reading.provider.stream(reading.request)
    this.#runs = new TextRuns(this.#stream)
    this.#format = formatOfType(reading.contentType, reading.request.stream)
  }

  /** The wire text as far as it is held; undefined where it is not kept or is no text. */
  get wireText(): string | undefined {
    return this.#reading.keepsText && this.#format !== 'other' ? this.#text : undefined
  }

  /** Whether the answer comes in pieces that mean something. */
  get isStream(): boolean {
    return this.#format === 'events' || this.#format === 'lines'
  }

  /** Whether it comes as lines of JSON. */
  get isLines(): boolean {
    return this.#format === 'lines'
  }

  /** Whether it has said its last: nobody needs to read on to know. */
  get isOver(): boolean {
    return this.#over || (this.#format === 'lines' && this.#stream.complete)
  }

  /** Takes a piece; true when it is the first that holds something of the answer. */
  take(piece: Uint8Array): boolean {
    this.#bytes += piece.byteLength
    if (this.#format === 'other') return false
    return this.#takeText(this.#decoder.decode(piece, { stream: true }))
  }

  /** What has come of the answer, and whether that is all of it; `isWhole` says that nothing more can come. */
  result(isWhole: boolean): { readonly facts: AnswerFacts; readonly complete: boolean } {
    if (isWhole) this.#takeText(this.#decoder.decode())
    if (isWhole && this.#format === 'lines') this.#takeLine(this.#line)
    this.#runs.flush()
    if (this.isStream) return { facts: this.#stream.result(), complete: this.#isComplete() }
    if (this.#format === 'other') return { facts: this.#unread(), complete: isWhole }
    const value = parsed(this.#text)
    const isTooLong = this.#tail !== ''
    if (value === undefined && isWhole && isTooLong)
      return { facts: this.#tooLong(), complete: true }
    if (value === undefined) return { facts: {}, complete: false }
    return { facts: this.#whole(value), complete: true }
  }

  /** Of a format that nobody knows nobody can tell. */
  #isComplete(): boolean {
    return this.#stream.complete || this.#reading.request.api === 'unknown'
  }

  /** Sounds, pictures: their type and size are noted. */
  #unread(): AnswerFacts {
    const part = { type: 'blob', mime_type: this.#reading.contentType, bytes: this.#bytes }
    return { output: [{ role: 'assistant', parts: [part] }] }
  }

  /** Longer than what is held: what was counted stands at the end, and the rest is noted as type and size. */
  #tooLong(): AnswerFacts {
    const { provider, request } = this.#reading
    const tail = (this.#text.slice(-TAIL_LENGTH) + this.#tail).slice(-TAIL_LENGTH)
    const { output: _, ...said } = provider.answer(cutJson(this.#text, tail), request)
    const cost_reason = 'the answer is longer than `copyBytes`, and its end says no token counts'
    return { ...this.#unread(), cost_reason, ...said }
  }

  #takeText(text: string): boolean {
    const begun = this.#begun
    const isHeld = this.#reading.keepsText || !this.isStream
    if (isHeld) this.#hold(text)
    if (this.#format !== undefined) this.#read(text)
    else {
      this.#format = formatOfText(this.#text, this.#reading.request.stream)
      if (this.#format !== undefined) this.#read(this.#text)
    }
    return this.#begun && !begun
  }

  #hold(text: string): void {
    const room = this.#reading.budget - this.#text.length
    this.#text += text.slice(0, room)
    if (text.length > room && this.#format === 'json')
      this.#tail = (this.#tail + text.slice(room)).slice(-TAIL_LENGTH)
  }

  #read(text: string): void {
    if (this.#format === 'events') this.#readEvents(text)
    else if (this.#format === 'lines') this.#readLines(text)
  }

  #readEvents(text: string): void {
    this.#events ??= createParser({
      maxBufferSize: this.#reading.budget,
      onEvent: ({ event, data }) => this.#takeEvent(event, data),
    })
    try {
      this.#events.feed(text)
    } catch {
      // One event is larger than the budget: it is left out, and reading goes on behind it.
      this.#events.reset()
    }
  }

  #readLines(text: string): void {
    const lines = (this.#line + text).split('\n')
    const rest = lines.pop() ?? ''
    this.#line = rest.length > this.#reading.budget ? '' : rest
    for (const line of lines) this.#takeLine(line)
  }

  #takeLine(line: string): void {
    if (line.trim() !== '') this.#takeEvent(undefined, line)
  }

  #takeEvent(event: string | undefined, data: string): void {
    if (this.#runs.take(event, data)) this.#begun = true
    if (data === LAST_DATA || LAST_EVENTS.has(event)) this.#over = true
  }

  /** An answer that is one JSON value; a stream that came as a list of events is read as these. */
  #whole(value: unknown): AnswerFacts {
    const { provider, request } = this.#reading
    if (!Array.isArray(value) || !request.stream) return provider.answer(value, request)
    for (const event of value) this.#takeEvent(undefined, JSON.stringify(event))
    return this.#stream.result()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
