import type { RuleTable } from '../rule.ts'

/** LiteLLM’s proxy: its own classes; what providers said stands behind them. */
export const LITELLM: RuleTable = {
  name: 'litellm',
  source: 'https://docs.litellm.ai/docs/exception_mapping',
  rules: [
    {
      id: 'BudgetExceededError',
      category: 'insufficient_credits',
      code: ['BudgetExceededError', 'budget_exceeded'],
    },
    {
      id: 'budget-words',
      category: 'insufficient_credits',
      text: 'budget has been exceeded | exceededbudget | crossed budget',
    },
    {
      id: 'ContextWindowExceededError',
      category: 'context_length_exceeded',
      code: 'ContextWindowExceededError',
    },
    {
      id: 'ContentPolicyViolationError',
      category: 'content_filter',
      code: 'ContentPolicyViolationError',
    },
    {
      id: 'UnsupportedParamsError',
      category: 'unsupported_parameter',
      code: 'UnsupportedParamsError',
    },
    {
      id: 'JSONSchemaValidationError',
      category: 'schema_validation_failed',
      code: 'JSONSchemaValidationError',
    },
    {
      id: 'provider-not-provided',
      category: 'model_not_found',
      text: [
        'llm provider not provided | invalid model name passed in model',
        'no healthy deployment available',
        'there are no healthy deployments for this model',
      ],
      source: 'https://docs.litellm.ai/docs/providers',
    },
    {
      id: 'cooldown',
      category: 'rate_limit',
      text: [
        'no deployments available for selected model | no deployments available * try again in',
        'deployments * in cooldown',
      ],
      source: 'https://docs.litellm.ai/docs/routing',
    },
    {
      id: 'router',
      category: 'rate_limit',
      code: 'RouterRateLimitError | RouterRateLimitErrorBasic',
      source: 'https://docs.litellm.ai/docs/routing',
    },
    {
      id: 'proxy-key',
      category: 'auth_invalid_key',
      text: [
        'authentication error, invalid proxy server token passed',
        'litellm virtual key expected | expired key | malformed api key passed in',
        'unable to find token in cache or*',
      ],
      source: 'https://docs.litellm.ai/docs/proxy/virtual_keys',
    },
    {
      id: 'no-proxy-key',
      category: 'auth_missing_credentials',
      text: ['no api key passed in', 'authentication error, no api key passed in'],
      source: 'https://docs.litellm.ai/docs/proxy/virtual_keys',
    },
    {
      id: 'key-model',
      category: 'permission_denied',
      text: [
        'key not allowed to access model | team not allowed to access model',
        'key_model_access_denied',
      ],
      source: 'https://docs.litellm.ai/docs/proxy/virtual_keys',
    },
    {
      id: 'max-parallel',
      category: 'rate_limit',
      text: [
        'max parallel request limit reached',
        'crossed tpm / rpm / max parallel request limit | limit type: requests',
        'limit type: tokens',
      ],
      source: 'https://docs.litellm.ai/docs/proxy/users',
    },
    {
      id: 'stream-choice',
      category: 'empty_response',
      text: 'must include at least one choice',
      source: 'https://docs.litellm.ai/docs/completion/stream',
    },
    {
      id: 'MidStreamFallbackError',
      category: 'stream_interrupted',
      weak: true,
      code: 'MidStreamFallbackError',
    },
    { id: 'Timeout', category: 'timeout', code: ['litellm.Timeout', 'litellm.exceptions.Timeout'] },
  ],
}
