import { type ContentPart, LEVELS, type Status } from '@recount/record'
import type { Plain } from '@recount/redact'
import type { ContentAsk } from './captures.ts'
import { type Context, currentContext } from './context.ts'
import { conversationText, saveConversation } from './conversations.ts'
import { type FieldTable, read, readFields } from './fields.ts'
import { callLevel } from './levels.ts'
import { type Observer, observe } from './observe.ts'
import { OpenSpan, spanOptions } from './open-span.ts'
import { type AnyPino, isSilent } from './pino-internals.ts'
import { failedStatus, recordedError } from './recorded-error.ts'
import { type Recording, recordingOf, safely } from './recording.ts'
import { type LlmResult, readReply } from './reply.ts'
import type { SpanBindings } from './span-bindings.ts'
import { streamReader } from './stream-reply.ts'

/** A model call about to be made. */
export interface LlmCallOptions extends SpanBindings {
  /** OpenTelemetry's provider name: `openai`, `anthropic`, `aws.bedrock`, or your own. */
  provider: string
  /** The model asked for. */
  model: string
  /** OpenTelemetry's operation name; default `chat`. */
  operation?: string
  /** Parameters as sent. */
  params?: Record<string, unknown>
  /** Whether the answer is a stream. */
  stream?: boolean
  /** Which version of which prompt. */
  prompt?: { name: string; version?: string | number; digest?: string }
  /** Your own id of the answer, so that a later action can name it. */
  message_id?: string
  /** From 1. */
  attempt?: number
  /** `span_id` of the failed attempt that this one repeats. */
  retry_of?: string
  /** `span_id` of the failed call to another model or provider that this one replaces. */
  fallback_of?: string
  /** How full the model's window is; over 0.8 used is a warning. */
  context_window?: { messages?: number; tokens_estimated?: number; limit?: number; used?: number }
  /** Messages, or one text. Kept only where content is open, like the next five. */
  input?: unknown
  system?: unknown
  /** Tool definitions. */
  tools?: unknown
  /** What this step received from earlier ones. */
  upstream?: unknown
  /** The wire text, as sent. */
  raw_request?: unknown
  /** Uploads: only their type and size are kept. */
  files?: unknown
  /** Asks for content: all, nothing, or these parts. Policy and environment can only allow less. */
  content?: ContentAsk
  /** The signal given to the client: tells `aborted` from `error`. */
  signal?: AbortSignal
  /** Reads the reply of a client that is not understood unaided. */
  reply?: (value: never) => LlmResult
}

/** A model call while it is under way. Nothing here throws; only the first ending counts. */
export interface LlmCallHandle {
  readonly trace_id: string
  readonly span_id: string
  /** Runs a function inside the call, so that what it records has the call as its parent. */
  run<T>(fn: () => T): T
  /** The first token has come. */
  firstToken(): void
  /** Adds to what will be recorded at the end. */
  set(result: LlmResult): void
  /** It ended well, or was cut (`partial`) or stopped by the caller (`aborted`). */
  end(result?: LlmResult & { status?: 'ok' | 'partial' | 'aborted' }): void
  /** It failed. */
  fail(error: unknown, result?: LlmResult): void
}

const SUBJECT: FieldTable = {
  provider: 'text',
  operation: 'text',
  model: 'text',
  params: 'json',
  stream: 'flag',
  fallback_of: 'text',
  attempt: 'count',
  retry_of: 'text',
  prompt: 'json',
  message_id: 'text',
}
const OUTCOME: FieldTable = {
  response_model: 'text',
  call_duration_ms: 'number',
  input_tokens: 'count',
  output_tokens: 'count',
  cache_read_tokens: 'count',
  cache_write_tokens: 'count',
  reasoning_tokens: 'count',
  usage_source: 'text',
  cost_usd: 'number',
  cost_source: 'text',
  price_version: 'text',
  ttft_ms: 'number',
  finish_reason: 'text',
  finish_reason_raw: 'text',
  provider_request_id: 'text',
  rate_limit: 'scalars',
  context_window: 'json',
  tools: 'json',
  validation: 'json',
}
const BEFORE: readonly ContentPart[] = [
  'system',
  'input',
  'tools',
  'upstream',
  'raw_request',
  'files',
]
/** Ids of tool calls that wait for their tool; more than this are forgotten, oldest first. */
const MAX_ASKED = 1000

/** Records a model call around a function and returns what the function returns. */
export function recordLlmCall<T>(
  logger: AnyPino,
  options: LlmCallOptions,
  fn: (call: LlmCallHandle) => T,
): T {
  const call = startLlmCall(logger, options)
  if (!(call instanceof LlmCallSpan)) return fn(call)
  return observe(() => call.run(() => fn(call)), call.observer(options))
}

/** Opens a model call by hand: the start line and the content known by now are written before this returns. */
export function startLlmCall(logger: AnyPino, options: LlmCallOptions): LlmCallHandle {
  if (isSilent(logger)) return NO_CALL
  return safely(() => new LlmCallSpan(logger, recordingOf(logger), options)) ?? NO_CALL
}

class LlmCallSpan implements LlmCallHandle {
  readonly #span: OpenSpan
  readonly #recording: Recording
  readonly #subject: Record<string, unknown>
  readonly #signal: AbortSignal | undefined
  readonly #parent: Context | undefined
  /** The input, masked, where conversations are saved. */
  readonly #input: Plain | undefined
  #result: LlmResult = {}
  #ttft_ms: number | undefined

  constructor(logger: AnyPino, recording: Recording, options: LlmCallOptions) {
    this.#recording = recording
    this.#parent = currentContext()
    this.#span = new OpenSpan(logger, recording, spanOptions(options))
    const subject = {
      provider: 'unknown',
      operation: 'chat',
      model: 'unknown',
      ...readFields(options, SUBJECT),
    }
    this.#subject = subject
    const signal = read(options, 'signal')
    this.#signal = signal instanceof AbortSignal ? signal : undefined
    this.#result = readFields(options, { context_window: 'json' }) as LlmResult
    this.#input = conversationText(recording, read(options, 'input'))
    for (const part of BEFORE) this.#span.keep(part, read(options, part))
    const input_digest = this.#span.refs.find((ref) => ref.part === 'input')?.digest
    this.#span.write('llm_call_started', LEVELS.info, { ...subject, input_digest })
  }

  get trace_id(): string {
    return this.#span.trace_id
  }

  get span_id(): string {
    return this.#span.span_id
  }

  run<T>(fn: () => T): T {
    return this.#span.run(fn)
  }

  firstToken(): void {
    this.#ttft_ms ??= this.#span.elapsed()
  }

  set(result: LlmResult): void {
    safely(() => {
      this.#result = { ...this.#result, ...result }
    })
  }

  end(result: LlmResult & { status?: 'ok' | 'partial' | 'aborted' } = {}): void {
    const status = read(result, 'status')
    this.set(result)
    this.#finish(status === 'partial' || status === 'aborted' ? status : 'ok', {})
  }

  fail(error: unknown, result: LlmResult = {}): void {
    this.set(result)
    const begun = this.#ttft_ms !== undefined
    this.#finish(failedStatus(error, this.#signal, begun), { error: recordedError(error) })
  }

  /** How the endings of a wrapped function become the call's. */
  observer(options: LlmCallOptions): Observer {
    const stream = streamReader()
    let streamed = false
    const readValue = (value: unknown): LlmResult => {
      const { reply } = options
      return (reply === undefined ? readReply(value) : reply(value as never)) ?? {}
    }
    return {
      chunk: (chunk) => {
        streamed = true
        if (safely(() => stream.take(chunk)) === true) this.firstToken()
      },
      done: (value) =>
        this.end(
          safely(() => (streamed || value === undefined ? stream.result() : readValue(value))) ??
            {},
        ),
      failed: (error) => this.fail(error, safely(() => stream.result()) ?? {}),
      stopped: () => this.end({ ...safely(() => stream.result()), status: 'aborted' }),
    }
  }

  #finish(status: Status, failure: object): void {
    if (this.#span.ended) return
    const duration_ms = this.#span.elapsed()
    const result = this.#result
    this.#span.keep('raw_response', read(result, 'raw_response'))
    this.#span.keep('output', read(result, 'output'))
    const fields = {
      ...this.#subject,
      status,
      ...readFields({ ttft_ms: this.#ttft_ms, ...result }, OUTCOME),
      ...failure,
    }
    roundCost(fields)
    const level = callLevel({ status, duration_ms, slow_ms: this.#recording.slow_ms, fields })
    this.#span.finish('llm_call', level, duration_ms, fields)
    safely(() => this.#tellTrace(duration_ms, result))
    safely(() =>
      saveConversation(
        this.#recording,
        this.#span,
        { ...fields, duration_ms },
        this.#input,
        conversationText(this.#recording, read(result, 'output')),
      ),
    )
  }

  /** What later spans of the trace want to know about this call. */
  #tellTrace(duration_ms: number, result: LlmResult): void {
    const { trace } = this.#span.context
    trace.llm_ms += duration_ms
    if (this.#ttft_ms !== undefined) trace.ttft_ms = this.#ttft_ms
    for (const id of result.tool_call_ids ?? []) {
      trace.askedBy.set(id, this.span_id)
      const oldest = trace.askedBy.size > MAX_ASKED ? trace.askedBy.keys().next().value : undefined
      if (oldest !== undefined) trace.askedBy.delete(oldest)
    }
    const keptOutput = this.#span.refs.some((ref) => ref.part === 'output')
    if (this.#parent !== undefined) this.#parent.lastCall = { span_id: this.span_id, keptOutput }
  }
}

/** Whole nano-dollars, so that sums are exact. */
function roundCost(fields: Record<string, unknown>): void {
  if (typeof fields.cost_usd === 'number') fields.cost_usd = Math.round(fields.cost_usd * 1e9) / 1e9
}

/** What a silent logger hands out. */
const NO_CALL: LlmCallHandle = Object.freeze({
  trace_id: '',
  span_id: '',
  run: <T>(fn: () => T): T => fn(),
  firstToken() {},
  set() {},
  end() {},
  fail() {},
})
