import type { RuleTable } from '../rule.ts'

/** Anthropic's API, and Claude where others serve it. */
export const ANTHROPIC: RuleTable = {
  name: 'anthropic',
  source: 'https://docs.claude.com/en/api/errors',
  rules: [
    { id: 'overloaded_error', category: 'overloaded', code: 'overloaded_error' },
    { id: 'status-529', category: 'overloaded', status: 529 },
    { id: 'rate_limit_error', category: 'rate_limit', weak: true, code: 'rate_limit_error' },
    {
      id: 'authentication_error',
      category: 'auth_invalid_key',
      weak: true,
      code: ['authentication_error', 'AuthenticationError'],
    },
    {
      id: 'key-words',
      category: 'auth_invalid_key',
      text: [
        'invalid x-api-key | invalid bearer token | oauth token has expired',
        'oauth authentication is currently not* | token has been revoked',
        'credential is only authorized for use with* | failed to authenticate',
      ],
    },
    {
      id: 'forbidden',
      category: 'region_unsupported',
      code: 'forbidden',
      text: 'request not allowed',
      source: 'https://www.anthropic.com/supported-countries',
    },
    {
      id: 'no-key',
      category: 'auth_missing_credentials',
      text: [
        'x-api-key header is required | could not resolve authentication method',
        'expected either apikey or authtoken to be set | either apikey or authtoken',
      ],
    },
    {
      id: 'billing_error',
      category: 'insufficient_credits',
      code: ['billing_error', 'enforced_spend_limit_reached'],
    },
    {
      id: 'credit-balance',
      category: 'insufficient_credits',
      text: [
        'credit balance is too low | reached your specified api usage limits',
        'specified * api usage limits | out of extra usage',
      ],
    },
    {
      id: 'disabled',
      category: 'account_disabled',
      text: ['this organization has been disabled', 'this account has been disabled'],
    },
    {
      id: 'permission_error',
      category: 'permission_denied',
      weak: true,
      code: ['permission_error', 'PermissionDeniedError'],
    },
    {
      id: 'request-not-allowed',
      category: 'permission_denied',
      text: [
        'your api key does not have permission*',
        'oauth authentication is currently not allowed for this organization',
        'not been granted access',
      ],
    },
    {
      id: 'request_too_large',
      category: 'payload_too_large',
      code: ['request_too_large', 'RequestTooLargeError'],
    },
    {
      id: 'not-found-model',
      category: 'model_not_found',
      code: 'not_found_error',
      text: ['model: *', 'model'],
    },
    { id: 'not_found_error', category: 'wrong_endpoint', weak: true, code: 'not_found_error' },
    {
      id: 'prompt-too-long',
      category: 'context_length_exceeded',
      text: [
        'prompt is too long: * tokens > * maximum',
        'input length and max_tokens exceed context limit | prompt is too long',
      ],
    },
    {
      id: 'window-stop',
      category: 'context_length_exceeded',
      code: 'model_context_window_exceeded',
      source: 'https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons',
    },
    {
      id: 'max-tokens',
      category: 'max_output_tokens_invalid',
      text: [
        'max_tokens: * > *, which is the maximum allowed number of output tokens',
        'max_tokens must be greater than* | max_tokens: field required',
        'max_tokens: input should be*',
      ],
    },
    {
      id: 'content-policy',
      category: 'content_filter',
      text: [
        'output blocked by content filtering policy',
        'unable to respond to this request, which appears to violate our usage policy',
      ],
    },
    {
      id: 'refusal',
      fieldOnly: true,
      category: 'content_filter',
      code: 'refusal',
      source: 'https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons',
    },
    {
      id: 'stop-max-tokens',
      fieldOnly: true,
      category: 'output_truncated',
      code: 'max_tokens',
      source: 'https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons',
    },
    {
      id: 'pairing',
      category: 'tool_call_pairing',
      source: 'https://docs.claude.com/en/docs/tool-use',
      text: [
        'ids were not found in tool_result blocks | found without tool_result',
        'tool_use ids were found without tool_result',
        'unexpected tool_use_id found in tool_result',
        'each tool_result block must have a corresponding tool_use',
        'tool_use ids must be unique | multiple tool_result blocks with id',
      ],
    },
    {
      id: 'tool-schema',
      category: 'invalid_tool_schema',
      text: [
        'tools.*.input_schema* | tools.*.custom.* | input_schema: json schema is invalid',
        'tools: tool names must be unique | tool names must be unique',
        'input_schema does not support oneof*',
      ],
      not: ['extra inputs'],
    },
    {
      id: 'messages',
      category: 'invalid_messages',
      source: 'https://docs.claude.com/en/api/messages',
      text: [
        'text content blocks must be non-empty',
        'text content blocks must contain non-whitespace text',
        'must have non-empty content | cannot end with trailing whitespace',
        'roles must alternate | first message must use the user role',
        'at least one message is required | must end with a user message',
        'does not support assistant message prefill',
        'final block in an assistant message cannot be thinking',
        'expected thinking or redacted_thinking | thinking blocks * cannot be modified',
        'invalid signature in thinking block | unexpected role system',
        'use the top-level system parameter',
        'a maximum of * blocks with cache_control may be provided',
        'cache_control cannot be set for empty text blocks',
      ],
    },
    {
      id: 'messages-path',
      category: 'invalid_messages',
      weak: true,
      code: 'invalid_request_error',
      text: ['messages: *', 'messages.*'],
    },
    {
      id: 'media',
      category: 'invalid_media',
      source: 'https://docs.claude.com/en/docs/build-with-claude/vision',
      text: [
        'image exceeds * maximum | could not process image | could not process pdf',
        'image dimensions exceed max allowed size',
        'image was specified using the * media type, but* | the image appears to be a',
        'maximum of 100 pdf pages may be provided | pdf specified is password protected',
        'pdf cannot be empty | unable to download the file | invalid base64 data',
        'source.base64* | source.media_type* | many-image requests',
        'only https urls are supported',
      ],
    },
    {
      id: 'parameter',
      category: 'unsupported_parameter',
      text: [
        'temperature and top_p cannot both be specified | extra inputs are not permitted',
        'may only be set to 1 when thinking is enabled',
        'top_p must be unset when thinking is enabled | thinking.budget_tokens*',
        'is deprecated for this model | does not support the effort parameter',
        'adaptive thinking is not supported',
        'unexpected value(s) * for the anthropic-beta header',
      ],
    },
    {
      id: 'feature',
      category: 'unsupported_feature',
      text: [
        'does not match any of the expected tags | this model does not support *',
        'does not support image input | does not support tool types',
      ],
      not: ['prefill', 'parameter'],
    },
    { id: 'api_error', category: 'server_error', weak: true, code: 'api_error' },
    { id: 'timeout_error', category: 'timeout', code: 'timeout_error' },
    {
      id: 'usage-limit',
      category: 'quota_exhausted',
      text: [
        'claude ai usage limit reached | usage limit reached | 5-hour limit reached',
        'session limit reached | hit your session limit | hit your limit * resets',
        'limit reached * resets',
      ],
      source:
        'https://support.claude.com/en/articles/11647753-understanding-usage-and-length-limits',
    },
    {
      id: 'acceleration',
      category: 'rate_limit',
      text: [
        'acceleration limit',
        'number of request tokens has exceeded your per-minute rate limit',
        'number of requests has exceeded* | would exceed * rate limit',
        'number of concurrent connections has exceeded your rate limit',
        'this request would exceed * tokens per minute',
      ],
      source: 'https://docs.anthropic.com/en/api/rate-limits',
    },
    {
      id: 'long-context',
      category: 'insufficient_credits',
      weak: true,
      text: ['extra usage is required for long context requests'],
    },
    {
      id: 'streaming-required',
      category: 'sdk_usage_error',
      text: 'streaming is required for operations that may take longer than 10 minutes',
      source: 'https://github.com/anthropics/anthropic-sdk-typescript#long-requests',
    },
    {
      id: 'ended-empty',
      category: 'empty_response',
      text: 'request ended without sending any chunks',
      source: 'npm:@anthropic-ai/sdk lib/MessageStream',
    },
    {
      id: 'stream-ended',
      category: 'stream_interrupted',
      text: [
        'stream ended without producing a message* | stream ended before message_stop',
        'unexpected event order',
      ],
      source: 'npm:@anthropic-ai/sdk lib/MessageStream',
    },
  ],
}
