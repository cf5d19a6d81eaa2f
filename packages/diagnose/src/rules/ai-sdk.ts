import type { RuleTable } from '../rule.ts'

/** Vercel’s AI SDK. */
export const AI_SDK: RuleTable = {
  name: 'ai-sdk',
  source: 'https://ai-sdk.dev/docs/reference/ai-sdk-errors',
  rules: [
    {
      id: 'load-key',
      category: 'auth_missing_credentials',
      code: 'AI_LoadAPIKeyError | LoadAPIKeyError | AI_LoadSettingError',
    },
    {
      id: 'no-key-words',
      category: 'auth_missing_credentials',
      text: [
        'api key is missing | api key is missing. pass it using',
        'environment variable is not set | setting is missing',
      ],
    },
    {
      id: 'missing-tool-results',
      category: 'tool_call_pairing',
      code: 'AI_MissingToolResultsError | MissingToolResultsError | AI_MissingToolResultError',
      source: 'https://ai-sdk.dev/docs/troubleshooting/missing-tool-results-error',
    },
    {
      id: 'no-such-tool',
      category: 'malformed_tool_call',
      code: [
        'AI_NoSuchToolError | NoSuchToolError | AI_InvalidToolInputError',
        'AI_InvalidToolArgumentsError | InvalidToolInputError | InvalidToolArgumentsError',
        'AI_ToolCallRepairError | ToolCallRepairError',
        'AI_ToolCallNotFoundForApprovalError',
      ],
    },
    {
      id: 'tool-words',
      category: 'malformed_tool_call',
      text: [
        'not found. available tools | tool not found: *',
        'model tried to call unavailable tool | invalid input for tool',
        'invalid arguments for tool | invalid tool call | failed to parse tool call*',
        'tool call arguments | tool arguments | unknown tool | tool * not found in*',
        'called unknown tool | malformed function call | malformed_function_call',
        'malformed tool call | function call arguments | invalid json * tool call*',
        'tool_use * invalid json | tool call parsing | hallucinated tool* | no such tool',
        'tool call has invalid* | tool call with invalid* | invalid function arguments',
        'function arguments * not valid json | error parsing tool*',
        'could not parse tool* | unable to parse tool* | model tried to call*',
        'tool parameters | tool input | tool * does not exist | tool-call arguments',
        'function name * is not in* | error parsing function call',
      ],
      not: [
        'too many tool calls | tools. | messages. | tool_call_id | schema for',
        'maxnumberoftoolcalls*',
      ],
    },
    {
      id: 'no-object-schema',
      category: 'schema_validation_failed',
      text: [
        'response did not match schema | type validation failed | did not match schema',
        'does not match the expected schema | output does not match schema',
        'failed schema validation | schema validation failed | does not conform to*',
        'value does not match schema | failed to validate * output',
      ],
      not: ['invalid json'],
    },
    {
      id: 'type-validation',
      category: 'schema_validation_failed',
      code: [
        'AI_TypeValidationError | TypeValidationError | ZodError | ZodValidationError',
        'StructuredOutputParsingError | SchemaValidationError | ValiError',
      ],
    },
    {
      id: 'no-object-parse',
      category: 'invalid_json_output',
      text: [
        'no object generated: could not parse | could not parse the response',
        'json parsing failed | failed to parse json | failed to parse llm*',
        'failed to parse model* | failed to parse structured output',
        'could not parse llm output | could not parse output | output is not valid json',
        'response is not valid json | invalid json output',
        'invalid json response from model | not valid json | in json at position',
        'unterminated string | expecting value: line | expecting property name enclosed*',
        'expecting , delimiter | extra data: line | unexpected end of json input',
        'unexpected non-whitespace character after json',
        'bad control character in string literal | expected double-quoted property name',
        'unexpected token | model did not return valid json',
        'invalid control character at | invalid \\escape | did not return valid json',
        'json decode error | failed to decode json | no json object found',
        'could not extract json | no valid json | eof while parsing',
        'expected value at line | key must be a string | trailing characters at line',
        'invalid json:',
      ],
      not: [
        'unexpected token < | request body | of your request | position 4 | doctype',
        'event stream | server-sent | function arguments | json body',
        'invalid json payload | sse | package.json | tsconfig',
      ],
    },
    {
      id: 'json-parse',
      category: 'invalid_json_output',
      code: [
        'AI_JSONParseError | JSONParseError | OUTPUT_PARSING_FAILURE',
        'OutputParserException | OutputParsingError | JSONDecodeError',
        'json.decoder.JSONDecodeError | json.JSONDecodeError | JsonParseException',
      ],
    },
    {
      id: 'no-object',
      category: 'invalid_json_output',
      weak: true,
      code: [
        'AI_NoObjectGeneratedError | NoObjectGeneratedError | ParserError',
        'JSON::ParserError | SyntaxError',
      ],
    },
    {
      id: 'no-response',
      category: 'empty_response',
      text: [
        'the model did not return a response',
        'no object generated: the model did not return | did not return any content',
        'no content generated | no response from model | empty response',
        'returned an empty response | response is empty | response content is empty',
        'empty completion | empty message | no output generated | no output from*',
        'textlen=0 | returned no content | no choices | choices is empty',
        'choices array is empty | empty choices | returned empty* | no generations',
        'no generations returned | received empty* | without any content | model returned nothing',
        'null content | content is null | no text content | did not produce any output',
        'no assistant message* | must contain either output text or tool calls',
        'must include at least one choice | no usable content | empty content',
        'empty text | empty output | list index out of range * choices | reading choices',
        'choices[0] | nonetype object is not subscriptable',
        'cannot read properties of undefined (reading 0)',
        'cannot read properties of undefined (reading message)',
        'cannot read properties of undefined (reading content) | no candidates',
        'with no content',
      ],
      not: [
        'stream ended without a finish | ended without a finish chunk | contents',
        'empty content * messages | non-empty | null content * messages | cannot be empty',
        'schema',
      ],
    },
    {
      id: 'no-content',
      category: 'empty_response',
      code: [
        'AI_NoContentGeneratedError | NoContentGeneratedError | AI_EmptyResponseBodyError',
        'EmptyResponseBodyError | AI_NoImageGeneratedError | EmptyResponseError',
        'NoContentError',
      ],
    },
    {
      id: 'no-finish',
      category: 'stream_interrupted',
      text: [
        'model stream ended without a finish chunk | stream ended without a finish*',
        'ended without a finish chunk | stream ended unexpectedly',
        'stream closed unexpectedly | stream was closed before* | stream error',
      ],
      source: 'npm:ai NoOutputGeneratedError',
    },
    {
      id: 'no-output',
      category: 'empty_response',
      weak: true,
      code: ['AI_NoOutputGeneratedError', 'NoOutputGeneratedError'],
    },
    {
      id: 'versions',
      category: 'sdk_usage_error',
      code: [
        'AI_UnsupportedModelVersionError | AI_NoSuchProviderError',
        'AI_InvalidArgumentError | AI_InvalidStreamPartError',
        'AI_TooManyEmbeddingValuesForCallError | AI_NoSuchProviderReferenceError',
        'NoSuchProviderError',
      ],
    },
    {
      id: 'no-such-model',
      category: 'model_not_found',
      code: ['AI_NoSuchModelError', 'NoSuchModelError'],
    },
    {
      id: 'unsupported',
      category: 'unsupported_feature',
      code: [
        'AI_UnsupportedFunctionalityError | UnsupportedFunctionalityError',
        'NotImplementedError',
      ],
      not: ['browser'],
    },
    {
      id: 'prompt',
      category: 'invalid_messages',
      code: [
        'AI_InvalidPromptError | InvalidPromptError | AI_MessageConversionError',
        'AI_InvalidMessageRoleError',
      ],
    },
    {
      id: 'media',
      category: 'invalid_media',
      code: [
        'AI_DownloadError | AI_InvalidDataContentError | DownloadError',
        'InvalidDataContentError',
      ],
    },
    { id: 'tool-approval', category: 'malformed_tool_call', code: ['AI_InvalidToolApprovalError'] },
    { id: 'retry-aborted', category: 'request_aborted', code: 'AI_RetryAbortedError' },
  ],
}
