import type { RuleTable } from '../rule.ts'

/** Together AI. */
export const TOGETHER: RuleTable = {
  name: 'together',
  source: 'https://docs.together.ai/docs/error-codes',
  rules: [
    {
      id: 'per-minute',
      category: 'rate_limit',
      text: [
        'you have been rate limited | your rate limit is * queries per minute',
        'queries per minute',
      ],
      source: 'https://docs.together.ai/docs/rate-limits',
    },
    {
      id: 'dedicated-endpoint',
      category: 'model_not_found',
      code: 'dedicated_endpoint_not_running',
      source: 'https://docs.together.ai/docs/dedicated-inference',
    },
    { id: 'credit_limit', category: 'insufficient_credits', weak: true, code: 'credit_limit' },
    {
      id: 'credit-words',
      category: 'insufficient_credits',
      text: [
        'credit limit exceeded | please navigate to * billing to add a credit card',
        'exceeded your credit limit',
      ],
    },
    {
      id: 'non-serverless',
      category: 'model_not_found',
      text: ['unable to access non-serverless model', 'create and start a new dedicated endpoint'],
    },
    { id: 'status-403', category: 'context_length_exceeded', provider: 'together', status: 403 },
    {
      id: 'window',
      category: 'context_length_exceeded',
      text: ['input tokens + max_new_tokens must be', 'inputs tokens + max_new_tokens must be'],
    },
  ],
}
