import type { Answer } from './loopback.ts'

/** What a provider documents, and what it is. */
export type Case = readonly [category: string, answer: Answer]

/** OpenAI’s envelope. */
export const openaiError = (message: string, type: string, code: string | null): object => ({
  error: { message, type, param: null, code },
})

/** Bodies as platform.openai.com/docs/guides/error-codes tells them. */
export const OPENAI: readonly Case[] = [
  [
    'auth_invalid_key',
    {
      status: 401,
      body: openaiError(
        'Incorrect API key provided: demo.',
        'invalid_request_error',
        'invalid_api_key',
      ),
    },
  ],
  [
    'region_unsupported',
    {
      status: 403,
      body: openaiError(
        'Country, region, or territory not supported',
        'request_forbidden',
        'unsupported_country_region_territory',
      ),
    },
  ],
  [
    'model_not_found',
    {
      status: 404,
      body: openaiError(
        'The model `gpt-x` does not exist or you do not have access to it.',
        'invalid_request_error',
        'model_not_found',
      ),
    },
  ],
  [
    'rate_limit',
    {
      status: 429,
      headers: { 'retry-after-ms': '1200' },
      body: openaiError(
        'Rate limit reached for gpt-4o on requests per min (RPM): Limit 3, Used 3, Requested 1.',
        'requests',
        'rate_limit_exceeded',
      ),
    },
  ],
  [
    'insufficient_credits',
    {
      status: 429,
      body: openaiError(
        'You exceeded your current quota, please check your plan and billing details.',
        'insufficient_quota',
        'insufficient_quota',
      ),
    },
  ],
  [
    'context_length_exceeded',
    {
      status: 400,
      body: openaiError(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.",
        'invalid_request_error',
        'context_length_exceeded',
      ),
    },
  ],
  [
    'content_filter',
    {
      status: 400,
      body: openaiError(
        'Your request was rejected as a result of our safety system.',
        'image_generation_user_error',
        'moderation_blocked',
      ),
    },
  ],
  [
    'server_error',
    {
      status: 500,
      body: openaiError(
        'The server had an error while processing your request.',
        'server_error',
        null,
      ),
    },
  ],
  [
    'overloaded',
    {
      status: 503,
      body: openaiError(
        'The engine is currently overloaded, please try again later.',
        'server_error',
        null,
      ),
    },
  ],
  [
    'gateway_error',
    { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' },
  ],
]

/** Bodies as docs.claude.com/en/api/errors tells them. */
export const ANTHROPIC: readonly Case[] = (
  [
    ['auth_invalid_key', 401, 'authentication_error', 'invalid x-api-key'],
    [
      'permission_denied',
      403,
      'permission_error',
      'Your API key does not have permission to use the specified resource.',
    ],
    ['model_not_found', 404, 'not_found_error', 'model: claude-x'],
    [
      'payload_too_large',
      413,
      'request_too_large',
      'Request exceeds the maximum allowed number of bytes.',
    ],
    [
      'rate_limit',
      429,
      'rate_limit_error',
      'This request would exceed your organization’s rate limit of 40,000 input tokens per minute.',
    ],
    [
      'insufficient_credits',
      402,
      'billing_error',
      'There is an issue with your billing or payment information.',
    ],
    ['server_error', 500, 'api_error', 'Internal server error'],
    ['timeout', 504, 'timeout_error', 'The request timed out while processing.'],
    ['overloaded', 529, 'overloaded_error', 'Overloaded'],
    [
      'context_length_exceeded',
      400,
      'invalid_request_error',
      'prompt is too long: 213462 tokens > 200000 maximum',
    ],
    [
      'insufficient_credits',
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API.',
    ],
  ] as const
).map(([category, status, type, message]) => [
  category,
  { status, body: { type: 'error', error: { type, message }, request_id: 'req_011demo00000' } },
])

const googleError = (
  code: number,
  status: string,
  message: string,
  details: object[] = [],
): object => ({
  error: { code, message, status, details },
})
const info = (reason: string): object => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
})

/** Bodies as ai.google.dev/gemini-api/docs/troubleshooting tells them. */
export const GOOGLE: readonly Case[] = [
  [
    'auth_invalid_key',
    {
      status: 400,
      body: googleError(
        400,
        'INVALID_ARGUMENT',
        'API key not valid. Please pass a valid API key.',
        [info('API_KEY_INVALID')],
      ),
    },
  ],
  [
    'region_unsupported',
    {
      status: 400,
      body: googleError(
        400,
        'FAILED_PRECONDITION',
        'User location is not supported for the API use.',
      ),
    },
  ],
  [
    'permission_denied',
    {
      status: 403,
      body: googleError(
        403,
        'PERMISSION_DENIED',
        'Generative Language API has not been used in project 1 before or it is disabled.',
        [info('SERVICE_DISABLED')],
      ),
    },
  ],
  [
    'model_not_found',
    {
      status: 404,
      body: googleError(
        404,
        'NOT_FOUND',
        'models/gemini-x is not found for API version v1beta, or is not supported for generateContent.',
      ),
    },
  ],
  [
    'rate_limit',
    {
      status: 429,
      body: googleError(
        429,
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details.',
        [
          {
            '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
            violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier' }],
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' },
        ],
      ),
    },
  ],
  [
    'quota_exhausted',
    {
      status: 429,
      body: googleError(
        429,
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details.',
        [
          {
            '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
            violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
          },
        ],
      ),
    },
  ],
  [
    'server_error',
    { status: 500, body: googleError(500, 'INTERNAL', 'An internal error has occurred.') },
  ],
  [
    'overloaded',
    {
      status: 503,
      body: googleError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    },
  ],
  [
    'timeout',
    {
      status: 504,
      body: googleError(
        504,
        'DEADLINE_EXCEEDED',
        'Deadline expired before operation could complete.',
      ),
    },
  ],
]
