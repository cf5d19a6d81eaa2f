import type { RuleTable } from '../rule.ts'

/** Azure OpenAI and Azure AI Foundry. */
export const AZURE: RuleTable = {
  name: 'azure',
  source: 'https://learn.microsoft.com/azure/ai-foundry/openai/reference',
  rules: [
    { id: 'DeploymentNotFound', category: 'model_not_found', code: ['DeploymentNotFound', 'ModelDeploymentNotFound'] },
    { id: 'deployment-words', category: 'model_not_found', text: ['api deployment for this resource does not exist', 'deployment * does not exist'] },
    { id: 'content-management', category: 'content_filter', text: ['triggering azure openais content management policy', 'content management policy'], source: 'https://go.microsoft.com/fwlink/?linkid=2198766' },
    { id: 'call-rate', category: 'rate_limit', text: [
        'exceeded call rate limit | exceeded token rate limit',
        'requests to the * operation * have exceeded',
      ], source: 'https://learn.microsoft.com/azure/ai-foundry/openai/quotas-limits' },
    { id: 'high-demand', category: 'overloaded', text: [
        'experiencing high demand | system is currently experiencing high demand',
        'nocapacity | no capacity is available',
      ] },
    { id: 'access-denied', category: 'auth_invalid_key', text: [
        'access denied due to invalid subscription key or wrong api endpoint',
        'invalid subscription key | missing subscription key',
        'token is expired or invalid | audience is incorrect',
        'unauthorized. access token is missing, invalid*',
        'principal does not have * data action | jwt token',
      ] },
    { id: 'data-action', category: 'permission_denied', text: [
        'lacks the required data action | principal does not have access to api/operation',
        'public access is disabled | access denied due to virtual network/firewall rules',
        'authenticationtypedisabled | key based authentication is disabled',
      ] },
    { id: 'OperationNotSupported', category: 'wrong_endpoint', code: 'OperationNotSupported | opperationnotsupported | UnsupportedApiVersion' },
    { id: 'operation-words', category: 'wrong_endpoint', text: [
        'operation does not work with the specified model | api version not supported',
        'resource not found',
      ], not: ['deployment'] },
    { id: 'ModelDeprecated', category: 'model_deprecated', code: 'ModelDeprecated | ServiceModelDeprecated | DeprecatedModel' },
  ],
}

/** Mistral's La Plateforme. */
export const MISTRAL: RuleTable = {
  name: 'mistral',
  source: 'https://docs.mistral.ai/resources/error-glossary',
  rules: [
    { id: 'message-order', category: 'invalid_messages', code: ['invalid_request_message_order', '3230'] },
    { id: 'role-words', category: 'invalid_messages', text: [
        'unexpected role * after role | expected last role user or tool',
        'assistant message must have either content or tool_calls',
        'conversation roles must alternate',
      ] },
    { id: 'pairing', category: 'tool_call_pairing', text: [
        'not the same number of function calls and responses',
        'tool call id was * but must be a-z, a-z, 0-9, with a length of 9',
        'unexpected tool call id | tool call id has to be defined',
        'duplicate tool call id',
      ] },
    { id: 'rate_limited', category: 'rate_limit', code: ['rate_limited', '1300'] },
    { id: 'tier-capacity', category: 'rate_limit', provider: 'mistral', text: ['service tier capacity exceeded for this model'] },
    { id: 'tier-capacity-type', category: 'rate_limit', code: ['service_tier_capacity_exceeded', '3505'] },
    { id: 'invalid_model', category: 'model_not_found', code: ['invalid_model', '1500'] },
    { id: 'requests-limit', category: 'rate_limit', text: 'requests rate limit exceeded' },
    { id: 'no-credentials', category: 'auth_invalid_key', provider: 'mistral', status: 401 },
    { id: 'validation', category: 'invalid_request', weak: true, code: 'invalid_request_invalid_args' },
    { id: 'window', category: 'context_length_exceeded', text: ['prompt contains * tokens * too large for model with', 'too large for model with * maximum context length'] },
    { id: 'inactive', category: 'insufficient_credits', text: ['inactive subscription or usage limit reached'] },
  ],
}

/** Cohere. */
export const COHERE: RuleTable = {
  name: 'cohere',
  source: 'https://docs.cohere.com/errors-reference',
  rules: [
    { id: 'api-token', category: 'auth_invalid_key', text: ['invalid api token', 'no api key supplied*'] },
    { id: 'tokens', category: 'context_length_exceeded', text: [
        'too many tokens: total number of tokens | too many tokens: size limit exceeded',
        'total number of tokens in the prompt cannot exceed | number of input tokens',
      ] },
    { id: 'max-tokens', category: 'max_output_tokens_invalid', text: ['max tokens must be less than or equal to'] },
    { id: 'trial-key', category: 'rate_limit', text: 'trial token* | you are using a trial key | trial key, which is limited to', not: ['/ month', 'per month'], source: 'https://docs.cohere.com/v2/docs/rate-limits' },
    { id: 'trial-month', category: 'quota_exhausted', text: ['limited to * api calls / month'], source: 'https://docs.cohere.com/v2/docs/rate-limits' },
    { id: 'blocked', category: 'content_filter', text: [
        'blocked input | blocked output | invalid request: unsafe',
        'violates * safe use policy',
      ] },
    { id: 'status-498', category: 'content_filter', provider: 'cohere', status: 498 },
    { id: 'model', category: 'model_not_found', text: [
        'make sure the correct model id was used | invalid model * could not be found',
        'model * was removed',
      ] },
    { id: 'removed', category: 'model_deprecated', text: ['model * was removed on', 'model * has been removed'], source: 'https://docs.cohere.com/docs/deprecations' },
    { id: 'finish-toxic', category: 'content_filter', code: ['ERROR_TOXIC', 'TOXIC'], source: 'npm:cohere-ai ChatFinishReason' },
    { id: 'finish-limit', category: 'output_truncated', code: ['ERROR_LIMIT'], source: 'npm:cohere-ai ChatFinishReason' },
    { id: 'messages', category: 'invalid_messages', text: [
        'message must be at least 1 token long',
        'all elements in history must have a message',
        'last message must be from either a user or tool* | invalid role in chat history',
        'history must have a message',
      ] },
  ],
}

/** Groq. */
export const GROQ: RuleTable = {
  name: 'groq',
  source: 'https://console.groq.com/docs/errors',
  rules: [
    { id: 'tool_use_failed', category: 'malformed_tool_call', code: 'tool_use_failed' },
    { id: 'tool-words', category: 'malformed_tool_call', text: [
        'failed to call a function. please adjust your prompt',
        'tool call validation failed',
        'attempted to call tool * which was not in request.tools',
        'parameters for tool * did not match schema',
      ] },
    { id: 'json_validate_failed', category: 'invalid_json_output', code: 'json_validate_failed' },
    { id: 'json-words', category: 'invalid_json_output', text: ['failed to generate json. please adjust your prompt', 'failed to validate json'] },
    { id: 'over-tpm', category: 'request_over_tpm_limit', text: ['please reduce your message size and try again', 'request too large for model'], source: 'https://console.groq.com/docs/rate-limits' },
    { id: 'status-413', category: 'request_over_tpm_limit', provider: 'groq', status: 413 },
    { id: 'flex', category: 'overloaded', code: ['capacity_exceeded', 'flex_capacity_exceeded'], source: 'https://console.groq.com/docs/flex-processing' },
    { id: 'status-498', category: 'overloaded', provider: 'groq', status: 498, source: 'https://console.groq.com/docs/flex-processing' },
    { id: 'restricted', category: 'account_disabled', code: 'organization_restricted' },
    { id: 'restricted-words', category: 'account_disabled', text: ['organization has been restricted'] },
    { id: 'decommissioned', category: 'model_deprecated', code: 'model_decommissioned', source: 'https://console.groq.com/docs/deprecations' },
    { id: 'terms', category: 'permission_denied', code: [
        'model_terms_required | model_permission_blocked_org',
        'model_permission_blocked_project',
      ] },
    { id: 'terms-words', category: 'permission_denied', text: ['requires terms acceptance', 'is blocked at the * level'] },
    { id: 'spend', category: 'insufficient_credits', code: ['blocked_api_access', 'spend_limit_reached'] },
  ],
}

/** xAI. */
export const XAI: RuleTable = {
  name: 'xai',
  source: 'https://docs.x.ai/developers/debugging',
  rules: [
    { id: 'no-credits', category: 'insufficient_credits', text: [
        'doesnt have any credits | doesnt have any credits or licenses',
        'used all available credits or reached its monthly spending limit',
        'has either used all available credits',
      ] },
    { id: 'key', category: 'auth_invalid_key', text: ['incorrect api key provided'] },
    { id: 'blocked', category: 'permission_denied', text: [
        'the caller does not have permission to execute the specified operation',
        'api key is currently blocked | team is not authorized*',
      ], not: ['credits'] },
    { id: 'messages', category: 'invalid_messages', text: [
        'each message must have at least one content element | empty message content',
        'messages cannot be empty',
      ] },
    { id: 'window', category: 'context_length_exceeded', text: ['this models maximum prompt length is', 'maximum prompt length is'] },
    { id: 'arguments', category: 'unsupported_parameter', text: [
        'argument not supported on this model | model * does not support parameter*',
        'live search is deprecated',
      ] },
    { id: 'guidelines', category: 'content_filter', text: ['content violates usage guidelines', 'failed check: safety_check*'] },
    { id: 'invalid-argument', category: 'invalid_request', weak: true, code: ['Client specified an invalid argument', 'invalid-argument'] },
  ],
}

/** DeepSeek. */
export const DEEPSEEK: RuleTable = {
  name: 'deepseek',
  source: 'https://api-docs.deepseek.com/quick_start/error_codes',
  rules: [
    { id: 'balance', category: 'insufficient_credits', text: 'insufficient balance' },
    { id: 'key', category: 'auth_invalid_key', text: 'authentication fails* | auth fail* | governor' },
    { id: 'max-tokens', category: 'max_output_tokens_invalid', text: ['the valid range of max_tokens is'] },
    { id: 'risk', category: 'content_filter', text: 'content exists risk' },
    { id: 'model', category: 'model_not_found', text: 'model not exist' },
    { id: 'insufficient-tools', category: 'tool_call_pairing', text: 'insufficient tool messages following tool_calls message' },
    { id: 'reasoning', category: 'invalid_messages', text: [
        'the last message of deepseek-reasoner must be a user message',
        'does not support successive user or assistant messages',
        'missing reasoning_content field',
        'reasoning_content in the thinking mode must be passed back*',
      ] },
    { id: 'format', category: 'invalid_request', text: ['failed to deserialize the json body into the target type'], not: ['messages[', 'tools['] },
    { id: 'format-messages', category: 'invalid_messages', text: ['failed to deserialize the json body * messages[*'] },
    { id: 'format-tools', category: 'invalid_tool_schema', text: ['failed to deserialize the json body * tools[*'] },
    { id: 'status-402', category: 'insufficient_credits', status: 402 },
  ],
}

/** Together AI. */
export const TOGETHER: RuleTable = {
  name: 'together',
  source: 'https://docs.together.ai/docs/error-codes',
  rules: [
    { id: 'per-minute', category: 'rate_limit', text: [
        'you have been rate limited | your rate limit is * queries per minute',
        'queries per minute',
      ], source: 'https://docs.together.ai/docs/rate-limits' },
    { id: 'credit_limit', category: 'insufficient_credits', weak: true, code: 'credit_limit' },
    { id: 'credit-words', category: 'insufficient_credits', text: [
        'credit limit exceeded | please navigate to * billing to add a credit card',
        'exceeded your credit limit',
      ] },
    { id: 'non-serverless', category: 'model_not_found', text: ['unable to access non-serverless model', 'create and start a new dedicated endpoint'] },
    { id: 'status-403', category: 'context_length_exceeded', provider: 'together', status: 403 },
    { id: 'window', category: 'context_length_exceeded', text: ['input tokens + max_new_tokens must be', 'inputs tokens + max_new_tokens must be'] },
  ],
}

/** OpenRouter. Its own envelope hides the provider's, which is in `metadata.raw`. */
export const OPENROUTER: RuleTable = {
  name: 'openrouter',
  source: 'https://openrouter.ai/docs/api/reference/errors-and-debugging',
  rules: [
    { id: 'afford', category: 'insufficient_credits', text: [
        'requires more credits, or fewer max_tokens | can only afford',
        'insufficient credits | this account never purchased credits | key limit exceeded',
      ] },
    { id: 'no-user', category: 'auth_invalid_key', provider: 'openrouter', status: 401 },
    { id: 'user-not-found', category: 'auth_invalid_key', text: [
        'missing authentication header or invalid api key | user not found',
        'no user or org id found in auth cookie | invalid credentials',
      ], not: ['sql', 'select'], provider: ['openrouter', 'unknown'] },
    { id: 'no-auth', category: 'auth_missing_credentials', text: ['no auth credentials found', 'no cookie auth credentials found'] },
    { id: 'no-endpoints-support', category: 'unsupported_feature', text: [
        'no endpoints found that support',
        'no endpoints found that can handle the requested parameters',
        'no endpoints found that support image input',
        'no endpoints found that support tool use',
      ], source: 'https://openrouter.ai/docs/guides/routing/provider-selection' },
    { id: 'data-policy', category: 'permission_denied', text: [
        'no endpoints found matching your data policy',
        'no endpoints available matching your guardrail*',
        'no allowed providers are available for the selected model',
        'all providers have been ignored',
      ] },
    { id: 'no-endpoints', category: 'model_not_found', text: 'no endpoints found for | is not a valid model id | no endpoints available' },
    { id: 'free-per-day', category: 'quota_exhausted', text: ['free-models-per-day*'], source: 'https://openrouter.ai/docs/api/reference/limits' },
    { id: 'free-per-minute', category: 'rate_limit', text: [
        'free-models-per-min* | temporarily rate-limited upstream',
        'is temporarily rate-limited',
      ], source: 'https://openrouter.ai/docs/api/reference/limits' },
    { id: 'moderation', category: 'content_filter', text: 'requires moderation on | your input was flagged | input was flagged for' },
    { id: 'status-403', category: 'content_filter', provider: 'openrouter', status: 403 },
    { id: 'provider-returned', category: 'server_error', weak: true, text: 'provider returned error' },
    { id: 'status-402', category: 'insufficient_credits', status: 402 },
  ],
}

/** Hugging Face's inference API and text-generation-inference. */
export const HUGGINGFACE: RuleTable = {
  name: 'huggingface',
  source: 'https://huggingface.co/docs/api-inference/faq',
  rules: [
    { id: 'loading', category: 'overloaded', text: ['is currently loading', 'model * is currently loading'] },
    { id: 'overloaded', category: 'overloaded', code: 'overloaded', source: 'https://huggingface.co/docs/text-generation-inference' },
    { id: 'window', category: 'context_length_exceeded', text: [
        'inputs tokens + max_new_tokens must be | inputs must have less than * tokens',
        'input validation error: inputs*',
      ], not: ['max_new_tokens must be strictly positive'], source: 'https://huggingface.co/docs/text-generation-inference' },
    { id: 'max-new-tokens', category: 'max_output_tokens_invalid', text: ['max_new_tokens must be strictly positive', 'max_new_tokens must be <*'], not: ['inputs tokens'], source: 'https://huggingface.co/docs/text-generation-inference' },
    { id: 'credits', category: 'insufficient_credits', text: [
        'exceeded your monthly included credits',
        'monthly included credits for inference providers | pre-paid credits are required',
      ] },
    { id: 'gated', category: 'permission_denied', text: [
        'gated repo | access to model * is restricted',
        'you are trying to access a gated repo',
        'sufficient permissions to call inference providers',
        'authentication method does not have sufficient permissions',
      ] },
    { id: 'token', category: 'auth_invalid_key', text: [
        'invalid username or password',
        'authorization header is correct, but the token seems invalid',
        'invalid credentials in authorization header',
      ], provider: 'huggingface' },
    { id: 'not-supported', category: 'model_not_found', text: [
        'is not supported by any provider you have enabled',
        'model * not supported by provider | does not exist on the hub*',
        'model * is not supported for task | model * does not exist',
      ] },
    { id: 'incomplete_generation', category: 'server_error', code: ['incomplete_generation', 'generation'] },
  ],
}
