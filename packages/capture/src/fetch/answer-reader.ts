import type { AnswerFacts, Provider, RequestFacts, StreamReader } from '../provider.ts'
import { isObject } from '../providers/json-values.ts'
import { type AnswerFormat, claimedFormat, seenFormat } from './answer-format.ts'
import { cutJson, TAIL_LENGTH } from './cut-json.ts'
import { EventSplitter } from './event-splitter.ts'
import { LineSplitter } from './line-splitter.ts'
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

/** Characters of one event or line that are looked at, however little is kept. */
const MIN_EVENT = 65_536
/** An event that is longer holds more than a piece of an answer. */
const LARGE = 8192
/** So many budgets of large events are looked at in all, so that no stream takes all memory. */
const LARGE_BUDGETS = 4

/** Reads an answer piece by piece as it comes over the wire; whatever comes, it never throws for it and holds no more than its budget. */
export class AnswerReader {
  readonly #reading: AnswerReading
  readonly #decoder = new TextDecoder()
  readonly #stream: StreamReader
  readonly #runs: TextRuns
  readonly #claimed: AnswerFormat | undefined
  /** Whether it may be a bare text, as a transcript is. */
  readonly #mayBeText: boolean
  readonly #events: EventSplitter
  readonly #lines: LineSplitter
  /** Known from the first character on. */
  #seen: AnswerFormat | undefined
  #text = ''
  /** The last of what is not held of one JSON value. */
  #tail = ''
  #bytes = 0
  #large = 0
  #begun = false
  #over = false

  constructor(reading: AnswerReading) {
    const most = Math.max(reading.budget, MIN_EVENT)
    this.#reading = reading
    this.#stream = reading.provider.stream(reading.request)
    this.#runs = new TextRuns(this.#stream)
    this.#mayBeText = isTranscript(reading)
    this.#claimed = this.#mayBeText ? 'json' : claimedFormat(reading.contentType)
    this.#events = new EventSplitter(most, (event, data) => this.#takeEvent(event, data))
    this.#lines = new LineSplitter(most, (line) => this.#takeEvent(undefined, line))
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

  get #format(): AnswerFormat | undefined {
    return this.#seen ?? this.#claimed
  }

  /** The text of the next piece, whose bytes are not needed then; an empty one where no text is read. */
  decode(piece: Uint8Array): string {
    this.#bytes += piece.byteLength
    return this.#format === 'other' ? '' : this.#decoder.decode(piece, { stream: true })
  }

  /** Takes the text of a piece; true when it is the first that holds something of the answer. */
  take(text: string): boolean {
    const begun = this.#begun
    if (this.#reading.keepsText || !this.isStream) this.#hold(text)
    this.#read(this.#seen === undefined ? this.#begin(text) : text)
    return this.#begun && !begun
  }

  /** What has come of the answer, and whether that is all of it; `isWhole` says that nothing more can come. */
  result(isWhole: boolean): { readonly facts: AnswerFacts; readonly complete: boolean } {
    if (isWhole) this.take(this.#decoder.decode())
    if (isWhole && this.isLines) this.#lines.end()
    if (this.isStream) return this.#streamed()
    if (this.#format === 'other') return { facts: this.#unread(), complete: isWhole }
    const value = parsed(this.#text)
    if (value !== undefined) return { facts: this.#whole(value), complete: true }
    return this.#unparsed(isWhole)
  }

  #streamed(): { readonly facts: AnswerFacts; readonly complete: boolean } {
    this.#runs.flush()
    // Of a format that nobody knows nobody can tell.
    const complete = this.#stream.complete || this.#reading.request.api === 'unknown'
    return { facts: this.#stream.result(), complete }
  }

  /** What should be one JSON value and is none: lines of them, cut, or a text that only looked like one. */
  #unparsed(isWhole: boolean): { readonly facts: AnswerFacts; readonly complete: boolean } {
    if (isWhole && this.#mayBeText && this.#tail === '')
      return { facts: this.#whole(this.#text), complete: true }
    const first = this.#text.indexOf('\n')
    if (this.#reading.request.stream && first > 0 && isObject(parsed(this.#text.slice(0, first)))) {
      this.#lines.feed(this.#text)
      if (isWhole) this.#lines.end()
      return this.#streamed()
    }
    if (isWhole && this.#tail !== '') return { facts: this.#tooLong(), complete: true }
    if (isWhole && this.#claimed === undefined && this.#seen !== undefined)
      return { facts: this.#unread(), complete: true }
    return { facts: {}, complete: false }
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

  #hold(text: string): void {
    const room = this.#reading.budget - this.#text.length
    if (room > 0) this.#text += text.slice(0, room)
    if (text.length > room && !this.isStream)
      this.#tail = (this.#tail + text.slice(Math.max(room, 0))).slice(-TAIL_LENGTH)
  }

  /** Looks for the first character; what stands before it says nothing. */
  #begin(text: string): string {
    const begun = text.trimStart()
    const { request } = this.#reading
    if (begun !== '' && this.#mayBeText) this.#seen = 'json'
    else if (begun !== '') this.#seen = seenFormat(begun.charAt(0), this.#claimed, request.stream)
    // It was not held where it was taken for a stream.
    if (!this.#reading.keepsText && this.#seen === 'json' && this.#text === '') this.#hold(begun)
    return begun
  }

  #read(text: string): void {
    if (this.#format === 'events') this.#events.feed(text)
    else if (this.#format === 'lines') this.#lines.feed(text)
  }

  #takeEvent(event: string | undefined, data: string): void {
    if (data.length > LARGE) {
      this.#large += data.length
      if (this.#large > LARGE_BUDGETS * Math.max(this.#reading.budget, MIN_EVENT)) return
    }
    if (this.#runs.take(event, data)) this.#begun = true
    if (data === LAST_DATA || LAST_EVENTS.has(event)) this.#over = true
  }

  /** An answer that is one JSON value; a stream that came as a list of events is read as these. */
  #whole(value: unknown): AnswerFacts {
    const { provider, request } = this.#reading
    if (!Array.isArray(value) || !request.stream) return provider.answer(value, request)
    for (const event of value) this.#takeEvent(undefined, JSON.stringify(event))
    this.#runs.flush()
    return this.#stream.result()
  }
}

/** Transcripts come as bare text where they are asked for so. */
function isTranscript({ contentType, request }: AnswerReading): boolean {
  if (request.operation !== 'transcription' && request.operation !== 'translation') return false
  return /^text\//i.test(contentType) && claimedFormat(contentType) === undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
