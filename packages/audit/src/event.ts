/** Actions that every LLM application has; its own begin with `app.`. */
export const AUDIT_ACTIONS = [
  'query',
  'completion',
  'moderation',
  'content_filter',
  'data_access',
  'config_change',
  'tool_call',
  'human_review',
] as const

/** How an action ended. */
export const AUDIT_OUTCOMES = [
  'success',
  'failure',
  'denied',
  'partial',
  'aborted',
  'unknown',
] as const

/**
 * `query`, `completion`, … or `app.*`; `audit.*` is the log's own.
 * @pattern ^(query|completion|moderation|content_filter|data_access|config_change|tool_call|human_review|app(\.[a-z0-9][a-z0-9_]{0,62}){1,4})$
 */
export type AuditAction = string

/**
 * A name without control characters, 1 to 256 characters.
 * @pattern ^[^\u0000-\u001f\u007f]{1,256}$
 */
export type AuditName = string

/**
 * Text of at most 2,048 characters.
 * @pattern ^[\s\S]{0,2048}$
 */
export type AuditText = string

/**
 * A kind, such as `user` or `vector_store`.
 * @pattern ^[A-Za-z][A-Za-z0-9_.:-]{0,63}$
 */
export type AuditKind = string

/**
 * `success`, `failure`, `denied`, `partial`, `aborted` or `unknown`.
 * @pattern ^(success|failure|denied|partial|aborted|unknown)$
 */
export type AuditOutcome = string

/** @asType integer */
export type AuditInteger = number

/** What an entry may say beside its fixed keys. */
export type AuditScalar = AuditText | AuditInteger | boolean | null

/** A flat object of one's own. */
export interface AuditFields {
  [key: string]: AuditScalar | AuditText[]
}

/** Who did it: a user, service, agent, reviewer, system; `via` are the agents that acted in between. */
export interface AuditActor {
  type: AuditKind
  id: AuditName
  via?: AuditName[]
}

/** What it was done to. */
export interface AuditTarget {
  type: AuditKind
  id: AuditName
  ver?: AuditName
}

/** Content that the entry commits to: give `text`, which is encrypted beside the log and never in it, or a commitment made elsewhere. */
export interface AuditDataItem {
  /** What it is: `input`, `output`, `query`, `ip`, … */
  part: AuditKind
  text?: string
  commitment?: AuditName
  /** Whether the text is kept (encrypted), or only what is needed to prove it later. Default: option `content` of the log. */
  keep?: boolean
}

/** Joins the entry to recorded calls. */
export interface AuditTrace {
  /** @pattern ^[0-9a-f]{32}$ */
  trace_id: string
  /** @pattern ^[0-9a-f]{16}$ */
  span_id?: string
  session_id?: AuditName
  request_id?: AuditName
}

/** Why. */
export interface AuditReason {
  code: AuditKind
  text?: AuditText
}

/** Which rule decided what is kept. */
export interface AuditPolicy {
  level: AuditKind
  rule?: AuditName
  rev?: AuditName
}

/** What happened, as the application says it: who did what to what, with which outcome. No content, but commitments to it. */
export interface AuditEvent {
  action: AuditAction
  actor: AuditActor
  /** Whose data it is. */
  subject?: AuditName
  /** The customer. */
  tenant?: AuditName
  target: AuditTarget
  outcome: AuditOutcome
  /** Entries of one operation share `op`; `stage` says how far it is. */
  stage?: 'requested' | 'completed' | 'failed' | 'denied'
  op?: AuditName
  trace?: AuditTrace
  /** Integers, strings and nulls about the model call, such as `provider`, `model`, `input_tokens`, `cost_nusd`. */
  llm?: { [key: string]: AuditText | AuditInteger | null }
  /** Where it came from, such as `service`, `instance`, `environment`. */
  src?: { [key: string]: AuditText }
  data?: AuditDataItem[]
  policy?: AuditPolicy
  reason?: AuditText | AuditReason
  /** What the action is about; each action has its own fields (see `queryEvent` and its sisters). */
  details?: { [key: string]: AuditScalar | AuditText[] | AuditFields }
  /** The application's own, by namespace. */
  ext?: { [namespace: string]: AuditScalar | AuditText[] | AuditFields }
}
