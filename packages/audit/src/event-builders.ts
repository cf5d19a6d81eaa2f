import type {
  CompletionDetails,
  ConfigChangeDetails,
  ContentFilterDetails,
  DataAccessDetails,
  HumanReviewDetails,
  ModerationDetails,
  QueryDetails,
  ToolCallDetails,
} from './details.ts'
import type { AuditDataItem, AuditEvent, AuditFields } from './event.ts'

/** What every helper takes beside its own: who, for whom, where from. Texts become commitments; they never enter the log. */
export interface EventContext
  extends Partial<
      Pick<AuditEvent, 'actor' | 'subject' | 'tenant' | 'stage' | 'op' | 'trace' | 'llm'>
    >,
    Partial<Pick<AuditEvent, 'src' | 'policy' | 'reason' | 'ext' | 'outcome'>> {
  /** Short for an `actor` of type `user`. */
  readonly user_id?: string
  readonly ip_address?: string
  readonly user_agent?: string
}

/** Somebody asks a model. */
export function queryEvent(
  event: EventContext & { readonly model: string; readonly query: string } & QueryDetails,
): AuditEvent {
  const { model, query, query_length = query.length, ...context } = event
  return built('query', { type: 'model', id: model }, context, { query_length }, { query })
}

/** A model answers. */
export function completionEvent(
  event: EventContext & { readonly model: string; readonly response: string } & CompletionDetails,
): AuditEvent {
  const { model, response, response_length = response.length, ...rest } = event
  const { finish_reason, duration_ms, ...context } = rest
  const details = { response_length, finish_reason, duration_ms }
  return built('completion', { type: 'model', id: model }, context, details, { response })
}

/** A text is judged. */
export function moderationEvent(
  event: EventContext & {
    readonly moderator: string
    readonly content: string
  } & ModerationDetails,
): AuditEvent {
  const { moderator, content, content_length = content.length, ...rest } = event
  const { flagged, categories, action_taken, ...context } = rest
  const details = { content_length, flagged, categories, action_taken }
  return built('moderation', { type: 'moderator', id: moderator }, context, details, { content })
}

/** A filter looks at a text. */
export function contentFilterEvent(
  event: EventContext & {
    readonly filter?: string
    readonly content: string
    readonly filter_result: string | AuditFields
    readonly action_taken: string
  } & ContentFilterDetails,
): AuditEvent {
  const { filter = 'content_filter', content, content_length = content.length, ...rest } = event
  const { filter_result, action_taken, ...context } = rest
  const details = { content_length, filter_result, action_taken }
  return built('content_filter', { type: 'filter', id: filter }, context, details, { content })
}

/** Data is read, for retrieval or by a tool. */
export function dataAccessEvent(
  event: EventContext & {
    readonly data_source: string
    readonly query?: string
    readonly records_accessed: number
  } & DataAccessDetails,
): AuditEvent {
  const { data_source, query, query_length = query?.length, records_accessed, ...context } = event
  const details = { data_source, query_length, records_accessed }
  return built('data_access', { type: 'data_source', id: data_source }, context, details, { query })
}

/** A setting is changed. Values may be secrets: give digests of them. */
export function configChangeEvent(
  event: EventContext & { readonly setting: string } & ConfigChangeDetails,
): AuditEvent {
  const { setting, before, after, version, ...context } = event
  const details = { setting, before, after, version }
  return built('config_change', { type: 'setting', id: setting }, context, details, {})
}

/** A model's tool is called. */
export function toolCallEvent(
  event: EventContext & {
    readonly tool: string
    readonly arguments?: string
    readonly result?: string
  } & ToolCallDetails,
): AuditEvent {
  const { tool, arguments: given, result, tool_call_id, duration_ms, ...rest } = event
  const { arguments_length = given?.length, result_length = result?.length, ...context } = rest
  const details = { tool, tool_call_id, arguments_length, result_length, duration_ms }
  return built('tool_call', { type: 'tool', id: tool }, context, details, {
    arguments: given,
    result,
  })
}

/** A person looks at what a model did. */
export function humanReviewEvent(
  event: EventContext & {
    readonly reviewed: string
    readonly decision: string
    readonly comment?: string
  } & HumanReviewDetails,
): AuditEvent {
  const {
    reviewed,
    decision,
    comment,
    comment_length = comment?.length,
    rating,
    ...context
  } = event
  const details = { reviewed, decision, comment_length, rating }
  return built('human_review', { type: 'response', id: reviewed }, context, details, { comment })
}

function built(
  action: string,
  target: AuditEvent['target'],
  context: EventContext,
  details: { readonly [key: string]: unknown },
  texts: { readonly [part: string]: string | undefined },
): AuditEvent {
  const { user_id, ip_address, user_agent, ...rest } = context
  const actor = rest.actor ?? userActor(user_id)
  const data = dataItems({ ...texts, ip_address, user_agent })
  return definedOnly({
    outcome: 'success',
    ...rest,
    action,
    actor,
    target,
    details: definedOnly(details),
    data: data.length > 0 ? data : undefined,
  }) as unknown as AuditEvent
}

function userActor(id: string | undefined): AuditEvent['actor'] {
  return id === undefined ? { type: 'system', id: 'unknown' } : { type: 'user', id }
}

function dataItems(texts: { readonly [part: string]: string | undefined }): AuditDataItem[] {
  return Object.entries(texts).flatMap(([part, text]) => (text === undefined ? [] : { part, text }))
}

function definedOnly(value: { readonly [key: string]: unknown }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))
}
