import type { RuleTable } from '../rule.ts'

/** LangChain’s error codes. */
export const LANGCHAIN: RuleTable = {
  name: 'langchain',
  source: 'https://docs.langchain.com/oss/javascript/langchain/errors',
  rules: [
    {
      id: 'MODEL_AUTHENTICATION',
      category: 'auth_invalid_key',
      weak: true,
      code: 'MODEL_AUTHENTICATION',
    },
    { id: 'MODEL_NOT_FOUND', category: 'model_not_found', weak: true, code: 'MODEL_NOT_FOUND' },
    { id: 'MODEL_RATE_LIMIT', category: 'rate_limit', weak: true, code: 'MODEL_RATE_LIMIT' },
    { id: 'CONTEXT_OVERFLOW', category: 'context_length_exceeded', code: 'CONTEXT_OVERFLOW' },
    { id: 'MODEL_ABORTED', category: 'request_aborted', code: 'MODEL_ABORTED' },
    {
      id: 'OUTPUT_PARSING_FAILURE',
      category: 'invalid_json_output',
      code: 'OUTPUT_PARSING_FAILURE',
    },
    { id: 'INVALID_TOOL_RESULTS', category: 'tool_call_pairing', code: 'INVALID_TOOL_RESULTS' },
    {
      id: 'MESSAGE_COERCION_FAILURE',
      category: 'invalid_messages',
      code: 'MESSAGE_COERCION_FAILURE',
    },
    { id: 'INVALID_PROMPT_INPUT', category: 'invalid_request', code: 'INVALID_PROMPT_INPUT' },
    {
      id: 'troubleshooting',
      category: 'invalid_json_output',
      text: 'output_parsing_failure | could not parse llm output | failed to parse. text',
    },
  ],
}
