import type { LlmResult } from '@recount/logger'

/** What a request asks a provider for, in the words of the record (docs/record.md). Content is in OpenTelemetry's GenAI message shape. */
export interface RequestFacts {
  /** The wire format, such as `openai.chat` or `anthropic.messages`; readers of the answer go by it. */
  readonly api: string
  /** OpenTelemetry's operation name: `chat`, `embeddings`, `generate_content`, … */
  readonly operation: string
  readonly model: string
  readonly stream: boolean
  /** Parameters as sent, falsy values kept. */
  readonly params: Readonly<Record<string, unknown>>
  readonly system?: unknown
  readonly input?: unknown
  /** Tool definitions, as sent. */
  readonly tools?: unknown
  /** References to state that the provider holds, so that the request is not all the model saw: `previous_response_id`, a conversation, cached content, uploaded files. */
  readonly state?: Readonly<Record<string, string>>
}

/** What an answer came to; `failure` where the provider says so inside of HTTP 200 or of a stream. */
export interface AnswerFacts extends LlmResult {
  readonly failure?: ProviderFailure
  /** The answer's own id, which a later request may refer to (`previous_response_id`). */
  readonly response_id?: string
}

/** An error as the provider words it. */
export interface ProviderFailure {
  /** The provider's type or code: `rate_limit_error`, `insufficient_quota`, `RESOURCE_EXHAUSTED`. */
  readonly type: string
  readonly code?: string | number
  readonly message: string
  /** More about it in the provider's words, such as when to come back (Google). */
  readonly details?: readonly unknown[]
}

/** Puts a streamed answer together, event by event, as the provider's own SDK does. */
export interface StreamReader {
  /** Takes one event: for SSE its name and data, for lines of JSON the line as data. True where it holds something of the answer. Never throws. */
  take(event: { readonly event?: string | undefined; readonly data: string }): boolean
  /** What has come so far; complete or not. */
  result(): AnswerFacts
  /** Whether the provider has said that the answer is complete. */
  readonly complete: boolean
}

/** What Recount knows of one provider's wire format: pure functions of plain data that never throw and ignore what they do not know. */
export interface Provider {
  /** OpenTelemetry's `gen_ai.provider.name`. */
  readonly name: string
  /** Whether requests to this host are this provider's. */
  hosts(hostname: string): boolean
  /** What a POST asks for; undefined for endpoints that are no model calls (lists, files, health). `body` is parsed JSON, undefined where it is none (uploads). */
  request(url: URL, body: unknown): RequestFacts | undefined
  /** Reads a whole answer: parsed JSON, or a text where it is none. Without its request the format is told by the answer's shape. */
  answer(body: unknown, request?: RequestFacts): AnswerFacts
  /** Reads the body of an HTTP error: parsed JSON, or a text where it is none. */
  failure(body: unknown): ProviderFailure | undefined
  /** Reads a streamed answer. */
  stream(request: RequestFacts): StreamReader
  /** Request id and rate limits. */
  headers(headers: Headers): Pick<LlmResult, 'provider_request_id' | 'rate_limit'>
}
