import type { RuleTable } from '../rule.ts'

/** OpenRouter. Its own envelope hides the provider's, which is in `metadata.raw`. */
export const OPENROUTER: RuleTable = {
  name: 'openrouter',
  source: 'https://openrouter.ai/docs/api/reference/errors-and-debugging',
  rules: [
    {
      id: 'afford',
      category: 'insufficient_credits',
      text: [
        'requires more credits, or fewer max_tokens | can only afford',
        'insufficient credits | this account never purchased credits | key limit exceeded',
      ],
    },
    { id: 'no-user', category: 'auth_invalid_key', provider: 'openrouter', status: 401 },
    {
      id: 'user-not-found',
      category: 'auth_invalid_key',
      text: [
        'missing authentication header or invalid api key | user not found',
        'no user or org id found in auth cookie | invalid credentials',
      ],
      not: ['sql', 'select'],
      provider: ['openrouter', 'unknown'],
    },
    {
      id: 'no-auth',
      category: 'auth_missing_credentials',
      text: ['no auth credentials found', 'no cookie auth credentials found'],
    },
    {
      id: 'no-endpoints-support',
      category: 'unsupported_feature',
      text: [
        'no endpoints found that support',
        'no endpoints found that can handle the requested parameters',
        'no endpoints found that support image input',
        'no endpoints found that support tool use',
      ],
      source: 'https://openrouter.ai/docs/guides/routing/provider-selection',
    },
    {
      id: 'data-policy',
      category: 'permission_denied',
      text: [
        'no endpoints found matching your data policy',
        'no endpoints available matching your guardrail*',
        'no allowed providers are available for the selected model',
        'all providers have been ignored',
      ],
    },
    {
      id: 'no-endpoints',
      category: 'model_not_found',
      text: 'no endpoints found for | is not a valid model id | no endpoints available',
    },
    {
      id: 'free-per-day',
      category: 'quota_exhausted',
      text: ['free-models-per-day*'],
      source: 'https://openrouter.ai/docs/api/reference/limits',
    },
    {
      id: 'free-per-minute',
      category: 'rate_limit',
      text: [
        'free-models-per-min* | temporarily rate-limited upstream',
        'is temporarily rate-limited',
      ],
      source: 'https://openrouter.ai/docs/api/reference/limits',
    },
    {
      id: 'moderation',
      category: 'content_filter',
      text: 'requires moderation on | your input was flagged | input was flagged for',
    },
    { id: 'status-403', category: 'content_filter', provider: 'openrouter', status: 403 },
    {
      id: 'provider-returned',
      category: 'server_error',
      weak: true,
      text: 'provider returned error',
    },
    { id: 'status-402', category: 'insufficient_credits', status: 402 },
  ],
}
