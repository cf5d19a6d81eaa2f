import type { AuditFields, AuditInteger, AuditName, AuditText } from './event.ts'

/** @asType integer @minimum 0 */
type Count = number

/** Somebody asked a model. */
export interface QueryDetails {
  /** Characters of the question. */
  query_length?: Count
}

/** A model answered. */
export interface CompletionDetails {
  response_length?: Count
  finish_reason?: AuditName
  duration_ms?: Count
}

/** A text was judged. */
export interface ModerationDetails {
  content_length?: Count
  flagged?: boolean
  categories?: AuditName[]
  action_taken?: AuditName
}

/** A filter looked at a text, and what was done then. */
export interface ContentFilterDetails {
  content_length?: Count
  /** The filter's answer, flat; scores as integers (parts per thousand, for example). */
  filter_result?: AuditText | AuditFields
  action_taken?: AuditName
}

/** Data was read, for retrieval or by a tool. */
export interface DataAccessDetails {
  data_source?: AuditName
  query_length?: Count
  records_accessed?: Count
}

/** A setting was changed. Values may be secrets: give digests. */
export interface ConfigChangeDetails {
  setting?: AuditName
  /** Digest of the value before. */
  before?: AuditText
  /** Digest of the value after. */
  after?: AuditText
  version?: AuditName
}

/** A model's tool was called. */
export interface ToolCallDetails {
  tool?: AuditName
  tool_call_id?: AuditName
  arguments_length?: Count
  result_length?: Count
  duration_ms?: Count
}

/** A person looked at what a model did. */
export interface HumanReviewDetails {
  decision?: AuditName
  reviewed?: AuditName
  comment_length?: Count
  rating?: AuditInteger
}

/** What `details` may hold, by action. Those of `app.*` are free. */
export interface AuditDetails {
  query: QueryDetails
  completion: CompletionDetails
  moderation: ModerationDetails
  content_filter: ContentFilterDetails
  data_access: DataAccessDetails
  config_change: ConfigChangeDetails
  tool_call: ToolCallDetails
  human_review: HumanReviewDetails
}
