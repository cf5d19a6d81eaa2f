import type { RuleTable } from '../rule.ts'

/** OpenAI’s codes. Compatible servers repeat them, so none of the rules asks who answered. */
export const OPENAI: RuleTable = {
  name: 'openai',
  source: 'https://platform.openai.com/docs/guides/error-codes',
  rules: [
    {
      id: 'project-model',
      category: 'permission_denied',
      code: 'model_not_found',
      text: 'does not have access to model',
    },
    {
      id: 'invalid_api_key',
      category: 'auth_invalid_key',
      code: 'invalid_api_key | token_expired | invalid_organization | mismatched_project',
    },
    {
      id: 'account_deactivated',
      category: 'account_disabled',
      code: [
        'account_deactivated | account_suspended | account_disabled',
        'organization_deactivated | organization_restricted | organization_disabled',
      ],
    },
    {
      id: 'region',
      category: 'region_unsupported',
      code: [
        'unsupported_country_region_territory | unsupported_country | unsupported_region',
        'unsupported_location',
      ],
    },
    {
      id: 'insufficient_quota',
      category: 'insufficient_credits',
      code: [
        'insufficient_quota | billing_not_active | billing_hard_limit_reached',
        'insufficient_balance | insufficient_credits | insufficient_user_quota',
        'payment_required | out_of_credits | spend_limit_reached',
      ],
    },
    {
      id: 'rate_limit_exceeded',
      category: 'rate_limit',
      weak: true,
      code: [
        'rate_limit_exceeded | RateLimitError | TooManyRequestsError | requests | tokens',
        'slow_down | rate_limited | ratelimitreached | too_many_requests',
        'TooManyRequests | rate_limit',
      ],
    },
    {
      id: 'context_length_exceeded',
      category: 'context_length_exceeded',
      code: [
        'context_length_exceeded | context_window_exceeded | ContextWindowExceededError',
        'model_context_window_exceeded | input_too_long | prompt_too_long',
        'max_context_length_exceeded | context_too_large | ContextOverflowError',
      ],
    },
    {
      id: 'model_not_found',
      category: 'model_not_found',
      code: [
        'model_not_found | model_not_available | model_unavailable | unknown_model',
        'invalid_model | ModelNotFound | no_such_model | model_not_exist',
        'invalid_model_error',
      ],
    },
    {
      id: 'model_deprecated',
      category: 'model_deprecated',
      code: [
        'model_deprecated | model_decommissioned | model_retired | deprecated_model',
        'ModelDeprecated',
      ],
    },
    {
      id: 'must-be-verified',
      category: 'permission_denied',
      text: ['organization must be verified', 'must be verified to'],
      code: 'unsupported_value | model_not_found | invalid_request_error',
      source: 'https://help.openai.com/en/articles/10910291-api-organization-verification',
    },
    {
      id: 'permission-codes',
      category: 'permission_denied',
      code: [
        'ip_not_authorized | insufficient_permissions | model_not_allowed',
        'organization_must_be_verified | model_access_denied',
      ],
    },
    {
      id: 'content-codes',
      category: 'content_filter',
      code: [
        'content_filter | content_policy_violation | ResponsibleAIPolicyViolation',
        'invalid_prompt | moderation_blocked | ContentPolicyViolationError',
        'ContentFilterFinishReasonError | content_filtered | data_inspection_failed',
        'DataInspectionFailed | refusal | content_moderation | policy_violation',
        'cyber_policy | sensitive',
      ],
    },
    {
      id: 'unsupported_parameter',
      category: 'unsupported_parameter',
      code: [
        'unsupported_parameter | unknown_parameter | UnsupportedParamsError',
        'parameter_not_supported | extra_forbidden',
      ],
    },
    {
      id: 'unsupported_value',
      category: 'unsupported_parameter',
      code: 'unsupported_value',
      weak: true,
    },
    {
      id: 'invalid_function_parameters',
      category: 'invalid_tool_schema',
      code: [
        'invalid_function_parameters | invalid_json_schema | invalid_schema',
        'invalid_tool_schema | invalid_response_format_schema',
      ],
      source: 'https://platform.openai.com/docs/guides/structured-outputs',
    },
    {
      id: 'pairing',
      category: 'tool_call_pairing',
      code: 'AI_MissingToolResultsError | MissingToolResultsError | INVALID_TOOL_RESULTS',
      source: 'https://ai-sdk.dev/docs/troubleshooting/missing-tool-results-error',
    },
    {
      id: 'messages-codes',
      category: 'invalid_messages',
      code: [
        'invalid_request_message_order | MESSAGE_COERCION_FAILURE | AI_InvalidPromptError',
        'AI_MessageConversionError | AI_InvalidMessageRoleError | InvalidPromptError',
        'empty_messages',
      ],
      source:
        'https://docs.langchain.com/oss/javascript/langchain/errors/MESSAGE_COERCION_FAILURE/',
    },
    {
      id: 'media-codes',
      category: 'invalid_media',
      code: [
        'sanitizer_server_error | invalid_image | invalid_image_url',
        'invalid_image_format | image_parse_error | image_too_large',
        'unsupported_image_media_type | invalid_base64_image | empty_image_file',
        'failed_to_download_image | image_file_not_found | unsupported_file_type',
        'image_content_policy | invalid_audio | image_file_too_large | image_too_small',
        'invalid_image_mode | AI_DownloadError | unsupported_file | audio_too_short',
        'unsupported_media_type | unsupported_format',
      ],
    },
    {
      id: 'missing-parameter',
      category: 'invalid_request',
      weak: true,
      code: [
        'missing_required_parameter | invalid_value | invalid_type | missing',
        'string_above_max_length | array_above_max_length | integer_above_max_value',
        'integer_below_min_value | decimal_above_max_value | decimal_below_min_value',
        'invalid_request_error | invalid_request | BadRequestError | bad_request',
        'UnprocessableEntityError | BadRequest | unprocessable_entity | invalid_parameter',
        'InvalidParameter | invalid_argument | previous_response_not_found',
        'invalid_parameter_error | InvalidRequestError | validation_error',
      ],
    },
    {
      id: 'server_error',
      category: 'server_error',
      weak: true,
      code: [
        'server_error | InternalServerError | internal_error | internal_server_error',
        'api_error | APIError | InternalError | processing_error | ServerError | internal',
      ],
    },
    {
      id: 'overloaded-codes',
      category: 'overloaded',
      code: [
        'engine_overloaded_error | model_overloaded | server_overloaded',
        'service_unavailable_error | capacity_exceeded | model_busy | overloaded',
      ],
    },
    {
      id: 'unavailable-class',
      category: 'overloaded',
      weak: true,
      code: 'ServiceUnavailableError | service_unavailable | ServiceUnavailable',
    },
  ],
}
