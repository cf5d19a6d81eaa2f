import {
  DISPOSITIONS,
  type Disposition,
  LEVELS,
  USER_ACTIONS,
  type UserActionName,
} from '@recount/record'
import type { ContentAsk } from './captures.ts'
import { roundMs } from './clock.ts'
import { currentContext } from './context.ts'
import { amount, freeText, number, oneOf, orNull, spanId, text, traceId } from './field-readers.ts'
import { type FieldTable, read, readFields, readRequired } from './fields.ts'
import { OpenSpan } from './open-span.ts'
import { type AnyPino, isSilent, withoutName } from './pino-internals.ts'
import { recordingOf, safely } from './recording.ts'
import { INHERITED_FIELDS, spanOptions } from './span-options.ts'

/** What the application did with an answer. */
export interface FinalResponseOptions {
  /** What became of it; default `shown`. */
  disposition?: Disposition
  /** The answer. Kept only where content is open. */
  output?: unknown
  /** Your own id of the answer, so that a later action can name it. */
  message_id?: string
  /** Asks for content: all, nothing, or these parts. */
  content?: ContentAsk
}

/** Writes a `final_response` line with the latency split of the trace; an answer that is shown though its validation failed is an error. */
export function recordFinalResponse(logger: AnyPino, options: FinalResponseOptions): void {
  if (isSilent(logger)) return
  safely(() => {
    const recording = recordingOf(logger)
    const place = spanOptions(options)
    const span = new OpenSpan(logger, recording, place, { event: 'final_response' })
    const { trace } = span.context
    const fields = {
      disposition: 'shown',
      ...readFields(options, { disposition: oneOf(DISPOSITIONS), message_id: text }),
      latency_ms: {
        total: roundMs(recording.clock.monotonic() - trace.started),
        retrieval: roundMs(trace.retrieval_ms),
        llm: roundMs(trace.llm_ms),
        tools: roundMs(trace.tools_ms),
        ttft: trace.ttft_ms,
      },
    }
    const reachedUser = trace.validationFailed && fields.disposition !== 'dropped'
    const level = reachedUser ? LEVELS.error : LEVELS.info
    span.settle({ level })
    span.keep('output', read(options, 'output'))
    span.write('final_response', level, fields)
  })
}

/** Something a later moment says about an answer; it joins by any of the three ids, from any process. */
export interface About {
  trace_id?: string
  span_id?: string
  message_id?: string
  user_id?: string
  session_id?: string
  tenant_id?: string
}

/** What a person did with an answer. */
export interface UserActionOptions extends About {
  action: UserActionName
  /** 0 nothing changed, 1 everything. */
  edit_distance?: number
  score?: number
  comment?: string
  /** The edited text. Kept only where content is open. */
  user_edit?: unknown
  /** Asks for content: all, nothing, or these parts. */
  content?: ContentAsk
}

/** Writes a `user_action` line. */
export function recordUserAction(logger: AnyPino, options: UserActionOptions): void {
  if (isSilent(logger)) return
  safely(() => {
    const fields = readRequired(options, ACTION, ['action'])
    const edit = read(options, 'user_edit')
    writeAbout(logger, 'user_action', fields, edit === undefined ? undefined : { options, edit })
  })
}

/** A judgement about a span. */
export interface EvaluationOptions extends About {
  /** What was judged. */
  name: string
  /** Higher is better. */
  score?: number | null
  label?: string | null
  evaluator: 'human' | 'model' | 'code'
  explanation?: string
}

/** Writes an `evaluation` line. */
export function recordEvaluation(logger: AnyPino, options: EvaluationOptions): void {
  if (isSilent(logger)) return
  safely(() => {
    const fields = readRequired(options, JUDGEMENT, ['name', 'evaluator'])
    writeAbout(withoutName(logger), 'evaluation', fields)
  })
}

const ABOUT: FieldTable = {
  trace_id: traceId,
  span_id: spanId,
  message_id: text,
  user_id: text,
  session_id: text,
  tenant_id: text,
}
const ACTION: FieldTable = {
  ...ABOUT,
  action: oneOf(USER_ACTIONS),
  edit_distance: amount,
  score: number,
  comment: freeText,
}
const JUDGEMENT: FieldTable = {
  ...ABOUT,
  name: text,
  score: orNull(number),
  label: orNull(text),
  evaluator: oneOf(['human', 'model', 'code']),
  explanation: orNull(freeText),
}

/** The line is about what its ids say; where they say nothing, it is about the current span. */
function writeAbout(
  logger: AnyPino,
  event: 'user_action' | 'evaluation',
  fields: Record<string, unknown>,
  edited?: { readonly options: object; readonly edit: unknown },
): void {
  const { trace_id, span_id, message_id } = fields
  const context = currentContext()
  const named = trace_id !== undefined || span_id !== undefined || message_id !== undefined
  const here =
    named || context === undefined
      ? {}
      : {
          trace_id: context.trace.trace_id,
          span_id: context.calls.last?.span_id ?? context.span_id,
        }
  const place = typeof trace_id === 'string' ? { trace_id } : {}
  const labels = readFields(fields, INHERITED_FIELDS)
  // What the line is about may be of another user or tenant than the running code.
  const options = { ...spanOptions(edited?.options ?? {}), ...place, inherited: labels }
  const span = new OpenSpan(logger, recordingOf(logger), options, { event })
  span.settle({ level: LEVELS.info })
  span.keep('user_edit', edited?.edit)
  span.writeLoosely(event, LEVELS.info, { ...here, ...without(fields, labels) })
}

function without(fields: object, taken: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !(key in taken)))
}
