import { type ContentPart, LEVELS, type Status } from '@recount/record'
import type { Plain } from '@recount/redact'
import { type Context, currentContext } from './context.ts'
import { conversationText, saveConversation } from './conversations.ts'
import { type FieldTable, read, readFields } from './fields.ts'
import { reused } from './json.ts'
import { callLevel } from './levels.ts'
import type { LlmCallHandle, LlmCallOptions } from './llm-call-options.ts'
import { observe } from './observe.ts'
import type { Observer } from './observer.ts'
import { OpenSpan, spanOptions } from './open-span.ts'
import { type AnyPino, isSilent } from './pino-internals.ts'
import { failedStatus, recordedError } from './recorded-error.ts'
import { type Recording, recordingOf, safely } from './recording.ts'
import { type LlmResult, readReply } from './reply.ts'
import { streamReader } from './stream-reply.ts'

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
  if (isSilent(logger)) return fn(NO_CALL)
  const call = startLlmCall(logger, options)
  if (!(call instanceof LlmCallSpan)) return fn(call)
  return observe(() => fn(call), call.observer(options))
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
  readonly #result: LlmResult
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
    this.#subject = reused(subject)
    const signal = read(options, 'signal')
    this.#signal = signal instanceof AbortSignal ? signal : undefined
    this.#result = readFields(options, { context_window: 'json' }) as LlmResult
    this.#input = conversationText(recording, read(options, 'input'))
    for (const part of BEFORE) this.#span.keep(part, read(options, part))
    const input_digest = this.#span.refs.find((ref) => ref.part === 'input')?.digest
    this.#span.write('llm_call_started', LEVELS.info, subject, { input_digest })
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
    safely(() => Object.assign(this.#result, result))
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
      run: (piece) => this.run(piece),
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
    const outcome = readFields(result, OUTCOME)
    if (this.#ttft_ms !== undefined) outcome.ttft_ms ??= this.#ttft_ms
    roundCost(outcome)
    const { slow_ms } = this.#recording
    const level = callLevel({ status, duration_ms, slow_ms, subject: this.#subject, outcome })
    this.#span.finish('llm_call', level, duration_ms, this.#subject, { status }, outcome, failure)
    safely(() => this.#tellTrace(duration_ms, result))
    if (this.#recording.conversations !== undefined) {
      safely(() => {
        const output = conversationText(this.#recording, read(result, 'output'))
        const call = { ...this.#subject, status, duration_ms, ...outcome, ...failure }
        saveConversation(this.#recording, this.#span, call, this.#input, output)
      })
    }
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
