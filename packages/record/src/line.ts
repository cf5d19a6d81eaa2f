/**
 * A W3C trace id.
 * @pattern ^(?!0{32})[0-9a-f]{32}$
 */
export type TraceId = string

/**
 * A W3C span (parent) id.
 * @pattern ^(?!0{16})[0-9a-f]{16}$
 */
export type SpanId = string

/**
 * A keyed digest of content: the algorithm, the id of the key, the first 128 bits in hex.
 * @pattern ^hmac-sha256:[0-9a-f]{8}:[0-9a-f]{32}$
 */
export type Digest = string

/**
 * Milliseconds, three decimals at most.
 * @minimum 0
 */
export type Milliseconds = number

/**
 * A count of tokens.
 * @asType integer
 * @minimum 0
 */
export type Tokens = number

/**
 * A whole number from 1 up.
 * @asType integer
 * @minimum 1
 */
export type Ordinal = number

/**
 * A whole number from 0 up.
 * @asType integer
 * @minimum 0
 */
export type Count = number

/** What a piece of metadata may be. */
export type Scalar = string | number | boolean | null

/** Something that was redacted: where and by which rule, never the value. */
export interface Redaction {
  /** Path inside the record. */
  path: string
  /** The rule. */
  rule: string
  /** How often. */
  count: Ordinal
}

/** The keys of pino and of Recount that any line may have. */
export interface Line {
  /** pino's numeric level: 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
  level: number
  /** When the line was written, epoch milliseconds. */
  time: number
  /** The process that wrote it. */
  pid?: number
  /** The host that wrote it. */
  hostname?: string
  /** The logger's name. */
  name?: string
  /** A short text for people. */
  msg?: string
  /** The version of this format; its presence says that the line is ours. */
  recount: 1
  /** Session of the end user. */
  session_id?: string
  /** The end user. */
  user_id?: string
  /** The customer in a multi-tenant application. */
  tenant_id?: string
  /** The inbound request. */
  request_id?: string
  /** The nearest enclosing workflow. */
  workflow?: string
  /** The nearest enclosing step. */
  step?: string
  /** Which attempt of that step this is, from 1. */
  step_attempt?: Ordinal
  /** The nearest enclosing name given to a span. */
  span_name?: string
  /** The agent at work. */
  agent?: string
  /** Free labels. */
  tags?: string[]
  /** Flat scalars, inherited downwards, at most 8 KB. */
  metadata?: { [key: string]: Scalar }
  /** Purposes the user consented to. */
  consent?: string[]
  /** The service, as OpenTelemetry's `service.name`. */
  service?: string
  /** Deployment environment. */
  environment?: string
  /** Released version. */
  release?: string
  /** Source commit. */
  commit?: string
  /**
   * Present only where calls are sampled: readers weigh by its inverse.
   * @exclusiveMinimum 0
   * @maximum 1
   */
  sample_rate?: number
  /** What was redacted in this line and in the content of its span. */
  redactions?: Redaction[]
  /**
   * The key of the hashes and tokens in this line and in the content of its span.
   * @pattern ^[0-9a-f]{8}$
   */
  key_id?: string
}

/** A line that stands in a trace. */
export interface SpanLine extends Line {
  /** The trace it belongs to. */
  trace_id: TraceId
  /** Its own span. */
  span_id: SpanId
  /** The span that caused it; absent at the root. */
  parent_span_id?: SpanId
}

/** A line written when something ended. */
export interface TerminalLine extends SpanLine {
  /** Wall clock at the start, epoch milliseconds, three decimals. */
  start_time: number
  /** Monotonic length. */
  duration_ms: Milliseconds
}

/** A line that may name a trace, a span, both or neither. */
export interface LooseLine extends Line {
  /** The trace it is about. */
  trace_id?: TraceId
  /** The span it is about. */
  span_id?: SpanId
  /** The span that caused it. */
  parent_span_id?: SpanId
}

/** How something ended; `aborted` means the caller stopped it and is not an error. */
export const STATUSES = ['ok', 'error', 'partial', 'aborted'] as const
/** One of `STATUSES`. */
export type Status = (typeof STATUSES)[number]

/** An error as it is recorded. */
export interface RecordedError {
  /** Class name. */
  type: string
  /** The library's or provider's own code. */
  code?: string | null
  /** HTTP status. */
  status?: number | null
  /** Redacted, 1 KB at most. */
  message: string
  /** What caused it. */
  cause?: RecordedError
}
