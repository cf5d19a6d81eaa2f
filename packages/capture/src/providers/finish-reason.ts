import type { FinishReason } from '@recount/record'

/** Every provider's words, in lower case, and what they mean. */
const WORDS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  completed: 'stop',
  complete: 'stop',
  finish: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  finished: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  max_tokens_reached: 'length',
  model_length: 'length',
  token_limit: 'length',
  budget_exceeded: 'length',
  tool_calls: 'tool_calls',
  tool_call: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  requires_action: 'tool_calls',
  content_filter: 'content_filter',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
  safety: 'content_filter',
  recitation: 'content_filter',
  language: 'content_filter',
  blocklist: 'content_filter',
  prohibited_content: 'content_filter',
  spii: 'content_filter',
  image_safety: 'content_filter',
  image_prohibited_content: 'content_filter',
  image_recitation: 'content_filter',
  model_armor: 'content_filter',
  jailbreak: 'content_filter',
  error_toxic: 'content_filter',
  refusal: 'refusal',
  model_context_window_exceeded: 'context_window',
  context_length_exceeded: 'context_window',
  error_limit: 'context_window',
  error: 'error',
  failed: 'error',
  timeout: 'error',
  malformed_function_call: 'error',
  malformed_tool_use: 'error',
  malformed_model_output: 'error',
  malformed_response: 'error',
  unexpected_tool_call: 'error',
  too_many_tool_calls: 'error',
  missing_thought_signature: 'error',
  insufficient_system_resource: 'error',
}

/** A provider's word for why the model stopped, in ours; a word that nobody knows is `other`. */
export function finishReasonOf(raw: string): FinishReason {
  const word = raw.toLowerCase()
  return Object.hasOwn(WORDS, word) ? (WORDS[word] as FinishReason) : 'other'
}

/** A reason of ours in OpenTelemetry's word for messages. */
export function messageFinish(reason: FinishReason): string {
  return reason === 'tool_calls' ? 'tool_call' : reason
}
