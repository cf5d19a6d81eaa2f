import type { ContentAsk } from './captures.ts'
import type { LlmResult } from './reply.ts'
import type { SpanBindings } from './span-bindings.ts'

/** A model call about to be made. */
export interface LlmCallOptions extends SpanBindings {
  /** OpenTelemetry's provider name: `openai`, `anthropic`, `aws.bedrock`, or your own. */
  provider: string
  /** The model asked for. */
  model: string
  /** OpenTelemetry's operation name; default `chat`. */
  operation?: string
  /** Parameters as sent. */
  params?: Record<string, unknown>
  /** Whether the answer is a stream. */
  stream?: boolean
  /** Which version of which prompt. */
  prompt?: { name: string; version?: string | number; digest?: string }
  /** Your own id of the answer, so that a later action can name it. */
  message_id?: string
  /** From 1. */
  attempt?: number
  /** `span_id` of the failed attempt that this one repeats. */
  retry_of?: string
  /** `span_id` of the failed call to another model or provider that this one replaces. */
  fallback_of?: string
  /** Outside of any span: the trace it belongs to, as for the next attempt of a call; default: a new one. */
  trace_id?: string
  /** References to state that the provider holds: the model sees more than `input`. */
  held_state?: Record<string, string | number | boolean | null>
  /** `span_id` of the call whose answer this one goes on from. */
  continues?: string
  /** How full the model's window is; over 0.8 used is a warning. */
  context_window?: { messages?: number; tokens_estimated?: number; limit?: number; used?: number }
  /** Messages, or one text; system messages among them are recorded as `system`. Kept only where content is open, like the next five. */
  input?: unknown
  /** The system prompt, where it stands apart. */
  system?: unknown
  /** Tool definitions. */
  tools?: unknown
  /** What this step received from earlier ones. */
  upstream?: unknown
  /** The wire text, as sent. */
  raw_request?: unknown
  /** Uploads: only their type and size are kept. */
  files?: unknown
  /** Asks for content: all, nothing, or these parts. Policy and environment can only allow less. */
  content?: ContentAsk
  /** The signal given to the client: tells `aborted` from `error`. */
  signal?: AbortSignal
  /** Reads the reply of a client that is not understood unaided; of a stream it is asked for each chunk, and texts are put together. */
  reply?: (value: never) => LlmResult
}

/** A model call while it is under way. Nothing here throws; only the first ending counts. */
export interface LlmCallHandle {
  readonly trace_id: string
  readonly span_id: string
  /** Runs a function inside the call, so that what it records has the call as its parent. */
  run<T>(fn: () => T): T
  /** The first token has come. */
  firstToken(): void
  /** Adds to what will be recorded at the end. */
  set(result: LlmResult): void
  /** It ended well, or was cut (`partial`) or stopped by the caller (`aborted`). */
  end(result?: LlmResult & { status?: 'ok' | 'partial' | 'aborted' }): void
  /** It failed. */
  fail(error: unknown, result?: LlmResult): void
}
