import type { RuleTable } from '../rule.ts'

/** Gemini by API key and by Vertex AI: google.rpc codes, reasons in `details`, quotas. */
export const GOOGLE: RuleTable = {
  name: 'google',
  source: 'https://ai.google.dev/gemini-api/docs/troubleshooting',
  rules: [
    {
      id: 'quota-per-day',
      category: 'quota_exhausted',
      code: 'RESOURCE_EXHAUSTED',
      text: 'per day | per month',
      source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    },
    {
      id: 'quota-per-minute',
      category: 'rate_limit',
      code: 'RESOURCE_EXHAUSTED',
      text: 'per minute | check your plan and billing',
      not: 'per day | per month | prepayment | spending cap',
      source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    },
    {
      id: 'API_KEY_INVALID',
      category: 'auth_invalid_key',
      code: [
        'API_KEY_INVALID | API_KEY_EXPIRED | ACCESS_TOKEN_EXPIRED',
        'CREDENTIALS_MISSING_OR_INVALID | API_KEY_LEAKED',
      ],
    },
    {
      id: 'key-words',
      category: 'auth_invalid_key',
      text: [
        'api key not valid | api key expired | please pass a valid api key',
        'your api key was reported as leaked | api keys are not supported by this api',
        'invalid authentication credentials | reauthentication is needed | invalid_rapt',
      ],
    },
    {
      id: 'grant',
      category: 'auth_invalid_key',
      // Every service with OAuth says it; here it is a key for models only where Google was asked.
      provider: 'google',
      code: 'invalid_grant',
      source: 'https://developers.google.com/identity/protocols/oauth2',
    },
    {
      id: 'UNAUTHENTICATED',
      category: 'auth_invalid_key',
      weak: true,
      code: 'UNAUTHENTICATED | ACCOUNT_STATE_INVALID | ACCESS_TOKEN_TYPE_UNSUPPORTED',
    },
    {
      id: 'no-key',
      category: 'auth_missing_credentials',
      text: [
        'method doesnt allow unregistered callers | callers without established identity',
        'could not load the default credentials',
        'could not automatically determine credentials',
        'default credentials were not found | api key must be set*',
        'request is missing required authentication credential | an api key must be set*',
      ],
    },
    {
      id: 'PERMISSION_DENIED',
      category: 'permission_denied',
      weak: true,
      code: ['PERMISSION_DENIED', 'IAM_PERMISSION_DENIED'],
    },
    {
      id: 'SERVICE_DISABLED',
      category: 'permission_denied',
      code: [
        'SERVICE_DISABLED | API_KEY_SERVICE_BLOCKED | API_KEY_HTTP_REFERRER_BLOCKED',
        'API_KEY_IP_ADDRESS_BLOCKED | API_KEY_ANDROID_APP_BLOCKED',
        'API_KEY_IOS_APP_BLOCKED',
      ],
      source: 'https://cloud.google.com/apis/design/errors',
    },
    {
      id: 'permission-words',
      category: 'permission_denied',
      text: [
        'permission * denied on resource | caller does not have permission',
        'is not enabled for * project | api has not been used in project',
        'requests to this api * are blocked',
        'you do not have permission to access tuned model',
        'requests from referer * are blocked | it is disabled. enable it by visiting',
      ],
    },
    {
      id: 'CONSUMER_SUSPENDED',
      category: 'account_disabled',
      code: ['CONSUMER_SUSPENDED', 'CONSUMER_INVALID'],
    },
    {
      id: 'BILLING_DISABLED',
      category: 'insufficient_credits',
      code: ['BILLING_DISABLED', 'INSUFFICIENT_G1_CREDITS_BALANCE'],
    },
    {
      id: 'billing-words',
      category: 'insufficient_credits',
      text: [
        'requires billing to be enabled | billing account * is disabled',
        'prepayment credits are depleted | exceeded its monthly spending cap',
        'enable billing on project',
      ],
    },
    {
      id: 'location',
      category: 'region_unsupported',
      text: [
        'user location is not supported for the api use',
        'free tier is not available in your country',
      ],
      source: 'https://ai.google.dev/gemini-api/docs/available-regions',
    },
    {
      id: 'RATE_LIMIT_EXCEEDED',
      category: 'rate_limit',
      weak: true,
      code: 'RATE_LIMIT_EXCEEDED | rateLimitExceeded | userRateLimitExceeded',
    },
    {
      id: 'QUOTA_EXHAUSTED',
      category: 'quota_exhausted',
      code: 'QUOTA_EXHAUSTED | dailyLimitExceeded | TerminalQuotaError',
      source: 'https://github.com/google-gemini/gemini-cli',
    },
    {
      id: 'quota-day-words',
      category: 'quota_exhausted',
      text: [
        'requests per day | exhausted your capacity on this model',
        'exhausted your daily quota | quota will reset after | perday',
        'limit * per day per user',
      ],
      source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    },
    {
      id: 'RESOURCE_EXHAUSTED',
      category: 'rate_limit',
      weak: true,
      code: 'RESOURCE_EXHAUSTED',
      source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    },
    {
      id: 'resource-exhausted-words',
      category: 'rate_limit',
      text: [
        'resource exhausted. please try again later | resource has been exhausted',
        'quota exceeded for metric | exceeded your current quota, please check your plan',
        'quota exceeded for * per minute | online_prediction_requests_per_base_model',
        'quota exceeded for aiplatform* | please retry in *',
      ],
      not: 'per day | perday | insufficient_quota',
      source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
    },
    {
      id: 'MODEL_CAPACITY_EXHAUSTED',
      category: 'overloaded',
      code: 'MODEL_CAPACITY_EXHAUSTED',
      source: 'https://github.com/google-gemini/gemini-cli',
    },
    { id: 'UNAVAILABLE', category: 'overloaded', weak: true, code: 'UNAVAILABLE' },
    {
      id: 'INTERNAL',
      category: 'server_error',
      weak: true,
      code: 'INTERNAL | UNKNOWN | DATA_LOSS',
    },
    { id: 'DEADLINE_EXCEEDED', category: 'timeout', code: 'DEADLINE_EXCEEDED' },
    {
      id: 'deadline-words',
      category: 'timeout',
      text: ['deadline expired before operation could complete', 'deadline exceeded'],
    },
    {
      id: 'CANCELLED',
      category: 'request_aborted',
      code: ['CANCELLED', 'CANCELED'],
      source: 'https://cloud.google.com/apis/design/errors',
    },
    {
      id: 'NOT_FOUND',
      category: 'model_not_found',
      weak: true,
      code: 'NOT_FOUND',
      text: 'model | models | models/* | publishers/*',
    },
    {
      id: 'model-words',
      category: 'model_not_found',
      text: [
        'is not found for api version | or is not supported for generatecontent',
        'publisher model * was not found | publisher model * is not servable in region',
        'unexpected model name format | requested entity was not found',
      ],
    },
    { id: 'not-found', category: 'wrong_endpoint', weak: true, code: 'NOT_FOUND' },
    {
      id: 'retired',
      category: 'model_deprecated',
      text: [
        'has been deprecated on | is no longer available to new users',
        'model * is no longer available | has been retired on',
      ],
      source: 'https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions',
    },
  ],
}
