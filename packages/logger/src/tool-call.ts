import { LEVELS, type Status } from '@recount/record'
import type { ContentAsk } from './captures.ts'
import { currentContext } from './context.ts'
import { failureOf } from './diagnoses.ts'
import { text } from './field-readers.ts'
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

const SUBJECT: FieldTable = { tool: text, tool_call_id: text }

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
  const place = { ...spanOptions(options), parent_span_id: askedBy(subject) }
  const span = new OpenSpan(logger, recordingOf(logger), place, { event: 'tool_call' })
  span.keep('tool_arguments', read(options, 'arguments'))
  span.begin('tool_call_started', LEVELS.info, subject)
  const finish = (status: Status, failure: object, result?: unknown): void => {
    const duration_ms = span.elapsed()
    const level = statusLevel(status, LEVELS.info)
    span.settle({ status, duration_ms, level })
    span.keep('tool_result', result)
    if (span.finish('tool_call', level, duration_ms, { ...subject, status, ...failure })) {
      span.context.trace.tools_ms += duration_ms
      span.audit('tool_call', { type: 'tool', id: String(subject.tool) }, status)
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
