/** What to do, likeliest first. `{used}`, `{limit}`, `{over}`, `{wait}`, `{model}`, `{provider}`, `{host}` are filled in; a line whose value is not known is left out. */
export const SUGGESTIONS: Readonly<Record<string, readonly string[]>> = {
  insufficient_credits: [
    'The request could pay for {limit} tokens and asks for {used}: lower max_tokens, or add credit.',
    'Add credit or a payment method at {provider}, or raise the spending cap.',
    'Until then send the calls to another provider. Waiting does not help.',
  ],
  request_over_tpm_limit: [
    '{used} tokens asked for, {limit} allowed a minute: take away at least {over}, from the prompt or from max_tokens.',
    'Split the work, or use a model or tier with a larger allowance a minute.',
  ],
  quota_exhausted: [
    'Come back in {wait}; do not try again before.',
    'Plan the work for after the reset, or send it to another model, key or provider meanwhile.',
    'Ask for a higher tier where this happens often.',
  ],
  account_disabled: [
    'Write to the support of {provider}: nothing in the request helps.',
    'Look for a leaked key, and send the calls to another provider meanwhile.',
  ],
  region_unsupported: [
    'Send the request from a region that {provider} serves: look at the egress of the function or the proxy.',
    'Use the model through a cloud (Azure, Vertex AI, Bedrock) in an allowed region.',
  ],
  auth_missing_credentials: [
    'Set the key where the process that makes the call sees it: environment variable, secret, binding.',
    'Look at the exact name of the variable, and at whether the .env file is read before the client is made.',
  ],
  auth_invalid_key: [
    'Find out which key is really sent: the order of environment variables, a line end or quotes in the value.',
    'The key has to be one of {provider}: one of another provider or project is refused like this.',
    'Make a new key; for AWS refresh the session.',
  ],
  out_of_memory: [
    '{used} GiB needed, {limit} GiB there: use a smaller model or quantisation, or a shorter context.',
    'Use a smaller model or quantisation, or a shorter context.',
    'Free the GPU of other processes; lower the share of memory or the number of parallel requests.',
  ],
  tls_error: [
    'Give Node the authority of the proxy that breaks the connection open: NODE_EXTRA_CA_CERTS (Python: SSL_CERT_FILE).',
    'Look at the clock of the machine. Do not turn verification off.',
  ],
  dns_failure: [
    'Look at the host name in the base URL: {host}.',
    'Look at the DNS, proxy and network of the container. EAI_AGAIN is temporary: one more try is fine.',
  ],
  connection_refused: [
    'Start the server that should listen at {host}.',
    'Look at host and port of the base URL. Inside a container localhost is the container: use host.docker.internal; try 127.0.0.1 in place of ::1.',
  ],
  tool_call_pairing: [
    'Repair the history: every tool call needs one result right after it, and every result its call. Put in a result that says “interrupted” where one is missing.',
    'Never cut the history between a call and its result, and store both or neither. Trying again does not help before that.',
  ],
  invalid_tool_schema: [
    'Correct the schema that the message names: type "object" at the root, items for every array, and in strict mode additionalProperties: false with all keys required.',
    'Take out keywords that {provider} does not know.',
  ],
  invalid_media: [
    'The file has {used} bytes, {limit} are allowed: scale it down.',
    'Encode it again (PNG, JPEG, WebP or GIF), scale it down, and let media_type say what the bytes are.',
    'Send base64 where a URL is not taken or cannot be reached by {provider}.',
  ],
  content_filter: [
    'Find the category that was hit (content_filter_result, safetyRatings, stop reason) and change the prompt.',
    'Show the user a neutral message, or ask another model.',
    'Change the filter’s settings where you are allowed to.',
  ],
  context_length_exceeded: [
    '{used} tokens in a window of {limit}: drop at least {over}.',
    'Shorten or summarise the history, cut what tools returned, retrieve fewer chunks.',
    'Lower max_tokens, which counts too, or use a model with a larger window; locally raise num_ctx.',
  ],
  max_output_tokens_invalid: [
    'Set max_tokens to {limit} or less.',
    'Set max_tokens to what the model allows: window minus prompt, and not more than its limit for output.',
  ],
  payload_too_large: [
    'Send files by URL or through a files API, and compress images.',
    'Raise the limit of your own proxy (client_max_body_size) where it was the one to refuse.',
  ],
  permission_denied: [
    'Grant the key access to {model}: model access, IAM action, project or organisation verification.',
    'Grant the key access to the model: IAM action, project or organisation verification.',
    'Look at whether the key belongs to the right project or workspace.',
  ],
  model_deprecated: [
    '{model} was retired: take the replacement that the message or the deprecations page names.',
    'Take the replacement that the message or the deprecations page names, and pin dated versions.',
  ],
  unsupported_feature: [
    'Use a model that has this ability, or leave the feature out for {model}.',
    'Use a model or route that has this ability (OpenRouter: relax provider routing), or do it by prompting.',
  ],
  model_not_found: [
    'There is no {model} for this key: list the models and correct the name.',
    'List the models and correct the name. Azure wants the name of the deployment, Bedrock often an inference profile (us., eu., apac.), Ollama a model that was pulled.',
  ],
  unsupported_parameter: [
    'Leave the parameter out or rename it, as the message says (max_tokens became max_completion_tokens).',
    'Keep a table of what each model allows.',
  ],
  sdk_usage_error: [
    'Follow the hint in the message: nothing was sent.',
    'Align the versions of the packages; make the call on the server; give the constructor what it asks for.',
  ],
  malformed_tool_call: [
    'Try again once, with a lower temperature, or give the error back to the model.',
    'Make the tool’s schema simpler, and look at whether max_tokens cut the call off.',
  ],
  output_truncated: [
    'Raise max_tokens, or ask the model to go on.',
    'Lower the reasoning effort, ask for less, or split the job.',
  ],
  schema_validation_failed: [
    'Try again with the issues given back to the model.',
    'Loosen the schema (optional, nullable, coerced numbers), or use strict structured output.',
  ],
  invalid_json_output: [
    'Use the provider’s structured output.',
    'Strip fences and thinking from the text, repair it, try again once with the error.',
    'Where the text ends in the middle, raise max_tokens.',
  ],
  empty_response: [
    'Try again once.',
    'Look at the finish and block reason: reasoning may have used up the budget. Locally look at the chat template.',
  ],
  overloaded: [
    'Try again in {wait}.',
    'Back off with jitter. It is the provider’s capacity and not your limit, so no higher quota helps.',
    'Send the calls to another model or region, and look at the status page.',
  ],
  rate_limit: [
    'Try again in {wait}.',
    'Back off with jitter and bound the number of calls at the same time.',
    'Lower max_tokens, which is reserved against the limit; ask for a higher tier.',
  ],
  invalid_messages: [
    'Drop empty messages and blocks; keep the order of roles that {provider} wants, system first.',
    'Convert content to the shape that {provider} takes: the message names the index.',
  ],
  wrong_endpoint: [
    'Print the final URL: a missing or doubled /v1, a wrong API version.',
    'Use the API that the model has: chat, responses, completions or embeddings.',
  ],
  request_aborted: [
    'Nothing, where it was intended.',
    'Else look for an AbortSignal with a timeout, or for a component that went away.',
  ],
  timeout: [
    'Stream the answer, and raise the client’s timeout (undici stops after 300 s without headers).',
    'Try again once or twice; ask for less output or effort.',
  ],
  gateway_error: [
    'Try again with back-off.',
    'Look at the upstream and the timeouts of your own proxy. A page in place of JSON that comes at once means a wrong base URL.',
  ],
  stream_interrupted: [
    'Try again; keep the part that came. Tools that ran already have had their effect.',
    'Look at idle timeouts and buffering of the proxies between.',
  ],
  connection_error: [
    'Try again with back-off.',
    'Record error.cause: the client’s own message hides what happened. Look at proxy, VPN and firewall.',
  ],
  server_error: [
    'Try again a few times with back-off.',
    'Give the support of {provider} the request id {request}.',
    'Gemini answers 500 to a context that is too long; for a local server read its log.',
  ],
  invalid_request: [
    'Read what the message says of the parameter, and hold the body against the API’s reference.',
    'Look for lone surrogates and control characters in the texts.',
  ],
  not_llm_error: [
    'Look at the system that raised it, not at the model: {reason}.',
    'Nothing in it tells of a model call: look at the code around the call, and at error.cause.',
  ],
}

/** Values for the places in suggestions. */
export type Slots = Readonly<Record<string, string | undefined>>

/** The lines of a category with their values filled in; at most three. */
export function fillSuggestions(lines: readonly string[], slots: Slots): string[] {
  const filled = lines.flatMap((line) => {
    if (!line.includes('{')) return [line]
    const text = line.replace(/\{(\w+)\}/g, (place, name: string) => slots[name] ?? place)
    return /\{\w+\}/.test(text) ? [] : [text]
  })
  return filled.slice(0, 3)
}
