export { CONTENT_PARTS, type Content, type ContentPart, type ContentRef } from './events/content.ts'
export {
  type ContextWindow,
  type Diagnosis,
  FINISH_REASONS,
  type FinishReason,
  type LlmCall,
  type LlmCallStarted,
  type LlmCallSubject,
  type PromptRef,
  type ToolsUsed,
} from './events/llm-call.ts'
export {
  type Batch,
  DISPOSITIONS,
  type Disposition,
  type Erased,
  type ErrorDiagnosed,
  type Evaluation,
  type FinalResponse,
  type PolicyChanged,
  type PromptVersion,
  type RecordsDropped,
  USER_ACTIONS,
  type UserAction,
  type UserActionName,
  type Validation,
} from './events/outcome.ts'
export type { Chunk, Retrieval } from './events/retrieval.ts'
export type { Step, StepStarted } from './events/step.ts'
export type { ToolCall, ToolCallStarted, ToolCallSubject } from './events/tool-call.ts'
export { type AnyRecord, EVENTS, type EventName, type EventTypes } from './events.ts'
export {
  fromGenAiAttributes,
  GENAI_ALIASES,
  GENAI_ATTRIBUTES,
  GENAI_PARAMS,
  GENAI_SCHEMA_URL,
  toGenAiAttributes,
} from './genai.ts'
export { isSpanId, isTraceId, newSpanId, newTraceId, uuidv7 } from './ids.ts'
export { LEVELS, type LevelName } from './levels.ts'
export {
  type Line,
  type LooseLine,
  type RecordedError,
  type Redaction,
  type Scalar,
  type SpanId,
  type SpanLine,
  STATUSES,
  type Status,
  type TerminalLine,
  type TraceId,
} from './line.ts'
export type { AuditEvent, AuditSink, Sink } from './ports.ts'
export { RECORD_KEYS } from './record-keys.ts'
export { beganAt, type SpanNode, spanTrees, type TraceTree } from './span-tree.ts'
