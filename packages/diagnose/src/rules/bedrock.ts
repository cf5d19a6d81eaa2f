import type { RuleTable } from '../rule.ts'

/** Amazon Bedrock. Its names are AWS's: `ValidationException` and `ThrottlingException` mean many things, the words decide. */
export const BEDROCK: RuleTable = {
  name: 'bedrock',
  source:
    'https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html',
  rules: [
    {
      id: 'ThrottlingException',
      category: 'rate_limit',
      weak: true,
      code: [
        'ThrottlingException | ThrottledException | TooManyRequestsException',
        'ProvisionedThroughputExceededException',
      ],
      source: 'https://repost.aws/knowledge-center/bedrock-throttling-error',
    },
    {
      id: 'throttling-words',
      category: 'rate_limit',
      text: [
        'too many requests, please wait | too many tokens, please wait',
        'your request rate is too high | you have exceeded your request quota',
        'too many connections',
      ],
      not: ['per day'],
      source: 'https://repost.aws/knowledge-center/bedrock-throttling-error',
    },
    {
      id: 'tokens-per-day',
      category: 'quota_exhausted',
      text: ['too many tokens per day', 'daily token quota'],
      source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/quotas.html',
    },
    {
      id: 'ServiceQuotaExceededException',
      category: 'quota_exhausted',
      weak: true,
      code: 'ServiceQuotaExceededException',
    },
    {
      id: 'UnrecognizedClientException',
      category: 'auth_invalid_key',
      code: [
        'UnrecognizedClientException | ExpiredTokenException | ExpiredToken',
        'InvalidSignatureException | InvalidClientTokenId | SignatureDoesNotMatch',
        'RequestExpired | IncompleteSignature | InvalidTokenException',
      ],
    },
    {
      id: 'token-words',
      category: 'auth_invalid_key',
      text: [
        'security token included in the request is*',
        'the request signature we calculated does not match | signature expired',
        'bearer token has expired | token has expired and refresh failed',
        'sso session associated with this profile has expired | the sso session * expired',
        'token is expired. to refresh this sso session',
        'authentication failed: please make sure your api key is valid',
      ],
    },
    {
      id: 'CredentialsProviderError',
      category: 'auth_missing_credentials',
      code: [
        'CredentialsProviderError | NoCredentialsError',
        'MissingAuthenticationTokenException | MissingAuthenticationToken',
        'PartialCredentialsError | TokenProviderError',
      ],
      source: 'npm:@aws-sdk/client-bedrock-runtime',
    },
    {
      id: 'no-credentials',
      category: 'auth_missing_credentials',
      text: [
        'could not load credentials from any providers | unable to locate credentials',
        'credential is missing | missing credentials in config',
        'missing authentication token | aws access key id must be*',
        'aws sigv4 authentication requires | resolved credential object is not valid',
        'region is missing | config profile * could not be found',
      ],
    },
    {
      id: 'AccessDeniedException',
      category: 'permission_denied',
      code: 'AccessDeniedException',
      source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html',
    },
    {
      id: 'access-words',
      category: 'permission_denied',
      text: [
        'you dont have access to the model with the specified model id',
        'is not authorized to perform: bedrock:* | model access is denied',
        'with an explicit deny in*',
        'not authorized to perform the required aws marketplace actions',
        'access to this model is not available for channel program accounts',
        'model use case details have not been submitted',
        'your account is not authorized to invoke this api operation',
      ],
      source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html',
    },
    {
      id: 'region',
      category: 'region_unsupported',
      text: [
        'access to anthropic models is not allowed from unsupported countries',
        'from unsupported countries, regions, or territories',
      ],
    },
    {
      id: 'payment',
      category: 'insufficient_credits',
      text: ['invalid_payment_instrument', 'a valid payment instrument must be provided'],
    },
    {
      id: 'on-demand',
      category: 'model_not_found',
      text: [
        'on-demand throughput isnt supported | doesnt support on-demand throughput',
        'retry your request with the id or arn of an inference profile',
        'the provided model identifier is invalid',
        'could not resolve the foundation model from*',
        'model isnt supported in this region | the model arn * is invalid',
        'could not find inference profile | not supported in this region',
      ],
      source:
        'https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html',
    },
    {
      id: 'ResourceNotFoundException',
      category: 'model_not_found',
      weak: true,
      code: 'ResourceNotFoundException',
    },
    {
      id: 'legacy',
      category: 'model_deprecated',
      text: [
        'marked by provider as legacy',
        'this model version has reached the end of its life | model is legacy*',
        'access denied. this model is marked*',
      ],
      source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html',
    },
    {
      id: 'ModelNotReadyException',
      category: 'overloaded',
      code: 'ModelNotReadyException | ServiceUnavailableException | ServiceUnavailable',
    },
    {
      id: 'unavailable-words',
      category: 'overloaded',
      text: [
        'bedrock is unable to process your request',
        'unable to process your request due to high load',
        'model is not ready for inference | the model is not ready',
      ],
    },
    {
      id: 'InternalServerException',
      category: 'server_error',
      code: [
        'InternalServerException | InternalFailure | ModelErrorException',
        'InternalFailureException | InternalServerErrorException',
      ],
    },
    {
      id: 'ModelTimeoutException',
      category: 'timeout',
      code: 'ModelTimeoutException | RequestTimeout | RequestTimeoutException',
    },
    {
      id: 'model-timeout-words',
      category: 'timeout',
      text: [
        'model has timed out in processing the request',
        'processing time exceeded the model timeout length',
      ],
    },
    {
      id: 'ModelStreamErrorException',
      category: 'stream_interrupted',
      code: 'ModelStreamErrorException',
      source:
        'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html',
    },
    {
      id: 'too-long',
      category: 'context_length_exceeded',
      text: [
        'input is too long for requested model | input & output tokens exceed*',
        'expected maxlength: *, actual | too many input tokens',
      ],
    },
    {
      id: 'max-tokens',
      category: 'max_output_tokens_invalid',
      text: [
        'maximum tokens you requested exceed* the model limit | maxtokens * exceeds*',
        'max_tokens_to_sample | maxtokens must be*',
      ],
    },
    {
      id: 'tool-schema',
      category: 'invalid_tool_schema',
      text: [
        'inputschema.json.type must be* | toolconfig.tools.* | toolspec.*',
        'the json schema is invalid',
      ],
      not: ['toolresult', 'does not support tool'],
    },
    {
      id: 'pairing',
      category: 'tool_call_pairing',
      text: [
        'expected toolresult blocks | number of toolresult blocks * exceeds',
        'toolconfig field must be defined when using tooluse and toolresult',
        'tooluse blocks * toolresult | duplicate tooluseid',
      ],
    },
    {
      id: 'messages',
      category: 'invalid_messages',
      text: [
        'a conversation must start with a user message | a conversation must alternate',
        'conversation must end with a user message',
        'the text field in the contentblock object | text field is blank',
        'messages.*.content is empty | must alternate between user and assistant',
        'content field in the message object at* | cannot have text and tool result*',
        'textblock * is blank',
      ],
      source: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
    },
    {
      id: 'feature',
      category: 'unsupported_feature',
      text: [
        'doesnt support tool use* | this model doesnt support*',
        'doesnt support system messages | doesnt support documents',
        'doesnt support the * field | doesnt support image*',
        'the model is unsupported for streaming',
        'does not support tool use in streaming mode | doesnt support converse',
      ],
      source:
        'https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html',
    },
    {
      id: 'guardrail',
      category: 'content_filter',
      code: ['guardrail_intervened', 'content_filtered'],
      source:
        'https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html',
    },
    {
      id: 'parameter',
      category: 'unsupported_parameter',
      text: [
        'malformed input request: * extraneous key | extraneous key * is not permitted',
        'additionalmodelrequestfields | thinking is not supported*',
      ],
      source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html',
    },
    {
      id: 'ValidationException',
      category: 'invalid_request',
      weak: true,
      code: 'ValidationException | SerializationException | MalformedRequestException',
    },
    {
      id: 'malformed',
      category: 'invalid_request',
      text: ['malformed input request'],
      not: ['extraneous key', 'maxlength'],
    },
  ],
}
