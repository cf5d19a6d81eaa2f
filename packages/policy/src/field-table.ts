import type { FieldSettings } from './policy.ts'

/** A purpose that users consent to, as it stands in a record's `consent`. */
export const CONSENT_PURPOSES = ['content', 'identity', 'location'] as const
/** One of `CONSENT_PURPOSES`. */
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number]

/** One row of what is logged always, never, or under a condition. */
export type FieldRow = AlwaysRow | NeverRow | ConditionalRow

/** Metadata that no setting can leave out. */
export interface AlwaysRow {
  readonly row: string
  readonly log: 'always'
  /** Keys of the record, by path. */
  readonly keys: readonly string[]
}

/** What is not logged in production, and what sees to it. */
export interface NeverRow {
  readonly row: string
  readonly log: 'never'
  /**
   * `profile`: text is kept only as the redaction profile leaves it; `content`: these parts are never text; `record`: the
   * format has no key for it; `sinks`: a sink that is bound to a tenant refuses it.
   */
  readonly heldBy: 'profile' | 'content' | 'record' | 'sinks'
  readonly parts?: readonly string[]
}

/** What is logged where the user consented to the purpose, or an operator's rule says so. */
export interface ConditionalRow {
  readonly row: string
  readonly log: 'conditional'
  readonly consent: ConsentPurpose
  readonly parts?: readonly string[]
  readonly fields?: readonly (keyof FieldSettings)[]
}

/** What to log and what not: the production preset is made of it. */
export const FIELD_TABLE: readonly FieldRow[] = [
  { row: 'Request ID, trace ID', log: 'always', keys: ['request_id', 'trace_id'] },
  { row: 'Model name, provider', log: 'always', keys: ['model', 'provider'] },
  {
    row: 'Token counts (input/output)',
    log: 'always',
    keys: ['input_tokens', 'output_tokens'],
  },
  { row: 'Latency (total, TTFT)', log: 'always', keys: ['duration_ms', 'ttft_ms'] },
  { row: 'Finish reason', log: 'always', keys: ['finish_reason'] },
  { row: 'Error type and code', log: 'always', keys: ['error.type', 'error.code'] },
  { row: 'Cost estimate', log: 'always', keys: ['cost_usd'] },
  { row: 'Full user prompts (PII risk)', log: 'never', heldBy: 'profile', parts: ['input'] },
  { row: 'API keys, tokens, secrets', log: 'never', heldBy: 'profile' },
  { row: 'User personal data (name, email)', log: 'never', heldBy: 'profile' },
  { row: 'Raw file uploads', log: 'never', heldBy: 'content', parts: ['files'] },
  {
    row: 'Internal system prompt text',
    log: 'never',
    heldBy: 'content',
    // The wire text and the tool definitions have it in them, too.
    parts: ['system', 'tools', 'raw_request', 'raw_response'],
  },
  { row: 'Full stack traces with sensitive context', log: 'never', heldBy: 'record' },
  { row: 'Other users’ data in multi-tenant logs', log: 'never', heldBy: 'sinks' },
  {
    row: 'Prompt text (with PII redaction)',
    log: 'conditional',
    consent: 'content',
    parts: ['input'],
  },
  {
    row: 'Response text (for quality review)',
    log: 'conditional',
    consent: 'content',
    parts: ['output', 'parsed', 'user_edit'],
  },
  {
    row: 'User ID (if you have consent)',
    log: 'conditional',
    consent: 'identity',
    fields: ['user_id'],
  },
  {
    row: 'Retrieved document chunks',
    log: 'conditional',
    consent: 'content',
    parts: ['retrieved', 'upstream'],
  },
  {
    row: 'Tool call arguments',
    log: 'conditional',
    consent: 'content',
    parts: ['tool_arguments', 'tool_result'],
  },
  {
    row: 'Session/conversation history',
    log: 'conditional',
    consent: 'content',
    parts: ['input', 'output'],
  },
  {
    row: 'Geographic/IP data',
    log: 'conditional',
    consent: 'location',
    fields: ['ip', 'geography'],
  },
]
