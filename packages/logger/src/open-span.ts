import {
  CONTENT_PARTS,
  type ContentPart,
  type ContentRef,
  type EventName,
  type Redaction,
} from '@recount/record'
import type { Captures, ContentAsk } from './captures.ts'
import { roundMs } from './clock.ts'
import type { ContentSpan } from './content-plane.ts'
import { type Context, type Inherited, runInContext } from './context.ts'
import { ordinal, scalars, text, texts } from './field-readers.ts'
import { type FieldTable, read, readFields } from './fields.ts'
import type { AnyPino } from './pino-internals.ts'
import { writeRecord } from './record-writer.ts'
import { type Recording, safely } from './recording.ts'
import { openSpan, type Span } from './span.ts'

/** What any span takes besides its own fields: names and labels for itself and what happens inside it. */
export const INHERITED_FIELDS: FieldTable = {
  session_id: text,
  user_id: text,
  tenant_id: text,
  request_id: text,
  workflow: text,
  step: text,
  step_attempt: ordinal,
  span_name: text,
  agent: text,
  tags: texts,
  metadata: scalars,
  consent: texts,
}

/** A span of ours while it is open: writes its start line, its content, and exactly one terminal line. */
export class OpenSpan implements ContentSpan {
  readonly captures: Captures
  readonly refs: ContentRef[] = []
  readonly redactions: Redaction[] = []
  readonly #logger: AnyPino
  readonly #recording: Recording
  readonly #span: Span
  #ended = false

  constructor(logger: AnyPino, recording: Recording, options: OpenSpanOptions) {
    this.#logger = logger
    this.#recording = recording
    this.#span = openSpan(recording.clock, options)
    this.captures = recording.captures(options.content, this.#span.context.debug)
  }

  get trace_id(): string {
    return this.#span.trace_id
  }

  get span_id(): string {
    return this.#span.span_id
  }

  get parent_span_id(): string | undefined {
    return this.#span.parent_span_id
  }

  get context(): Context {
    return this.#span.context
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Milliseconds since it opened. */
  elapsed(): number {
    return roundMs(this.#recording.clock.monotonic() - this.#span.started)
  }

  run<T>(fn: () => T): T {
    return runInContext(this.#span.context, fn)
  }

  keep(part: ContentPart, value: unknown): void {
    if (value === undefined || this.captures.parts.length === 0) return
    safely(() => this.#recording.plane.keep(this.#logger, this, part, value))
  }

  /** The keyed digest of a text inside a part; undefined where that part is not kept. */
  digest(part: ContentPart, text: string): string | undefined {
    if (!this.captures.parts.includes(part)) return undefined
    return safely(() => this.#recording.plane.digest(text))
  }

  /** A line that stands in this span but ends nothing. */
  write(event: EventName, level: number, ...fields: object[]): void {
    safely(() => this.#write(event, level, [this.#ids(event), this.context.inherited, ...fields]))
  }

  /** The terminal line, in groups of fields that share no key; false when there was one already. */
  finish(event: EventName, level: number, duration_ms: number, ...fields: object[]): boolean {
    if (this.#ended) return false
    this.#ended = true
    const times = { start_time: this.#span.start_time, duration_ms }
    safely(() =>
      this.#write(event, level, [
        this.#ids(event),
        times,
        this.context.inherited,
        ...fields,
        keptOf(this),
      ]),
    )
    return true
  }

  #ids(event: EventName): object {
    const { trace_id, span_id, parent_span_id } = this.#span
    return { recount: 1, event, trace_id, span_id, parent_span_id }
  }

  #write(event: EventName, level: number, fields: readonly (object | undefined)[]): void {
    writeRecord(this.#recording.writing, this.#logger, level, fields, event)
  }
}

/** What a line says about the content that its span kept; undefined when it kept none. */
export function keptOf({
  refs,
  redactions,
}: Pick<ContentSpan, 'refs' | 'redactions'>): object | undefined {
  if (refs.length === 0) return undefined
  return redactions.length === 0 ? { content: refs } : { content: refs, redactions }
}

/** How a span is opened. */
export interface OpenSpanOptions {
  readonly inherited?: Inherited | undefined
  readonly trace_id?: string | undefined
  readonly parent_span_id?: string | undefined
  readonly debug?: boolean | undefined
  readonly content?: ContentAsk | undefined
}

/** Reads what any span takes from a caller's options. */
export function spanOptions(options: object): OpenSpanOptions {
  const inherited = readFields(options, INHERITED_FIELDS)
  const debug = read(options, 'debug')
  return {
    inherited: Object.keys(inherited).length > 0 ? inherited : undefined,
    content: askOf(options),
    debug: typeof debug === 'boolean' ? debug : undefined,
  }
}

/** A wish about content as it can be understood: what cannot be read asks for nothing to be kept. */
export function askOf(options: unknown): ContentAsk | undefined {
  const ask = read(options, 'content')
  if (typeof ask === 'boolean') return ask
  try {
    return Array.isArray(ask) ? CONTENT_PARTS.filter((part) => ask.includes(part)) : undefined
  } catch {
    return false
  }
}
