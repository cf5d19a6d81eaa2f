import { FINISH_REASONS, type FinishReason } from '@recount/record'
import {
  amount,
  count,
  type FieldReader,
  flag,
  milliseconds,
  object,
  oneOf,
  ordinal,
  orNull,
  params,
  scalars,
  spanId,
  text,
  texts,
  version,
} from './field-readers.ts'
import type { FieldTable } from './fields.ts'
import { finishReason } from './reply.ts'

/** What both lines of a call say. */
export const CALL_SUBJECT: FieldTable = {
  provider: text,
  operation: text,
  model: text,
  params,
  stream: flag,
  fallback_of: spanId,
  attempt: ordinal,
  retry_of: spanId,
  held_state: scalars,
  continues: spanId,
  prompt: object({ name: text, version, digest: text }, ['name']),
  message_id: text,
}
/** How full the window was. */
export const CONTEXT_WINDOW: FieldReader = object({
  messages: count,
  tokens_estimated: count,
  limit: count,
  used: amount,
})
/** What a call came to. */
export const CALL_OUTCOME: FieldTable = {
  response_model: text,
  call_duration_ms: milliseconds,
  input_tokens: orNull(count),
  output_tokens: orNull(count),
  cache_read_tokens: orNull(count),
  cache_write_tokens: orNull(count),
  reasoning_tokens: orNull(count),
  usage_source: oneOf(['provider', 'estimated']),
  cost_usd: orNull(amount),
  cost_source: oneOf(['table', 'override', 'provider', 'unknown']),
  price_version: text,
  cost_reason: text,
  service_tier: text,
  billed: scalars,
  ttft_ms: orNull(milliseconds),
  finish_reason: orNull(reason),
  finish_reason_raw: orNull(text),
  provider_request_id: text,
  rate_limit: scalars,
  context_window: CONTEXT_WINDOW,
  tools: object({ offered: count, called: texts }),
  validation: object({ passed: flag, rule: orNull(text) }, ['passed']),
}
/** Ours stay; a provider's own word becomes one of ours. */
function reason(given: unknown): FinishReason | undefined {
  if (typeof given !== 'string') return undefined
  return FINISH_REASONS.find((known) => known === given) ?? finishReason(given)
}
