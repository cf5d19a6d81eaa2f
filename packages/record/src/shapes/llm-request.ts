import { anthropicInput } from './provider-response.ts'
import { at, type Clue, inUnit, type LogShape } from './shape.ts'

/** What loggers write when something failed. */
const ERROR_KEYS = [
  ...['error', 'error_type', 'error_code', 'error_message', 'error_msg'],
  ...['errorType', 'errorCode', 'errorMessage', 'err', 'err_code', 'exception'],
]

const STATUS_KEYS = ['status', 'status_code', 'statusCode', 'http_status']

/**
 * One line a call with flat, common names, as structlog, loguru or a hand-written logger make them:
 * `{"event": "llm_request", "model": …, "prompt_tokens": …, "latency_ms": …, "error_type": …}`.
 */
export const LLM_REQUEST_SHAPE: LogShape = {
  name: 'llm-request',
  open: true,
  title: 'flat log lines with common names (prompt_tokens, latency_ms, error_type)',
  calls: [
    [{ path: 'event', is: ['llm_request', 'llm_call'] }],
    [{ path: 'message', is: ['llm_request', 'llm_call'] }],
    [{ path: 'msg', is: ['llm_request', 'llm_call'] }],
    [{ path: 'prompt_tokens', is: 'number' }],
    [{ path: 'completion_tokens', is: 'number' }],
    [{ path: 'usage.prompt_tokens', is: 'number' }],
    [
      { path: 'model', is: 'text' },
      { path: 'input_tokens', is: 'number' },
    ],
    [
      { path: 'model', is: 'text' },
      { path: 'output_tokens', is: 'number' },
    ],
    [
      { path: 'model', is: 'text' },
      { path: 'usage.input_tokens', is: 'number' },
    ],
    [
      { path: 'model', is: 'text' },
      { path: 'latency_ms', is: 'number' },
    ],
  ],
  unless: [],
  failed: [
    ...ERROR_KEYS.map((path): Clue => ({ path, is: 'set' })),
    { path: 'status', is: 'failure-word' },
    ...STATUS_KEYS.map((path): Clue => ({ path, is: 'http-error' })),
    { path: 'success', is: 'no' },
    { path: 'ok', is: 'no' },
    { path: 'finish_reason', is: ['error'] },
  ],
  // Loggers of these events leave the error keys out when nothing failed. Tokens say nothing: failures may be in another file, or nowhere.
  succeeded: [
    { path: 'status', is: 'success-word' },
    { path: 'success', is: 'yes' },
    { path: 'event', is: ['llm_request', 'llm_call'] },
    { path: 'finish_reason', is: 'text' },
  ],
  aborted: [{ path: 'status', is: 'abort-word' }],
  fields: {
    provider: at('provider'),
    operation: at('operation'),
    model: at('model', 'model_name'),
    response_model: at('response_model'),
    start_time: at('start_time', 'timestamp', '@timestamp', 'time', 'ts', 'created_at'),
    end_time: at('end_time'),
    duration_ms: [
      ...at('latency_ms', 'duration_ms', 'elapsed_ms'),
      ...inUnit('s', 'latency_s', 'latency_seconds', 'duration_s', 'duration_seconds'),
    ],
    ttft_ms: [...at('ttft_ms', 'time_to_first_token_ms'), ...inUnit('s', 'ttft_s', 'ttft_seconds')],
    input_tokens: [
      ...at('prompt_tokens'),
      ...anthropicInput(''),
      ...at('usage.prompt_tokens'),
      ...anthropicInput('usage.'),
    ],
    output_tokens: at(
      'completion_tokens',
      'output_tokens',
      'usage.completion_tokens',
      'usage.output_tokens',
    ),
    cost_usd: at('cost_usd', 'total_cost_usd', 'response_cost'),
    error_type: at(
      ...['error_type', 'errorType', 'error.type', 'error.name', 'err.type', 'err.name'],
      ...['error.code', 'err.code', 'error_code', 'errorCode', 'err_code'],
    ),
    error_category: at('error_category', 'diagnosis.category'),
    span_id: at('span_id'),
    session_id: at('session_id', 'conversation_id'),
    user_id: at('user_id', 'user'),
    tenant_id: at('tenant_id', 'tenant'),
    workflow: at('workflow'),
    step: at('step'),
    agent: at('agent', 'agent_name'),
    service: at('service', 'service_name'),
    release: at('release'),
    environment: at('environment', 'env'),
    prompt_name: at('prompt_name', 'prompt.name'),
    prompt_version: at('prompt_version', 'prompt.version'),
    tags: at('tags'),
    metadata: at('metadata'),
  },
}
