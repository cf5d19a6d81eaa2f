import type {
  Count,
  Digest,
  Milliseconds,
  Ordinal,
  RecordedError,
  Scalar,
  SpanId,
  SpanLine,
  Status,
  TerminalLine,
  Tokens,
} from '../line.ts'
import type { ContentRef } from './content.ts'

/** Why a model stopped, in one vocabulary for all providers. */
export const FINISH_REASONS = [
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'refusal',
  'context_window',
  'error',
  'other',
] as const
/** One of `FINISH_REASONS`. */
export type FinishReason = (typeof FINISH_REASONS)[number]

/** Which version of which prompt was sent. */
export interface PromptRef {
  /** The prompt's name. */
  name: string
  /** Its version. */
  version?: string | number
  /** Keyed digest of its template. */
  digest?: string
}

/** How full the model's window was. */
export interface ContextWindow {
  /** Messages sent. */
  messages?: Count
  /** Estimated tokens sent. */
  tokens_estimated?: Tokens
  /** The model's window in tokens. */
  limit?: Tokens
  /**
   * Share of the window used, 0 to 1 (over 1 when it did not fit).
   * @minimum 0
   */
  used?: number
}

/** Which tools the model had and which it called. */
export interface ToolsUsed {
  /** Tools offered. */
  offered?: Count
  /** Names of the tools called, in order. */
  called?: string[]
}

/** What an error was found to be. */
export interface Diagnosis {
  /** One of the published categories. */
  category: string
  /** Whether trying again helps. */
  retryable: 'after_delay' | 'after_change' | 'no' | 'unknown'
  /** When to try again. */
  retry_after_ms?: Milliseconds | null
  /** What to do, likeliest first. */
  suggestions?: string[]
  /** Links. */
  docs?: string[]
}

/** What both lines of a call say. */
export interface LlmCallSubject {
  /** OpenTelemetry's provider name: `openai`, `anthropic`, `aws.bedrock`. */
  provider: string
  /** OpenTelemetry's operation name; default `chat`. */
  operation: string
  /** The model asked for. */
  model: string
  /** Parameters as sent, falsy values kept. */
  params?: { [key: string]: unknown }
  /** Whether the answer was asked for as a stream. */
  stream?: boolean
  /** The failed call to another model or provider that this one replaces. */
  fallback_of?: SpanId
  /** Which attempt this is, from 1. */
  attempt?: Ordinal
  /** The failed attempt that this one repeats. */
  retry_of?: SpanId
  /** Which version of which prompt was sent. */
  prompt?: PromptRef
  /** The application's own id of the answer, so that a later action can name it. */
  message_id?: string
}

/** A model call is about to be made. */
export interface LlmCallStarted extends SpanLine, LlmCallSubject {
  event: 'llm_call_started'
  /** Keyed digest of the input, where content is kept. */
  input_digest?: Digest
}

/** A model call ended. */
export interface LlmCall extends TerminalLine, LlmCallSubject {
  event: 'llm_call'
  /** How it ended. */
  status: Status
  /** The model that answered, exact and dated. */
  response_model?: string
  /** Length of the whole call with failed attempts and back-off. */
  call_duration_ms?: Milliseconds
  /** Includes cached tokens. */
  input_tokens?: Tokens | null
  /** Includes reasoning tokens. */
  output_tokens?: Tokens | null
  /** Input tokens read from the provider's cache. */
  cache_read_tokens?: Tokens | null
  /** Input tokens written to the provider's cache. */
  cache_write_tokens?: Tokens | null
  /** Output tokens spent on reasoning. */
  reasoning_tokens?: Tokens | null
  /** Who counted the tokens. */
  usage_source?: 'provider' | 'estimated'
  /**
   * US dollars, nine decimals at most; null when unknown.
   * @minimum 0
   */
  cost_usd?: number | null
  /** Where the price came from. */
  cost_source?: 'table' | 'override' | 'provider' | 'unknown'
  /** The price table's version. */
  price_version?: string
  /** Time to the first token of a stream. */
  ttft_ms?: Milliseconds | null
  /** Why the model stopped. */
  finish_reason?: FinishReason | null
  /** The same in the provider's own word. */
  finish_reason_raw?: string | null
  /** The provider's request id. */
  provider_request_id?: string
  /** Rate-limit headers. */
  rate_limit?: { [key: string]: Scalar }
  /** How full the window was. */
  context_window?: ContextWindow
  /** Tools offered and called. */
  tools?: ToolsUsed
  /** The verdict on the parsed answer. */
  validation?: { passed: boolean; rule?: string | null }
  /** What failed. */
  error?: RecordedError
  /** What that failure is. */
  diagnosis?: Diagnosis
  /** What was seen, by digest; the text is in `content` lines. */
  content?: ContentRef[]
}
