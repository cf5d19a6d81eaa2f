import type { RecordedError, SpanLine, Status, TerminalLine } from '../line.ts'
import type { ContentRef } from './content.ts'
import type { Diagnosis } from './llm-call.ts'

/** What both lines of a tool call say. */
export interface ToolCallSubject {
  /** The tool's name. */
  tool: string
  /** The id under which the model asked for it. */
  tool_call_id?: string
  /** Nobody recorded the tool while it ran: its result stood in the next request, so that its times are not known. */
  inferred?: boolean
}

/** A tool is about to run; its parent is the model call that asked for it. */
export interface ToolCallStarted extends SpanLine, ToolCallSubject {
  event: 'tool_call_started'
}

/** A tool ended. */
export interface ToolCall extends TerminalLine, ToolCallSubject {
  event: 'tool_call'
  /** How it ended. */
  status: Status
  /** What failed. */
  error?: RecordedError
  /** What that failure is. */
  diagnosis?: Diagnosis
  /** Arguments and result, by digest. */
  content?: ContentRef[]
}
