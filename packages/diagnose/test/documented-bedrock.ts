import type { Case } from './documented-errors.ts'

/** Names as docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html tells them. */
export const BEDROCK: readonly Case[] = (
  [
    [
      'permission_denied',
      403,
      'AccessDeniedException',
      "You don't have access to the model with the specified model ID.",
    ],
    [
      'auth_invalid_key',
      403,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ],
    [
      'auth_invalid_key',
      403,
      'ExpiredTokenException',
      'The security token included in the request is expired',
    ],
    [
      'rate_limit',
      429,
      'ThrottlingException',
      'Too many requests, please wait before trying again.',
    ],
    [
      'quota_exhausted',
      429,
      'ThrottlingException',
      'Too many tokens per day, please wait before trying again.',
    ],
    ['overloaded', 429, 'ModelNotReadyException', 'The model is not ready for inference.'],
    [
      'overloaded',
      503,
      'ServiceUnavailableException',
      'Bedrock is unable to process your request.',
    ],
    [
      'server_error',
      500,
      'InternalServerException',
      'The system encountered an unexpected error during processing.',
    ],
    ['timeout', 408, 'ModelTimeoutException', 'Model has timed out in processing the request.'],
    [
      'model_not_found',
      400,
      'ValidationException',
      'Invocation of model ID x with on-demand throughput isn’t supported.',
    ],
    [
      'context_length_exceeded',
      400,
      'ValidationException',
      'Input is too long for requested model.',
    ],
    [
      'invalid_messages',
      400,
      'ValidationException',
      'A conversation must start with a user message.',
    ],
    ['invalid_request', 400, 'ValidationException', 'The value is not as it must be.'],
  ] as const
).map(([category, status, name, message]) => [
  category,
  {
    status,
    headers: { 'x-amzn-errortype': name, 'x-amzn-requestid': 'demo-request-0001' },
    body: { message },
  },
])
