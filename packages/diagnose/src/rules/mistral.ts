import type { RuleTable } from '../rule.ts'

/** Mistral's La Plateforme. */
export const MISTRAL: RuleTable = {
  name: 'mistral',
  source: 'https://docs.mistral.ai/resources/error-glossary',
  rules: [
    {
      id: 'message-order',
      category: 'invalid_messages',
      code: ['invalid_request_message_order', '3230'],
    },
    {
      id: 'role-words',
      category: 'invalid_messages',
      text: [
        'unexpected role * after role | expected last role user or tool',
        'assistant message must have either content or tool_calls',
        'conversation roles must alternate',
      ],
    },
    {
      id: 'pairing',
      category: 'tool_call_pairing',
      text: [
        'not the same number of function calls and responses',
        'tool call id was * but must be a-z, a-z, 0-9, with a length of 9',
        'unexpected tool call id | tool call id has to be defined',
        'duplicate tool call id',
      ],
    },
    { id: 'rate_limited', category: 'rate_limit', code: ['rate_limited', '1300'] },
    {
      id: 'tier-capacity',
      category: 'rate_limit',
      text: ['service tier capacity exceeded for this model'],
    },
    {
      id: 'tier-capacity-type',
      category: 'rate_limit',
      code: ['service_tier_capacity_exceeded', '3505'],
    },
    { id: 'invalid_model', category: 'model_not_found', code: ['invalid_model', '1500'] },
    { id: 'requests-limit', category: 'rate_limit', text: 'requests rate limit exceeded' },
    { id: 'no-credentials', category: 'auth_invalid_key', provider: 'mistral', status: 401 },
    {
      id: 'validation',
      category: 'invalid_request',
      weak: true,
      code: 'invalid_request_invalid_args',
    },
    {
      id: 'window',
      category: 'context_length_exceeded',
      text: [
        'prompt contains * tokens * too large for model with',
        'too large for model with * maximum context length',
      ],
    },
    {
      id: 'inactive',
      category: 'insufficient_credits',
      text: ['inactive subscription or usage limit reached'],
    },
  ],
}
