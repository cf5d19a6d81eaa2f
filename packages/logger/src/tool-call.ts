import { LEVELS, type Status } from '@recount/record'
import type { ContentAsk } from './captures.ts'
import { currentContext, type Trace } from './context.ts'
import { failureOf } from './diagnoses.ts'
import { flag, text } from './field-readers.ts'
import { type FieldTable, read, readFields } from './fields.ts'
import { statusLevel } from './levels.ts'
import { observe } from './observe.ts'
import { OpenSpan } from './open-span.ts'
import { type AnyPino, isSilent } from './pino-internals.ts'
import { failedStatus } from './recorded-error.ts'
import { recordingOf, safely } from './recording.ts'
import type { SpanBindings } from './span-bindings.ts'
import { spanOptions } from './span-options.ts'

/** A tool about to be run for a model. */
export interface ToolCallOptions extends SpanBindings {
  /** The tool's name. */
  tool: string
  /** The id under which the model asked; with it the tool's parent is the call that asked. */
  tool_call_id?: string
  /** It was not run under our eyes: its result stands in the next request. Left out where the same tool call was recorded before. */
  inferred?: boolean
  /** What the model passed. Kept only where content is open, as is the result. */
  arguments?: unknown
  /** Asks for content: all, nothing, or these parts. */
  content?: ContentAsk
}

/** A tool while it runs. Nothing here throws; only the first ending counts. */
export interface ToolCallHandle {
  readonly trace_id: string
  readonly span_id: string
  run<T>(fn: () => T): T
  /** It returned. */
  end(result?: unknown): void
  /** It failed. */
  fail(error: unknown): void
}

const SUBJECT: FieldTable = { tool: text, tool_call_id: text, inferred: flag }

/** Records a tool around a function and returns what the function returns. */
export function recordToolCall<T>(logger: AnyPino, options: ToolCallOptions, fn: () => T): T {
  const call = openTool(logger, options)
  const chunks: unknown[] = []
  if (call === NO_TOOL) return fn()
  return observe(fn, {
    run: call.run,
    chunk: (chunk) => {
      if (chunks.length < 1000) chunks.push(chunk)
    },
    done: (value) => call.end(value === undefined && chunks.length > 0 ? chunks : value),
    failed: (error) => call.fail(error),
    stopped: () => call.stop(chunks),
  })
}

/** Opens a tool call by hand: the start line and its arguments are written before this returns. */
export function startToolCall(logger: AnyPino, options: ToolCallOptions): ToolCallHandle {
  return openTool(logger, options)
}

interface OpenToolCall extends ToolCallHandle {
  /** Whoever read its result stopped. */
  stop(result: unknown): void
}

function openTool(logger: AnyPino, options: ToolCallOptions): OpenToolCall {
  if (isSilent(logger)) return NO_TOOL
  return safely(() => openToolCall(logger, options)) ?? NO_TOOL
}

function openToolCall(logger: AnyPino, options: ToolCallOptions): OpenToolCall {
  const subject: Record<string, unknown> = { tool: 'unknown', ...readFields(options, SUBJECT) }
  if (isKnown(subject, currentContext()?.trace)) return NO_TOOL
  const place = { ...spanOptions(options), parent_span_id: askedBy(subject) }
  const span = new OpenSpan(logger, recordingOf(logger), place, { event: 'tool_call' })
  span.keep('tool_arguments', read(options, 'arguments'))
  span.begin('tool_call_started', LEVELS.info, subject)
  const finish = (status: Status, failure: object, result?: unknown): void => {
    const duration_ms = span.elapsed()
    const level = statusLevel(status, LEVELS.info)
    span.settle(span.endedFacts(level, status, duration_ms))
    span.keep('tool_result', result)
    if (span.finish('tool_call', level, duration_ms, { ...subject, status, ...failure })) {
      span.context.trace.tools_ms += duration_ms
      span.audit('tool_call', 'tool', String(subject.tool), status)
    }
  }
  const finishWith = (status: Status, result: unknown): void => {
    if (!span.ended) finish(status, {}, result)
  }
  return {
    trace_id: span.trace_id,
    span_id: span.span_id,
    run: (fn) => span.run(fn),
    end: (result) => finishWith('ok', result),
    stop: (result) => finishWith('aborted', result),
    fail(error) {
      if (span.ended) return
      const status = failedStatus(error, undefined, false)
      finish(status, failureOf(logger, span, error, status, { tool: String(subject.tool) }))
    },
  }
}

/** Tool calls recorded outside of any trace, by id: who infers one later cannot find them in its trace. */
const recordedAlone = new Set<string>()
/** More ids than this are forgotten, oldest first. */
const MAX_RECORDED = 1000

/** Whether what is only inferred was recorded while it ran; remembers what was. */
function isKnown(
  { tool_call_id, inferred }: Record<string, unknown>,
  trace: Trace | undefined,
): boolean {
  if (typeof tool_call_id !== 'string') return false
  const recorded = trace?.recordedTools ?? recordedAlone
  if (inferred === true) return recorded.has(tool_call_id) || recordedAlone.delete(tool_call_id)
  recorded.add(tool_call_id)
  const oldest = recorded.size > MAX_RECORDED ? recorded.values().next().value : undefined
  if (oldest !== undefined) recorded.delete(oldest)
  return false
}

/** The model call that asked for this tool: by the tool call's id, else the last one made in this span, unless calls overlapped. */
function askedBy(subject: Record<string, unknown>): string | undefined {
  const context = currentContext()
  if (context === undefined) return undefined
  const { tool_call_id } = subject
  const asked =
    typeof tool_call_id === 'string' ? context.trace.askedBy.get(tool_call_id) : undefined
  return asked ?? context.calls.last?.span_id
}

/** What a silent logger hands out. */
const NO_TOOL: OpenToolCall = Object.freeze({
  trace_id: '',
  span_id: '',
  run: <T>(fn: () => T): T => fn(),
  end() {},
  stop() {},
  fail() {},
})
