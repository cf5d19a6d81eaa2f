import type { Captures } from './captures.ts'
import { capturesOf } from './captures-of.ts'
import { currentContext } from './context.ts'
import { read } from './fields.ts'
import { recordLlmCall, startLlmCall } from './llm-call.ts'
import type { LlmCallHandle, LlmCallOptions } from './llm-call-options.ts'
import { type OpenTrace, openTrace, type StepBindings, type TraceBindings } from './open-trace.ts'
import {
  type EvaluationOptions,
  type FinalResponseOptions,
  recordEvaluation,
  recordFinalResponse,
  recordUserAction,
  type UserActionOptions,
} from './outcome.ts'
import type { AnyPino } from './pino-internals.ts'
import { recordingOf } from './recording.ts'
import { type RetrievalOptions, recordRetrieval } from './retrieval.ts'
import {
  recordToolCall,
  startToolCall,
  type ToolCallHandle,
  type ToolCallOptions,
} from './tool-call.ts'
import { recordStep, recordTrace } from './trace.ts'
import { formatTraceparent } from './trace-context.ts'
import { recordValidation, type Validated, type ValidateOptions } from './validate.ts'
import { wrapFunction } from './wrap.ts'

/** What a logger can do beyond pino. Nothing here throws for its own sake or changes what it is given. */
export interface RecordingMethods {
  /** Runs a function as one trace: everything recorded inside belongs together. Returns what the function returns. */
  trace<T>(name: string, fn: () => T): T
  trace<T>(name: string, bindings: TraceBindings, fn: () => T): T
  /** Runs a function as one step of the trace. Returns what the function returns. */
  step<T>(name: string, fn: () => T): T
  step<T>(name: string, bindings: StepBindings, fn: () => T): T
  /** Records a model call around a function: start line, content where open, one terminal line for any ending. */
  llm<T>(call: LlmCallOptions, fn: (call: LlmCallHandle) => T): T
  /** Records a tool around a function. */
  tool<T>(call: ToolCallOptions, fn: () => T): T
  /** Records a lookup around a function. */
  retrieval<T>(lookup: RetrievalOptions, fn: () => T): T
  /** Raw → parsed → verdict, recorded in one step. Throws only `LOGGER_SCHEMA_INVALID`. */
  validate<T = unknown>(raw: unknown, options?: ValidateOptions<T>): Validated<T>
  /** Says what became of the answer, with the latency split of the trace. */
  finalResponse(options?: FinalResponseOptions): void
  /** Says what a person did with an answer, perhaps hours later and in another process. */
  userAction(options: UserActionOptions): void
  /** Says what somebody or something thinks of a span. */
  evaluation(options: EvaluationOptions): void
  /** Any async function or generator function, recorded as a model call each time it runs; its arguments are the input. */
  wrap<Args extends unknown[], T>(
    fn: (...args: Args) => T,
    call: LlmCallOptions,
  ): (...args: Args) => T
  /** Opens a model or tool call by hand; end it with `end` or `fail`. */
  start(call: LlmCallOptions & { event: 'llm_call' }): LlmCallHandle
  start(call: ToolCallOptions & { event: 'tool_call' }): ToolCallHandle
  /** Opens a trace by hand, for callers that cannot wrap a function. */
  openTrace(name: string, bindings?: TraceBindings): OpenTrace
  /** What would be kept of a call made here and now, and which rule says so. */
  captures(call?: Partial<LlmCallOptions>): Captures
  /** The current span as a W3C `traceparent` header; undefined outside any trace. */
  traceparent(): string | undefined
}

const LEVEL_TRACE = Symbol('recount.level-trace')

/**
 * Puts the methods on a root logger; children inherit them, and `this` is the logger they are called on. `trace` is pino's
 * lowest level too, which pino sets anew on each instance whose level changes: with a function it records, else it logs.
 */
export function addRecordingMethods(root: AnyPino): void {
  Object.assign(root, recordingMethods, { [LEVEL_TRACE]: (root as { trace?: unknown }).trace })
  Object.defineProperty(root, 'trace', {
    configurable: true,
    enumerable: true,
    get: () => traceOrLog,
    set(logAtTrace: unknown) {
      Object.defineProperty(this, LEVEL_TRACE, { value: logAtTrace, configurable: true })
    },
  })
}

function traceOrLog(this: AnyPino, ...args: unknown[]): unknown {
  if (isRecording(args)) {
    const bindings = args.length === 3 ? (args[1] as TraceBindings) : {}
    return recordTrace(this, args[0] as string, bindings, args.at(-1) as () => unknown)
  }
  const { [LEVEL_TRACE]: log } = this as { [LEVEL_TRACE]?: (...args: unknown[]) => void }
  return log?.apply(this, args)
}

/** A function at the end that is no value for a message runs, whatever stands where the name should be. */
function isRecording(args: readonly unknown[]): boolean {
  if (typeof args.at(-1) !== 'function' || args.length < 2 || args.length > 3) return false
  return args.length === 2 || typeof args[0] === 'string' || typeof args[1] !== 'string'
}

const recordingMethods: Omit<RecordingMethods, 'trace'> & ThisType<AnyPino> = {
  step<T>(name: string, ...rest: [() => T] | [StepBindings, () => T]): T {
    const [bindings, fn] = rest.length === 1 ? [{}, rest[0]] : rest
    return recordStep(this, name, bindings, fn)
  },
  llm(call, fn) {
    return recordLlmCall(this, call, fn)
  },
  tool(call, fn) {
    return recordToolCall(this, call, fn)
  },
  retrieval(lookup, fn) {
    return recordRetrieval(this, lookup, fn)
  },
  validate(raw, options = {}) {
    return recordValidation(this, raw, options)
  },
  finalResponse(options = {}) {
    recordFinalResponse(this, options)
  },
  userAction(options) {
    recordUserAction(this, options)
  },
  evaluation(options) {
    recordEvaluation(this, options)
  },
  wrap(fn, call) {
    return wrapFunction(this, fn, call)
  },
  start(call: object): never {
    const open =
      read(call, 'event') === 'tool_call'
        ? startToolCall(this, call as never)
        : startLlmCall(this, call as never)
    return open as never
  },
  openTrace(name, bindings) {
    return openTrace(this, name, bindings)
  },
  captures(call) {
    return capturesOf(recordingOf(this), call ?? {})
  },
  traceparent() {
    const context = currentContext()
    return (
      context && formatTraceparent({ trace_id: context.trace.trace_id, span_id: context.span_id })
    )
  },
}

/** The names that no level may have. */
export const RECORDING_METHODS: readonly string[] = Object.keys(recordingMethods)
