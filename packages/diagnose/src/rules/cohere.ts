import type { RuleTable } from '../rule.ts'

/** Cohere. */
export const COHERE: RuleTable = {
  name: 'cohere',
  source: 'https://docs.cohere.com/errors-reference',
  rules: [
    {
      id: 'api-token',
      category: 'auth_invalid_key',
      text: ['invalid api token', 'no api key supplied*'],
    },
    {
      id: 'tokens',
      category: 'context_length_exceeded',
      text: [
        'too many tokens: total number of tokens | too many tokens: size limit exceeded',
        'total number of tokens in the prompt cannot exceed | number of input tokens',
      ],
    },
    {
      id: 'max-tokens',
      category: 'max_output_tokens_invalid',
      text: ['max tokens must be less than or equal to'],
    },
    {
      id: 'trial-key',
      category: 'rate_limit',
      text: 'trial token* | you are using a trial key | trial key, which is limited to',
      not: ['/ month', 'per month'],
      source: 'https://docs.cohere.com/v2/docs/rate-limits',
    },
    {
      id: 'trial-month',
      category: 'quota_exhausted',
      text: ['limited to * api calls / month'],
      source: 'https://docs.cohere.com/v2/docs/rate-limits',
    },
    {
      id: 'blocked',
      category: 'content_filter',
      text: [
        'blocked input | blocked output | invalid request: unsafe',
        'violates * safe use policy',
      ],
    },
    { id: 'status-498', category: 'content_filter', provider: 'cohere', status: 498 },
    {
      id: 'model',
      category: 'model_not_found',
      text: [
        'make sure the correct model id was used | invalid model * could not be found',
        'model * was removed',
      ],
    },
    {
      id: 'removed',
      category: 'model_deprecated',
      text: ['model * was removed on', 'model * has been removed'],
      source: 'https://docs.cohere.com/docs/deprecations',
    },
    {
      id: 'finish-toxic',
      category: 'content_filter',
      code: ['ERROR_TOXIC', 'TOXIC'],
      source: 'npm:cohere-ai ChatFinishReason',
    },
    {
      id: 'finish-limit',
      category: 'output_truncated',
      code: ['ERROR_LIMIT'],
      source: 'npm:cohere-ai ChatFinishReason',
    },
    {
      id: 'messages',
      category: 'invalid_messages',
      text: [
        'message must be at least 1 token long',
        'all elements in history must have a message',
        'last message must be from either a user or tool* | invalid role in chat history',
        'history must have a message',
      ],
    },
  ],
}
