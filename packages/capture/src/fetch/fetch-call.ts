import type { LlmCallHandle, LlmResult } from '@recount/logger'
import { type AttemptedRequest, linksOf, rememberFailure } from '../attempts.ts'
import { currentLabels } from '../call-labels.ts'
import { callResult } from '../call-result.ts'
import { heldState, rememberAnswer } from '../held-state.ts'
import { recordedAbove } from '../once.ts'
import type { ResolvedOptions } from '../options.ts'
import type { AnswerFacts, Provider, RequestFacts } from '../provider.ts'
import { safely } from '../safely.ts'
import { recordToolResults, rememberTools } from '../tool-results.ts'
import { watchAbort } from './abort-watch.ts'
import { AnswerReader } from './answer-reader.ts'
import {
  CUT,
  httpFailure,
  isAbort,
  type NotedError,
  providerFailure,
  unmasked,
  worded,
} from './failures.ts'
import { orNothing } from './no-answer.ts'
import type { BodyObserver } from './observed-body.ts'
import { observedResponse } from './observed-response.ts'
import { isPage, pageText } from './page-text.ts'
import { refusalText } from './refusal-text.ts'
import type { WholeText } from './whole-text.ts'
import type { WireRequest } from './wire-request.ts'

/** A model call that goes through a `fetch`. */
export interface SeenCall {
  readonly options: ResolvedOptions
  readonly wire: WireRequest
  readonly provider: Provider
  readonly request: RequestFacts
}

/** How a call came to its end. */
interface Ending {
  readonly how: 'read' | 'stopped' | 'failed'
  readonly error?: unknown
}

/** A recorded model call from its request to the end of its answer; nothing here throws, and only the first ending counts. */
export class FetchCall implements BodyObserver {
  readonly #seen: SeenCall
  readonly #attempted: AttemptedRequest
  readonly #links: ReturnType<typeof linksOf>
  readonly #call: LlmCallHandle
  readonly #began: number = performance.now()
  readonly #time: number = Date.now()
  /** What the logger goes by: not the signal of the request, because a provider's refusal stays one whatever the caller does. */
  readonly #stop: AbortController = new AbortController()
  #unwatch: (() => void) | undefined
  #response: Response | undefined
  #reader: AnswerReader | WholeText | undefined
  /** Texts that are looked at when the reader waits, so that no piece is late for it. */
  #pending: string[] = []
  #pause: NodeJS.Immediate | undefined
  #last: NodeJS.Immediate | undefined
  #hasBegun = false
  #ended = false

  /** Writes the start line. */
  constructor(seen: SeenCall) {
    const { options, wire, provider, request } = seen
    const { logger } = options
    const place = logger.traceparent()
    this.#seen = seen
    this.#attempted = {
      place,
      provider: provider.name,
      model: request.model,
      text: wire.body.text ?? JSON.stringify(wire.body.value) ?? '',
      input: request.input,
      before: countOf(wire.headers.get('x-stainless-retry-count')),
    }
    this.#links = linksOf(this.#attempted)
    const { began: _, ...links } = this.#links
    recordToolResults(logger, place, request.input)
    this.#call = logger.start({
      event: 'llm_call',
      provider: provider.name,
      signal: this.#stop.signal,
      ...asked(seen),
      ...heldState(request),
      ...links,
      ...(options.content !== undefined && { content: options.content }),
      ...currentLabels(),
    })
  }

  /** Makes the request, so that no layer below records it again. */
  run<T>(fetch: () => T): T {
    return recordedAbove({ call: this.#call, model: this.#seen.request.model }, fetch)
  }

  /** The response as the caller gets it: the same, with a body that is looked at. */
  responded(response: Response): Response {
    const observed = safely(() => this.#observe(response))
    if (observed === undefined) safely(() => this.#endWithoutBody(response))
    return observed ?? response
  }

  chunk(chunk: unknown): void {
    if (this.#ended || !(chunk instanceof Uint8Array)) return
    const text = safely(() => this.#reader?.decode(chunk))
    if (text === undefined) return
    this.#pending.push(text)
    // The first token has its time, and so has the last line of clients that read no further; other pieces wait for a pause.
    if (!this.#hasBegun || this.#reader?.isLines) this.idle()
    else this.#pause ??= setImmediate(() => this.idle())
  }

  idle(): void {
    clearImmediate(this.#pause)
    this.#pause = undefined
    if (this.#pending.length === 0) return
    const texts = this.#pending
    this.#pending = []
    safely(() => {
      for (const text of texts) if (this.#reader?.take(text)) this.#begin()
    })
    if (this.#reader?.isOver) this.#endSoon()
  }

  done(): void {
    this.#end({ how: 'read' })
  }

  stopped(): void {
    this.#end({ how: 'stopped' })
  }

  failed(error: unknown): void {
    this.#end({ how: 'failed', error: error ?? CUT })
  }

  /** Undefined where it has no body, or none that can be looked at. */
  #observe(response: Response): Response | undefined {
    const { wire } = this.#seen
    this.#response = response
    this.#reader = readerOf(response, this.#seen)
    if (!response.ok) this.#remember()
    const observed = observedResponse(response, this, wire.signal)
    if (observed !== undefined && wire.signal) this.#unwatch = watchAbort(wire.signal, this)
    return observed
  }

  #endWithoutBody(response: Response): void {
    if (response.ok) this.#reader = undefined
    this.done()
  }

  /** Whoever reads may leave it at that. */
  #endSoon(): void {
    if (this.#reader?.isLines) this.done()
    else this.#last ??= setImmediate(() => this.done())
  }

  #begin(): void {
    this.#hasBegun = true
    this.#call.firstToken()
  }

  #end(ending: Ending): void {
    if (!this.#ended) this.idle()
    if (this.#ended) return
    this.#ended = true
    clearImmediate(this.#pause)
    clearImmediate(this.#last)
    this.#unwatch?.()
    const { facts, complete } = this.#read(ending)
    const error = this.#errorOf(ending, facts, complete)
    const isCut = error !== undefined || !complete
    const result = safely(() => this.#result(facts, isCut)) ?? {}
    if (error !== undefined) {
      if (this.#response?.ok !== false) this.#remember()
      const { signal } = this.#seen.wire
      if (signal?.aborted && this.#said(facts) === undefined) this.#stop.abort(signal.reason)
      this.#call.fail(error, result)
    } else this.#call.end({ ...result, status: complete ? 'ok' : 'aborted' })
    safely(() => {
      rememberAnswer(facts.response_id, this.#call.span_id)
      rememberTools(this.#call, this.#attempted.place, facts)
    })
  }

  /** What has come of the answer, and whether that is all of it. */
  #read({ how }: Ending): { readonly facts: AnswerFacts; readonly complete: boolean } {
    const reader = this.#reader
    const read = safely(() => reader?.result(how === 'read'))
    // A response without a body is all there is.
    const { facts, complete } = read ?? { facts: {}, complete: how === 'read' }
    const isWhole = this.#response?.ok === true && how === 'read' && complete
    return { facts: isWhole ? orNothing(facts, this.#seen.request) : facts, complete }
  }

  /** What it failed with; undefined where it ended well, or where the caller stopped it. */
  #errorOf(ending: Ending, facts: AnswerFacts, complete: boolean): unknown {
    const said = this.#said(facts)
    if (said !== undefined)
      return ending.how === 'failed' ? { ...said, cause: worded(ending.error) } : said
    const { signal, headers } = this.#seen.wire
    if (ending.how === 'stopped') return undefined
    if (ending.how === 'read') return complete ? undefined : CUT
    if (complete && (signal?.aborted || isAbort(ending.error))) return undefined
    if (this.#response !== undefined) return worded(ending.error)
    return unmasked(worded(ending.error), headers, performance.now() - this.#began)
  }

  /** The failure that the provider has told, whatever happened then. */
  #said({ failure }: AnswerFacts): NotedError | undefined {
    if (this.#response?.ok === false) return httpFailure(this.#response, failure)
    return failure && { ...providerFailure(failure), ...headersOf(this.#response) }
  }

  #result(facts: AnswerFacts, isCut: boolean): LlmResult {
    const { options, request, provider } = this.#seen
    const response = this.#response
    const wireText = this.#reader?.wireText
    return {
      ...(response?.ok &&
        callResult({ options, provider: provider.name, request, facts, time: this.#time, isCut })),
      ...(response && provider.headers(response.headers)),
      ...(this.#links.began !== undefined && {
        call_duration_ms: performance.now() - this.#links.began,
      }),
      ...(wireText !== undefined && { raw_response: wireText }),
    }
  }

  #remember(): void {
    const { trace_id, span_id } = this.#call
    const { attempt, began = this.#began } = this.#links
    safely(() => rememberFailure(this.#attempted, { attempt, span_id, trace_id, began }))
  }
}

function readerOf(
  response: Response,
  { options, provider, request }: SeenCall,
): AnswerReader | WholeText {
  if (!response.ok) return refusalText(provider)
  const contentType = response.headers.get('content-type') ?? ''
  if (isPage(contentType)) return pageText(contentType)
  const [budget, keepsText] = [options.copyBytes, keepsWireText(options)]
  return new AnswerReader({ provider, request, contentType, budget, keepsText })
}

/** They say when to come back. */
function headersOf(response: Response | undefined): Pick<NotedError, 'headers'> {
  return response === undefined ? {} : { headers: response.headers }
}

/** What a request says, as the logger takes it. */
function asked({ wire, request }: SeenCall): Omit<RequestFacts, 'api' | 'state'> {
  const { api: _, state: __, ...said } = request
  const { text, files } = wire.body
  return {
    ...said,
    ...(text !== undefined && { raw_request: text }),
    ...(files.length > 0 && { files }),
    ...(Array.isArray(request.input) && { context_window: { messages: request.input.length } }),
  }
}

function keepsWireText({ logger, content }: ResolvedOptions): boolean {
  const ask = currentLabels().content ?? content
  return logger.captures(ask === undefined ? {} : { content: ask }).parts.includes('raw_response')
}

function countOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,4}$/.test(header) ? Number(header) : undefined
}
