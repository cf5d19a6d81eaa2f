/** Whether trying again helps: the same request later, only a changed one, never, or nobody can say. */
export type Retryable = 'after_delay' | 'after_change' | 'no' | 'unknown'

/** How bad it is: everything fails until a person acts, this request failed, it passes, or it is nobody's fault. */
export type Severity = 'critical' | 'error' | 'warning' | 'info'

/** A kind of failure. */
export interface Category {
  readonly id: string
  readonly group: string
  /** One sentence for somebody who knows nothing of providers. */
  readonly meaning: string
  readonly retryable: Retryable
  readonly severity: Severity
}

/**
 * Every kind of failure, in order of precedence: where evidence of equal strength says two things, the first of them holds.
 * An empty wallet comes before a rate limit, an unresolved name before a lost connection, a cause before what it causes.
 */
export const CATEGORIES: readonly Category[] = [
  row(
    'insufficient_credits limits after_change critical',
    'The account has no money left, or a spending cap is reached.',
  ),
  row(
    'request_over_tpm_limit limits after_change error',
    'This one request is larger than a whole minute allows; waiting does not make it fit.',
  ),
  row(
    'quota_exhausted limits after_delay error',
    'An allowance of a day, a month or a session is used up; it comes back, but not in minutes.',
  ),
  row('account_disabled auth no critical', 'The provider has closed or restricted the account.'),
  row(
    'region_unsupported auth no critical',
    'The provider does not serve the country that the request comes from.',
  ),
  row('auth_missing_credentials auth after_change critical', 'No API key was found.'),
  row('auth_invalid_key auth after_change critical', 'The provider does not accept the API key.'),
  row(
    'out_of_memory local after_change critical',
    'The machine that runs the model has too little memory.',
  ),
  row('tls_error network after_change error', 'The server’s certificate could not be verified.'),
  row('dns_failure network after_change error', 'The host name could not be resolved.'),
  row('connection_refused network after_change error', 'Nothing listens at that address.'),
  row(
    'tool_call_pairing request after_change error',
    'The history has a tool call without its result, or a result without its call.',
  ),
  row(
    'invalid_tool_schema request after_change error',
    'The schema of a tool or of the response format is not accepted.',
  ),
  row(
    'invalid_media request after_change error',
    'An image, a sound or a file is too large, broken or of the wrong type.',
  ),
  row(
    'content_filter content after_change error',
    'The prompt or the answer was blocked on grounds of content.',
  ),
  row(
    'context_length_exceeded request after_change error',
    'The input, with the output that was asked for, is larger than the model’s window.',
  ),
  row(
    'max_output_tokens_invalid request after_change error',
    'The value of max_tokens itself is not accepted.',
  ),
  row(
    'payload_too_large request after_change error',
    'The request has more bytes than the provider or a proxy takes.',
  ),
  row(
    'permission_denied auth after_change critical',
    'The key is valid but may not use this model or action.',
  ),
  row('model_deprecated routing after_change error', 'The model existed and was retired.'),
  row(
    'unsupported_feature request after_change error',
    'The model or route lacks this ability: tools, images, streaming or the like.',
  ),
  row('model_not_found routing after_change error', 'There is no model of that name for this key.'),
  row(
    'unsupported_parameter request after_change error',
    'A parameter, or its value, is not allowed for this model.',
  ),
  row(
    'sdk_usage_error local after_change error',
    'The library is used in a way it does not allow; nothing was sent.',
  ),
  row('malformed_tool_call output after_delay error', 'The model made a broken tool call.'),
  row(
    'output_truncated output after_change warning',
    'The answer stops in the middle because the budget for output was used up.',
  ),
  row(
    'schema_validation_failed output after_delay error',
    'The answer is JSON but not of the shape that was asked for.',
  ),
  row(
    'invalid_json_output output after_delay error',
    'The answer is not JSON where JSON was wanted.',
  ),
  row('empty_response output after_delay warning', 'The call went well and has no content.'),
  row('overloaded capacity after_delay warning', 'The provider has no capacity at the moment.'),
  row('rate_limit limits after_delay warning', 'Too many requests or tokens in a short time.'),
  row(
    'invalid_messages request after_change error',
    'The list of messages breaks a rule: empty content, wrong order, wrong shape.',
  ),
  row(
    'wrong_endpoint routing after_change error',
    'The URL, its version or the kind of API is wrong.',
  ),
  row('request_aborted network no info', 'The caller cancelled the request.'),
  row('timeout network after_delay warning', 'A deadline ran out.'),
  row(
    'gateway_error capacity after_delay warning',
    'A proxy or load balancer between us and the model failed.',
  ),
  row('stream_interrupted network after_delay warning', 'The answer began and broke off.'),
  row(
    'connection_error network after_delay warning',
    'The network broke, and nothing more specific is known.',
  ),
  row('server_error capacity after_delay error', 'Something failed inside the provider.'),
  row('invalid_request request after_change error', 'The request is not as the API wants it.'),
  row(
    'not_llm_error other unknown info',
    'It does not come from a model call, or nothing says so.',
  ),
]

function row(words: string, meaning: string): Category {
  const [id, group, retryable, severity] = words.split(' ') as [string, string, Retryable, Severity]
  return { id, group, meaning, retryable, severity }
}
