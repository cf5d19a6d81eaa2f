import type { RuleTable } from '../rule.ts'

/** DeepSeek. */
export const DEEPSEEK: RuleTable = {
  name: 'deepseek',
  source: 'https://api-docs.deepseek.com/quick_start/error_codes',
  rules: [
    { id: 'balance', category: 'insufficient_credits', text: 'insufficient balance' },
    {
      id: 'key',
      category: 'auth_invalid_key',
      text: 'authentication fails* | auth fail* | governor',
    },
    {
      id: 'max-tokens',
      category: 'max_output_tokens_invalid',
      text: ['the valid range of max_tokens is'],
    },
    { id: 'risk', category: 'content_filter', text: 'content exists risk' },
    { id: 'model', category: 'model_not_found', text: 'model not exist' },
    {
      id: 'insufficient-tools',
      category: 'tool_call_pairing',
      text: 'insufficient tool messages following tool_calls message',
    },
    {
      id: 'reasoning',
      category: 'invalid_messages',
      text: [
        'the last message of deepseek-reasoner must be a user message',
        'does not support successive user or assistant messages',
        'missing reasoning_content field',
        'reasoning_content in the thinking mode must be passed back*',
      ],
    },
    {
      id: 'format',
      category: 'invalid_request',
      text: ['failed to deserialize the json body into the target type'],
      not: ['messages[', 'tools['],
    },
    {
      id: 'format-messages',
      category: 'invalid_messages',
      text: ['failed to deserialize the json body * messages[*'],
    },
    {
      id: 'format-tools',
      category: 'invalid_tool_schema',
      text: ['failed to deserialize the json body * tools[*'],
    },
    { id: 'status-402', category: 'insufficient_credits', status: 402 },
  ],
}
