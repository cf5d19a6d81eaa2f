import { type ContentPart, LEVELS, type RecordedError, type Status } from '@recount/record'
import type { Plain } from '@recount/redact'
import { endedFacts, type Outcome, roundCost, subjectFacts } from './call-facts.ts'
import { type Calls, currentContext } from './context.ts'
import { copyForConversation, saveConversation } from './conversations.ts'
import { type Failure, failureOf } from './diagnoses.ts'
import { traceId } from './field-readers.ts'
import { read, readFields } from './fields.ts'
import { reused } from './json.ts'
import { CALL_OUTCOME, CALL_SUBJECT, CONTEXT_WINDOW } from './llm-call-fields.ts'
import type { LlmCallHandle, LlmCallOptions } from './llm-call-options.ts'
import { observe } from './observe.ts'
import type { Observer } from './observer.ts'
import { OpenSpan } from './open-span.ts'
import { type AnyPino, isSilent } from './pino-internals.ts'
import { failedStatus } from './recorded-error.ts'
import { type Recording, recordingOf, safely } from './recording.ts'
import { type LlmResult, readReply } from './reply.ts'
import { spanOptions } from './span-options.ts'
import { streamReader } from './stream-reply.ts'
import { type SystemApart, systemApart } from './system-apart.ts'
import { withoutRequest } from './withheld.ts'

/** What a result may say; read one by one, because a caller's getter may throw. */
const RESULT_KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(CALL_OUTCOME),
  'output',
  'raw_response',
  'tool_call_ids',
])
const BEFORE: readonly ContentPart[] = [
  'system',
  'input',
  'tools',
  'upstream',
  'raw_request',
  'files',
]
/** Parts that have texts of their own. */
const SAYING: ReadonlySet<ContentPart> = new Set(['system', 'input', 'tools', 'upstream'])
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
  readonly #logger: AnyPino
  readonly #span: OpenSpan
  readonly #recording: Recording
  readonly #subject: Record<string, unknown>
  readonly #signal: AbortSignal | undefined
  /** The calls of the span around this one. */
  readonly #siblings: Calls | undefined
  /** What the request says, until its end. */
  #said: ReadonlyMap<ContentPart, unknown> = new Map()
  /** A copy of the input, where conversations are saved. */
  #input: Plain | undefined
  readonly #result: LlmResult
  #ttft_ms: number | undefined
  /** A chunk of the answer has come, whatever was in it. */
  #begun = false

  constructor(logger: AnyPino, recording: Recording, options: LlmCallOptions) {
    this.#logger = logger
    this.#recording = recording
    this.#siblings = currentContext()?.calls
    const subject: Record<string, unknown> = reused({
      provider: 'unknown',
      operation: 'chat',
      model: 'unknown',
      ...readFields(options, CALL_SUBJECT),
    })
    this.#subject = subject
    const place = { ...spanOptions(options), trace_id: ownTrace(options) }
    this.#span = new OpenSpan(logger, recording, place, subjectFacts(subject))
    begin(this.#siblings)
    this.#signal = signalOf(options)
    this.#result = readFields(options, { context_window: CONTEXT_WINDOW }) as LlmResult
    const given = { system: read(options, 'system'), input: read(options, 'input') }
    // An input that cannot be read could hold a system prompt.
    const said: SystemApart = safely(() => systemApart(given.system, given.input)) ?? {
      system: given.system,
      input: undefined,
    }
    const saying = new Map<ContentPart, unknown>()
    for (const part of BEFORE) {
      const value = part === 'system' || part === 'input' ? said[part] : read(options, part)
      this.#span.keep(part, value)
      if (value !== undefined && SAYING.has(part)) saying.set(part, value)
    }
    this.#said = saying
    this.#input = this.#copyOfInput(given.input, said.input)
    const input_digest = this.#span.refs.find((ref) => ref.part === 'input')?.digest
    this.#span.begin('llm_call_started', LEVELS.info, subject, { input_digest })
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
    // A text has as many keys as letters.
    if (typeof result !== 'object' || result === null) return
    safely(() => {
      // What is there is read, not all that could be: a call's end is a hot path.
      for (const key in result) {
        const value = RESULT_KEYS.has(key) ? read(result, key) : undefined
        if (value !== undefined) (this.#result as Record<string, unknown>)[key] = value
      }
    })
  }

  end(result: LlmResult & { status?: 'ok' | 'partial' | 'aborted' } = {}): void {
    const status = read(result, 'status')
    this.set(result)
    this.#finish(status === 'partial' || status === 'aborted' ? status : 'ok', {})
  }

  fail(error: unknown, result: LlmResult = {}): void {
    this.set(result)
    const begun = this.#begun || this.#ttft_ms !== undefined
    if (this.#span.ended) return
    const status = failedStatus(error, this.#signal, begun)
    const { provider, model } = this.#subject
    const asked = { provider: String(provider), model: String(model) }
    this.#finish(status, failureOf(this.#logger, this.#span, error, status, asked))
  }

  /** How the endings of a wrapped function become the call's. */
  observer(options: LlmCallOptions): Observer {
    const reply = read(options, 'reply') as LlmCallOptions['reply']
    const readValue = (value: unknown): LlmResult => atOnce(reply?.(value as never)) ?? {}
    const stream = streamReader(reply && readValue)
    return {
      run: (piece) => this.run(piece),
      chunk: (chunk) => {
        this.#begun = true
        if (safely(() => stream.take(chunk)) === true) this.firstToken()
      },
      done: (value) => {
        const isStream = this.#begun || value === undefined
        const result =
          safely(() => (isStream ? stream.result() : (reply ? readValue : readReply)(value))) ?? {}
        // Streams of OpenAI's and Anthropic's clients end quietly when the signal given to the client aborts.
        if (isStream && this.#signal?.aborted) this.fail(this.#signal.reason, result)
        else this.end(result)
      },
      failed: (error) => this.fail(error, safely(() => stream.result()) ?? {}),
      stopped: () => this.end({ ...safely(() => stream.result()), status: 'aborted' }),
    }
  }

  /** A conversation has its system messages where they stood, unless nobody may keep them. */
  #copyOfInput(given: unknown, said: unknown): Plain | undefined {
    const recording = this.#recording
    if (recording.conversations === undefined) return undefined
    const input = given === said || this.#span.mayKeep('system') ? given : said
    return copyForConversation(recording, this.#span, 'input', input)
  }

  #finish(status: Status, failed: Partial<Failure>): void {
    if (this.#span.ended) return
    const duration_ms = this.#span.elapsed()
    const result = this.#result
    const reported: Outcome = readFields(result, CALL_OUTCOME)
    if (this.#ttft_ms !== undefined) reported.ttft_ms ??= this.#ttft_ms
    roundCost(reported)
    const { model } = this.#subject
    const slow = this.#recording.incidents.isSlow(String(model), duration_ms, status)
    const ending = { status, duration_ms, slow }
    const facts = endedFacts(this.#span.facts, this.#subject, reported, ending)
    const { level = LEVELS.info } = facts
    this.#span.settle(facts)
    const [outcome, failure] = safely(() => this.#withoutRequest(reported, failed)) ?? [{}, {}]
    this.#span.keep('raw_response', result.raw_response)
    this.#span.keep('output', result.output)
    this.#span.finish('llm_call', level, duration_ms, this.#subject, { status }, outcome, failure)
    safely(() => this.#tellTrace(duration_ms, result))
    safely(() => this.#tellIncidents(status, failure.error, outcome))
    const action = outcome.finish_reason === 'content_filter' ? 'content_filter' : 'completion'
    this.#span.audit(action, 'model', String(model), status, [this.#subject, outcome])
    safely(() => {
      const output = copyForConversation(this.#recording, this.#span, 'output', result.output)
      const call = [this.#subject, { status, duration_ms }, outcome, failure]
      saveConversation(this.#recording, this.#span, call, this.#input, output)
    })
    // Whoever still holds the handle, to run something below the call, must not hold what the model saw and said.
    this.#input = undefined
    this.#said = new Map()
    for (const key of ['output', 'raw_response'] as const) delete result[key]
  }

  #tellIncidents(status: Status, error: RecordedError | undefined, outcome: Outcome): void {
    const { tenant } = this.#span.facts
    const provider = String(this.#subject.provider)
    const cost_usd = outcome.cost_usd as number | null | undefined
    const call = { provider, status, error, tenant, user: this.#span.user_id, cost_usd }
    this.#recording.incidents.note(call, this.#recording.processLog(this.#span))
  }

  /** What it came to, without what the provider repeats of parts that are not kept. */
  #withoutRequest(outcome: Outcome, failure: Partial<Failure>): [Outcome, Partial<Failure>] {
    const closed = [...this.#said].filter(([part]) => !this.#span.keepsText(part))
    const values = closed.map(([, value]) => value)
    const { error } = failure
    const said = { outcome, ...(error && { error }) }
    const { trace } = this.#span.context
    const clean = withoutRequest(said, values, String(this.#subject.model), trace)
    return [clean.outcome, { ...failure, ...(clean.error && { error: clean.error }) }]
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
    if (this.#siblings !== undefined) finish(this.#siblings, { span_id: this.span_id, keptOutput })
  }
}

/** An answer that is a promise comes too late; what it rejects with must not end the process. */
function atOnce<T>(answer: T): T | undefined {
  if (!(answer instanceof Promise)) return answer
  answer.catch(() => {})
  throw new TypeError('Expected `reply` to answer at once, got a promise')
}

function begin(calls: Calls | undefined): void {
  if (calls === undefined) return
  calls.overlapped = calls.open > 0
  calls.open += 1
}

function finish(calls: Calls, last: Calls['last']): void {
  calls.open -= 1
  calls.last = calls.overlapped ? undefined : last
}

/** A call outside of any span may go on in a trace that began before. */
function ownTrace(options: LlmCallOptions): string | undefined {
  if (currentContext() !== undefined) return undefined
  const { trace_id } = readFields(options, { trace_id: traceId })
  return trace_id as string | undefined
}

function signalOf(options: object): AbortSignal | undefined {
  const signal = read(options, 'signal')
  return safely(() => (signal instanceof AbortSignal ? signal : undefined))
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
