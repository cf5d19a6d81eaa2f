import type { RuleTable } from '../rule.ts'

/** Vercel’s AI Gateway. */
export const VERCEL: RuleTable = {
  name: 'vercel',
  source: 'npm:@ai-sdk/gateway',
  rules: [
    {
      id: 'authentication',
      category: 'auth_invalid_key',
      weak: true,
      code: 'GatewayAuthenticationError',
    },
    {
      id: 'forbidden',
      category: 'permission_denied',
      code: ['GatewayForbiddenError', 'no_providers_available'],
    },
    { id: 'invalid', category: 'invalid_request', weak: true, code: 'GatewayInvalidRequestError' },
    { id: 'rate', category: 'rate_limit', weak: true, code: 'GatewayRateLimitError' },
    { id: 'model', category: 'model_not_found', code: 'GatewayModelNotFoundError' },
    {
      id: 'not-found',
      category: 'wrong_endpoint',
      weak: true,
      fieldOnly: true,
      code: ['GatewayNotFoundError', 'not_found'],
    },
    {
      id: 'resource',
      category: 'wrong_endpoint',
      text: [
        'async job not found | job not found | batch not found | file not found',
        'thread not found | assistant not found | no thread found* | no assistant found*',
        'no batch found* | response with id * not found | no file found*',
      ],
    },
    { id: 'timeout', category: 'timeout', code: ['GatewayTimeoutError', 'timeout_error'] },
    { id: 'gateway-timeout', category: 'timeout', text: 'gateway timeout', not: '<html' },
    {
      id: 'failed-dependency',
      category: 'server_error',
      code: ['GatewayFailedDependencyError', 'failed_dependency'],
    },
    {
      id: 'internal',
      category: 'server_error',
      weak: true,
      code: ['GatewayInternalServerError', 'GatewayResponseError'],
    },
    {
      id: 'no-oidc',
      category: 'auth_missing_credentials',
      text: [
        'unauthenticated request to ai gateway | oidc token not available',
        'ai_gateway_api_key',
      ],
      not: 'invalid',
    },
    {
      id: 'credit-card',
      category: 'insufficient_credits',
      text: ['requires a valid credit card on file', 'free credits * restricted access'],
      source: 'https://vercel.com/docs/ai-gateway/pricing',
    },
  ],
}
