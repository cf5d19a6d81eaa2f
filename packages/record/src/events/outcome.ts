import type { LooseLine, Milliseconds, Scalar, SpanId, SpanLine } from '../line.ts'
import type { ContentRef } from './content.ts'
import type { Diagnosis } from './llm-call.ts'

/** A rule was applied to a parsed answer; one line for each that failed, or one for a pass. */
export interface Validation extends SpanLine {
  event: 'validation'
  /** The verdict. */
  passed: boolean
  /** The rule that failed. */
  rule?: string | null
  /** Where in the value, as a JSON Pointer. */
  path?: string | null
  /** What was wrong, redacted. */
  message?: string | null
  /** The parsed value, by digest. */
  content?: ContentRef[]
}

/** What the application did with an answer. */
export const DISPOSITIONS = ['shown', 'used', 'dropped'] as const
/** One of `DISPOSITIONS`. */
export type Disposition = (typeof DISPOSITIONS)[number]

/** What came out of a trace in the end. */
export interface FinalResponse extends SpanLine {
  event: 'final_response'
  /** What became of the answer. */
  disposition: Disposition
  /** The application's own id of the answer. */
  message_id?: string
  /** Where the time went, over the trace. */
  latency_ms: {
    /** From the start of the trace. */
    total: Milliseconds
    /** Sum over its retrievals. */
    retrieval: Milliseconds
    /** Sum over its model calls. */
    llm: Milliseconds
    /** Sum over its tool calls. */
    tools: Milliseconds
    /** Of the last streamed call; null without one. */
    ttft: Milliseconds | null
  }
  /** The answer, by digest. */
  content?: ContentRef[]
}

/** What a person did with an answer. */
export const USER_ACTIONS = ['accepted', 'edited', 'retried', 'abandoned', 'rated'] as const
/** One of `USER_ACTIONS`. */
export type UserActionName = (typeof USER_ACTIONS)[number]

/** A person acted on an answer, perhaps hours later and in another process. */
export interface UserAction extends LooseLine {
  event: 'user_action'
  /** What they did. */
  action: UserActionName
  /** The application's own id of the answer. */
  message_id?: string
  /**
   * How much they changed: 0 nothing, 1 everything.
   * @minimum 0
   */
  edit_distance?: number
  /** Their rating. */
  score?: number
  /** A remark, redacted. */
  comment?: string
  /** The edited text, by digest. */
  content?: ContentRef[]
}

/** Somebody or something judged a span. */
export interface Evaluation extends LooseLine {
  event: 'evaluation'
  /** The application's own id of the answer. */
  message_id?: string
  /** What was judged; `name` on this line is the evaluation's, not the logger's. */
  name: string
  /** A number, higher is better. */
  score?: number | null
  /** A class. */
  label?: string | null
  /** Who judged. */
  evaluator: 'human' | 'model' | 'code'
  /** Why, redacted. */
  explanation?: string | null
}

/** An error was told apart from others, once a window. */
export interface ErrorDiagnosed extends LooseLine {
  event: 'error_diagnosed'
  /** One of the published categories. */
  category: string
  /** What makes two errors the same. */
  fingerprint: string
  /** How often since the last such line, this time included. */
  count: number
  /** The window's length. */
  window_ms: Milliseconds
  /** What it is and what to do. */
  diagnosis: Diagnosis
}

/** A provider's batch job changed its state. */
export interface Batch extends LooseLine {
  event: 'batch'
  /** The provider's id. */
  batch_id: string
  /** What it is for. */
  purpose: string
  /** Its state. */
  state: string
  /** Requests by state. */
  counts?: { [key: string]: number }
}

/** A prompt got a new version. */
export interface PromptVersion extends LooseLine {
  event: 'prompt_version'
  /** The prompt; `name` on this line is the prompt's, not the logger's. */
  name: string
  /** Its new version. */
  version: string | number
  /** Digest of its template. */
  digest: string
  /** Source commit. */
  commit?: string
  /** Who changed it. */
  author?: string
}

/** What is kept was changed. */
export interface PolicyChanged extends LooseLine {
  event: 'policy_changed'
  /** Digest before. */
  from: string | null
  /** Digest after. */
  to: string
  /** Who changed it. */
  actor: Scalar
  /** When it ends by itself, epoch milliseconds. */
  until?: number | null
}

/** Lines could not be written; told when the destination came back. */
export interface RecordsDropped extends LooseLine {
  event: 'records_dropped'
  /** The system's error code, or what limit was hit. */
  reason: string
  /** Lines lost. */
  count: number
  /** Their bytes. */
  bytes: number
  /** First loss, epoch milliseconds. */
  from: number
  /** Last loss, epoch milliseconds. */
  to: number
  /** Which destination. */
  sink: string
}

/** A tombstone: later readers and indexers leave out what it names. */
export interface Erased extends LooseLine {
  event: 'erased'
  /** The content that is gone. */
  digest?: string
  /** The person whose content is gone. */
  subject_id?: string
  /** Span whose content is gone. */
  of_span_id?: SpanId
  /** Why. */
  reason?: string
}
