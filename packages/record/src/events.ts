import type { Content } from './events/content.ts'
import type { LlmCall, LlmCallStarted } from './events/llm-call.ts'
import type {
  Batch,
  Erased,
  ErrorDiagnosed,
  Evaluation,
  FinalResponse,
  PolicyChanged,
  PromptVersion,
  RecordsDropped,
  UserAction,
  Validation,
} from './events/outcome.ts'
import type { Retrieval } from './events/retrieval.ts'
import type { Step, StepStarted } from './events/step.ts'
import type { ToolCall, ToolCallStarted } from './events/tool-call.ts'

/** Every event of the format, with its type. */
export interface EventTypes {
  llm_call_started: LlmCallStarted
  llm_call: LlmCall
  tool_call_started: ToolCallStarted
  tool_call: ToolCall
  retrieval: Retrieval
  step_started: StepStarted
  step: Step
  content: Content
  validation: Validation
  final_response: FinalResponse
  user_action: UserAction
  evaluation: Evaluation
  error_diagnosed: ErrorDiagnosed
  batch: Batch
  prompt_version: PromptVersion
  policy_changed: PolicyChanged
  records_dropped: RecordsDropped
  erased: Erased
}

/** The name of an event. */
export type EventName = keyof EventTypes

/** Any record. */
export type AnyRecord = EventTypes[EventName]

/** The names of all events. */
export const EVENTS: readonly EventName[] = [
  'llm_call_started',
  'llm_call',
  'tool_call_started',
  'tool_call',
  'retrieval',
  'step_started',
  'step',
  'content',
  'validation',
  'final_response',
  'user_action',
  'evaluation',
  'error_diagnosed',
  'batch',
  'prompt_version',
  'policy_changed',
  'records_dropped',
  'erased',
]
