import type { RuleTable } from '../rule.ts'

/** LiteLLM’s proxy: its own classes; what providers said stands behind them. */
export const LITELLM: RuleTable = {
  name: 'litellm',
  source: 'https://docs.litellm.ai/docs/exception_mapping',
  rules: [
    { id: 'BudgetExceededError', category: 'insufficient_credits', code: ['BudgetExceededError', 'budget_exceeded'] },
    { id: 'budget-words', category: 'insufficient_credits', text: 'budget has been exceeded | exceededbudget | crossed budget' },
    { id: 'ContextWindowExceededError', category: 'context_length_exceeded', code: 'ContextWindowExceededError' },
    { id: 'ContentPolicyViolationError', category: 'content_filter', code: 'ContentPolicyViolationError' },
    { id: 'UnsupportedParamsError', category: 'unsupported_parameter', code: 'UnsupportedParamsError' },
    { id: 'JSONSchemaValidationError', category: 'schema_validation_failed', code: 'JSONSchemaValidationError' },
    { id: 'provider-not-provided', category: 'model_not_found', text: [
        'llm provider not provided | invalid model name passed in model',
        'no healthy deployment available',
        'there are no healthy deployments for this model',
        'no deployments available for selected model',
      ], source: 'https://docs.litellm.ai/docs/providers' },
    { id: 'cooldown', category: 'rate_limit', text: ['no deployments available * try again in', 'deployments * in cooldown'], source: 'https://docs.litellm.ai/docs/routing' },
    { id: 'proxy-key', category: 'auth_invalid_key', text: [
        'authentication error, invalid proxy server token passed',
        'litellm virtual key expected | expired key | malformed api key passed in',
        'unable to find token in cache or*',
      ], source: 'https://docs.litellm.ai/docs/proxy/virtual_keys' },
    { id: 'no-proxy-key', category: 'auth_missing_credentials', text: ['no api key passed in', 'authentication error, no api key passed in'], source: 'https://docs.litellm.ai/docs/proxy/virtual_keys' },
    { id: 'key-model', category: 'permission_denied', text: [
        'key not allowed to access model | team not allowed to access model',
        'key_model_access_denied',
      ], source: 'https://docs.litellm.ai/docs/proxy/virtual_keys' },
    { id: 'max-parallel', category: 'rate_limit', text: [
        'max parallel request limit reached',
        'crossed tpm / rpm / max parallel request limit | limit type: requests',
        'limit type: tokens',
      ], source: 'https://docs.litellm.ai/docs/proxy/users' },
    { id: 'stream-choice', category: 'empty_response', text: 'must include at least one choice', source: 'https://docs.litellm.ai/docs/completion/stream' },
    { id: 'MidStreamFallbackError', category: 'stream_interrupted', weak: true, code: 'MidStreamFallbackError' },
    { id: 'Timeout', category: 'timeout', code: ['litellm.Timeout', 'litellm.exceptions.Timeout'] },
  ],
}

/** Vercel’s AI Gateway. */
export const VERCEL: RuleTable = {
  name: 'vercel',
  source: 'npm:@ai-sdk/gateway',
  rules: [
    { id: 'authentication', category: 'auth_invalid_key', weak: true, code: 'GatewayAuthenticationError' },
    { id: 'forbidden', category: 'permission_denied', code: ['GatewayForbiddenError', 'no_providers_available'] },
    { id: 'invalid', category: 'invalid_request', weak: true, code: 'GatewayInvalidRequestError' },
    { id: 'rate', category: 'rate_limit', weak: true, code: 'GatewayRateLimitError' },
    { id: 'model', category: 'model_not_found', code: 'GatewayModelNotFoundError' },
    { id: 'not-found', category: 'wrong_endpoint', weak: true, fieldOnly: true, code: ['GatewayNotFoundError', 'not_found'] },
    { id: 'resource', category: 'wrong_endpoint', text: [
        'async job not found | job not found | batch not found | file not found',
        'thread not found | assistant not found | no thread found* | no assistant found*',
        'no batch found* | response with id * not found | no file found*',
      ] },
    { id: 'timeout', category: 'timeout', code: ['GatewayTimeoutError', 'timeout_error'] },
    { id: 'gateway-timeout', category: 'timeout', text: 'gateway timeout', not: '<html' },
    { id: 'failed-dependency', category: 'server_error', code: ['GatewayFailedDependencyError', 'failed_dependency'] },
    { id: 'internal', category: 'server_error', weak: true, code: ['GatewayInternalServerError', 'GatewayResponseError'] },
    { id: 'no-oidc', category: 'auth_missing_credentials', text: [
        'unauthenticated request to ai gateway | oidc token not available',
        'ai_gateway_api_key',
      ], not: 'invalid' },
    { id: 'credit-card', category: 'insufficient_credits', text: ['requires a valid credit card on file', 'free credits * restricted access'], source: 'https://vercel.com/docs/ai-gateway/pricing' },
  ],
}

/** What stands between: nginx, Cloudflare, envoy, load balancers, and pages where JSON was expected. */
export const PROXIES: RuleTable = {
  name: 'proxy',
  source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/502',
  rules: [
    { id: 'entity', category: 'payload_too_large', text: [
        'request entity too large | payload too large | content too large',
        'request body too large | client intended to send too large body',
        'body exceeded * limit | http content length exceeded | request size limit',
        'exceeds the maximum size | request exceeds the maximum* | maximum request size',
        'body is too large | maximum allowed payload size | content length exceeded',
        'exceeds the maximum request*',
      ], source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/413' },
    { id: 'payload-codes', category: 'payload_too_large', code: [
        'PayloadTooLargeError | entity.too.large | RequestEntityTooLarge',
        'FUNCTION_PAYLOAD_TOO_LARGE | ContentTooLargeError',
      ], source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/413' },
    { id: 'bad-gateway', category: 'gateway_error', text: [
        'bad gateway | upstream connect error | no healthy upstream',
        'disconnect/reset before headers | upstream request timeout*',
        '503 service temporarily unavailable | web server is down | origin is unreachable',
        'web server is returning an unknown error | error 1033 | error code: 52*',
        'error 52* | cloudflare tunnel | upstream prematurely closed* | upstream error',
        'upstream_reset* | invalid response from the upstream',
        'invalid response from upstream | no live upstreams | backend fetch failed',
        'application failed to respond | invalid upstream | bad_gateway | upstream server',
      ], not: ['rate-limited upstream', 'timed out'] },
    { id: 'envoy-overflow', category: 'gateway_error', text: ['reset reason: *'], source: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage' },
    { id: 'html', category: 'gateway_error', text: ['<!doctype html*', '<html*', '<head>', 'unexpected token <', 'unexpected token &lt*', 'is not valid json * doctype', 'doctype html', 'unrecognized token <', 'just a moment...', 'attention required! | cloudflare', 'cf-error*', 'invalid character < looking for beginning of value', 'expected json * got html', 'returned html', 'text/html'], not: [
        '404 | not found | 413 | request entity | 504 gateway time-out',
        'too many requests | 429',
      ] },
    { id: 'html-404', category: 'wrong_endpoint', text: [
        '404 not found * <html | <html* 404 not found | <title>404*',
        'page not found * <html | <!doctype html* 404 | <html* not found',
      ], source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/404' },
    { id: 'html-413', category: 'payload_too_large', text: ['413 request entity too large'], source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/413' },
    { id: 'html-504', category: 'timeout', text: [
        '504 gateway time-out | 504 gateway timeout | a timeout occurred',
        'function_invocation_timeout | upstream request timeout | gateway time-out',
        'upstream timed out | origin * timed out | error 524',
      ], source: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/504' },
    { id: 'status', category: 'gateway_error', status: [502, 520, 521, 522, 523, 525, 526, 530] },
  ],
}
