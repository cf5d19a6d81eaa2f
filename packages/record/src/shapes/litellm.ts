import { at, clues, inUnit, type LogShape } from './shape.ts'

/** LiteLLM's standard logging payload, and the rows of its spend log. */
export const LITELLM_SHAPE: LogShape = {
  name: 'litellm',
  title: "LiteLLM's standard logging payload",
  calls: [
    clues('set', 'call_type', 'startTime', 'model'),
    clues('set', 'call_type', 'response_cost'),
    clues('set', 'call_type', 'spend', 'startTime'),
  ],
  unless: [],
  failed: [
    ...clues('failure-word', 'status'),
    ...clues('set', 'error_str', 'error_information.error_class', 'error_information.error_code'),
    ...clues('set', 'metadata.error_information.error_class'),
  ],
  succeeded: [
    ...clues('success-word', 'status'),
    ...clues('number', 'completion_tokens', 'response_cost', 'spend'),
  ],
  aborted: [],
  fields: {
    provider: at('custom_llm_provider'),
    operation: at('call_type'),
    model: at('model', 'model_group', 'model_id'),
    start_time: at('startTime'),
    end_time: at('endTime'),
    first_token_time: at('completionStartTime'),
    duration_ms: [...at('request_duration_ms'), ...inUnit('s', 'response_time')],
    input_tokens: at('prompt_tokens'),
    output_tokens: at('completion_tokens'),
    cost_usd: at('response_cost', 'spend'),
    error_type: at(
      ...['error_information.error_class', 'metadata.error_information.error_class'],
      ...['error_information.error_code', 'metadata.error_information.error_code'],
    ),
    span_id: at('id', 'request_id', 'litellm_call_id'),
    trace_id: at('trace_id'),
    session_id: at('session_id'),
    user_id: at(
      'end_user',
      'metadata.user_api_key_end_user_id',
      'metadata.user_api_key_user_id',
      'user',
    ),
    tenant_id: at('metadata.user_api_key_team_id', 'team_id'),
    tags: at('request_tags'),
    metadata: at('metadata'),
    stream: at('stream'),
  },
}
