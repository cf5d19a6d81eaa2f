import type { LlmCall } from './events/llm-call.ts'

/** The OpenTelemetry GenAI semantic conventions that these names were written for. */
export const GENAI_SCHEMA_URL = 'https://opentelemetry.io/schemas/gen-ai/1.42.0'

/** Our keys of `llm_call` and OpenTelemetry's attribute for each. The only place where both are named. */
export const GENAI_ATTRIBUTES = {
  provider: 'gen_ai.provider.name',
  operation: 'gen_ai.operation.name',
  model: 'gen_ai.request.model',
  response_model: 'gen_ai.response.model',
  stream: 'gen_ai.request.stream',
  input_tokens: 'gen_ai.usage.input_tokens',
  output_tokens: 'gen_ai.usage.output_tokens',
  cache_read_tokens: 'gen_ai.usage.cache_read.input_tokens',
  cache_write_tokens: 'gen_ai.usage.cache_write.input_tokens',
  reasoning_tokens: 'gen_ai.usage.reasoning.output_tokens',
  finish_reason: 'gen_ai.response.finish_reasons',
  ttft_ms: 'gen_ai.response.time_to_first_chunk',
  session_id: 'gen_ai.conversation.id',
  agent: 'gen_ai.agent.name',
  workflow: 'gen_ai.workflow.name',
} as const

/** Attributes of earlier conventions, read but never written. */
export const GENAI_ALIASES: { readonly [attribute: string]: keyof typeof GENAI_ATTRIBUTES } = {
  'gen_ai.system': 'provider',
  'gen_ai.usage.prompt_tokens': 'input_tokens',
  'gen_ai.usage.completion_tokens': 'output_tokens',
  'gen_ai.usage.cache_creation.input_tokens': 'cache_write_tokens',
  'gen_ai.response.finish_reason': 'finish_reason',
}

/** Request parameters and OpenTelemetry's attribute for each. */
export const GENAI_PARAMS = {
  temperature: 'gen_ai.request.temperature',
  top_p: 'gen_ai.request.top_p',
  top_k: 'gen_ai.request.top_k',
  max_tokens: 'gen_ai.request.max_tokens',
  seed: 'gen_ai.request.seed',
  stop: 'gen_ai.request.stop_sequences',
  frequency_penalty: 'gen_ai.request.frequency_penalty',
  presence_penalty: 'gen_ai.request.presence_penalty',
  n: 'gen_ai.request.choice.count',
} as const

type Attributes = { [attribute: string]: unknown }

/** The attributes of a call: no content, absent keys left out, seconds where OpenTelemetry has seconds. */
export function toGenAiAttributes(call: Partial<LlmCall>): Attributes {
  const attributes: Attributes = {}
  for (const [key, attribute] of Object.entries(GENAI_ATTRIBUTES)) {
    const value = call[key as keyof typeof GENAI_ATTRIBUTES]
    if (value !== undefined && value !== null) attributes[attribute] = value
  }
  if (typeof call.ttft_ms === 'number') attributes[GENAI_ATTRIBUTES.ttft_ms] = call.ttft_ms / 1000
  if (call.finish_reason) attributes[GENAI_ATTRIBUTES.finish_reason] = [call.finish_reason]
  for (const [name, attribute] of Object.entries(GENAI_PARAMS)) {
    if (call.params?.[name] !== undefined) attributes[attribute] = call.params[name]
  }
  if (call.error) attributes['error.type'] = call.error.code ?? call.error.type
  return attributes
}

/** The keys of a call that a span's attributes tell; names of earlier conventions are understood. */
export function fromGenAiAttributes(attributes: Attributes): Partial<LlmCall> {
  const call: Attributes = {}
  for (const [alias, key] of Object.entries(GENAI_ALIASES)) {
    if (attributes[alias] !== undefined) call[key] = attributes[alias]
  }
  for (const [key, attribute] of Object.entries(GENAI_ATTRIBUTES)) {
    if (attributes[attribute] !== undefined) call[key] = attributes[attribute]
  }
  const seconds = attributes[GENAI_ATTRIBUTES.ttft_ms]
  if (typeof seconds === 'number') call.ttft_ms = Math.round(seconds * 1e6) / 1000
  if (Array.isArray(call.finish_reason)) call.finish_reason = call.finish_reason[0]
  const params = Object.entries(GENAI_PARAMS).flatMap(([name, attribute]) =>
    attributes[attribute] === undefined ? [] : [[name, attributes[attribute]] as const],
  )
  if (params.length > 0) call.params = Object.fromEntries(params)
  return call as Partial<LlmCall>
}
