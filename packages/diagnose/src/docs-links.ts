import { providerOfHost } from './provider-lookup.ts'

/** Pages about each category, the likeliest first. */
const BY_CATEGORY: Readonly<Record<string, readonly string[]>> = {
  auth_invalid_key: [
    'https://help.openai.com/en/articles/6891781-error-code-401-incorrect-api-key-provided',
    'https://platform.openai.com/account/api-keys',
    'https://docs.claude.com/en/api/errors',
    'https://ai.google.dev/gemini-api/docs/generate-content/api-errors',
    'https://docs.x.ai/developers/debugging',
    'https://api-docs.deepseek.com/quick_start/error_codes',
    'https://docs.langchain.com/oss/javascript/langchain/errors/MODEL_AUTHENTICATION/',
  ],
  auth_missing_credentials: [
    'https://github.com/openai/openai-python#handling-errors',
    'https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety',
    'https://docs.langchain.com/oss/javascript/langchain/errors/MODEL_AUTHENTICATION/',
  ],
  permission_denied: [
    'https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html',
    'https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html',
    'https://help.openai.com/en/articles/10910291-api-organization-verification',
    'https://platform.openai.com/settings/organization/general',
    'https://docs.claude.com/en/api/errors',
  ],
  region_unsupported: [
    'https://ai.google.dev/gemini-api/docs/available-regions',
    'https://ai.google.dev/gemini-api/docs/generate-content/api-errors',
  ],
  account_disabled: [
    'https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety',
    'https://docs.claude.com/en/api/errors',
  ],
  rate_limit: [
    'https://platform.openai.com/docs/guides/rate-limits',
    'https://docs.anthropic.com/en/api/rate-limits',
    'https://ai.google.dev/gemini-api/docs/rate-limits',
    'https://repost.aws/knowledge-center/bedrock-throttling-error',
    'https://console.groq.com/docs/rate-limits',
    'https://docs.cohere.com/v2/docs/rate-limits',
    'https://docs.langchain.com/oss/javascript/langchain/errors/MODEL_RATE_LIMIT/',
  ],
  quota_exhausted: [
    'https://ai.google.dev/gemini-api/docs/rate-limits',
    'https://ai.dev/rate-limit',
    'https://cloud.google.com/vertex-ai/docs/generative-ai/quotas-genai',
    'https://console.groq.com/docs/rate-limits',
  ],
  insufficient_credits: [
    'https://platform.openai.com/docs/guides/error-codes/api-errors',
    'https://openrouter.ai/settings/credits',
    'https://api-docs.deepseek.com/quick_start/error_codes',
    'https://docs.together.ai/docs/error-codes',
    'https://console.groq.com/settings/billing',
    'https://ai.google.dev/gemini-api/docs/generate-content/api-errors',
  ],
  request_over_tpm_limit: [
    'https://platform.openai.com/docs/guides/rate-limits',
    'https://platform.openai.com/account/rate-limits',
    'https://console.groq.com/docs/rate-limits',
  ],
  overloaded: [
    'https://docs.claude.com/en/api/errors',
    'https://status.claude.com',
    'https://ai.google.dev/gemini-api/docs/generate-content/api-errors',
    'https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html',
    'https://console.groq.com/docs/flex-processing',
    'https://docs.together.ai/docs/error-codes',
    'https://docs.litellm.ai/docs/routing#fallbacks',
  ],
  server_error: [
    'https://platform.openai.com/docs/guides/error-codes',
    'https://docs.claude.com/en/api/errors',
    'https://ai.google.dev/gemini-api/docs/generate-content/api-errors',
    'https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html',
  ],
  gateway_error: [
    'https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/502',
    'https://docs.claude.com/en/api/errors',
  ],
  timeout: [
    'https://github.com/anthropics/anthropic-sdk-typescript#long-requests',
    'https://ai.google.dev/gemini-api/docs/generate-content/api-errors',
  ],
  connection_refused: [
    'https://docs.ollama.com/cli',
    'https://ollama.com/blog/openai-compatibility',
  ],
  stream_interrupted: ['https://github.com/anthropics/anthropic-sdk-typescript#long-requests'],
  request_aborted: ['https://docs.langchain.com/oss/javascript/langchain/errors/MODEL_ABORTED/'],
  model_not_found: [
    'https://platform.openai.com/docs/models',
    'https://help.openai.com/en/articles/7102672-how-can-i-access-gpt-4',
    'https://platform.claude.com/docs/en/about-claude/models/overview',
    'https://ai.google.dev/gemini-api/docs/models/gemini',
    'https://strandsagents.com/latest/user-guide/concepts/model-providers/amazon-bedrock/#on-demand-throughput-isnt-supported',
    'https://ollama.com/library',
    'https://docs.langchain.com/oss/javascript/langchain/errors/MODEL_NOT_FOUND/',
  ],
  model_deprecated: [
    'https://console.groq.com/docs/deprecations',
    'https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions',
    'https://platform.claude.com/docs/en/about-claude/models/overview',
  ],
  wrong_endpoint: [
    'https://platform.openai.com/docs/guides/error-codes',
    'https://ollama.com/blog/openai-compatibility',
    'https://docs.litellm.ai/docs/providers',
  ],
  context_length_exceeded: [
    'https://docs.together.ai/docs/error-codes',
    'https://docs.cohere.com/errors-reference',
    'https://docs.langchain.com/oss/javascript/langchain/errors/CONTEXT_OVERFLOW/',
  ],
  max_output_tokens_invalid: [
    'https://platform.openai.com/docs/models',
    'https://docs.cohere.com/errors-reference',
  ],
  payload_too_large: [
    'https://platform.claude.com/docs/en/api/overview#request-size-limits',
    'https://docs.claude.com/en/api/errors',
    'https://console.groq.com/docs/errors',
  ],
  invalid_media: [
    'https://docs.claude.com/en/api/errors',
    'https://docs.claude.com/en/api/messages',
  ],
  unsupported_parameter: [
    'https://platform.openai.com/docs/models',
    'https://platform.openai.com/docs/guides/error-codes',
  ],
  unsupported_feature: [
    'https://openrouter.ai/docs/guides/routing/provider-selection',
    'https://openrouter.ai/models?supported_parameters=tools',
    'https://ollama.com/library',
  ],
  invalid_request: [
    'https://platform.openai.com/docs/guides/error-codes',
    'https://docs.claude.com/en/api/errors',
    'https://ai.google.dev/gemini-api/docs/generate-content/api-errors',
    'https://docs.mistral.ai/resources/error-glossary',
    'https://api-docs.deepseek.com/quick_start/error_codes',
    'https://docs.langchain.com/oss/javascript/langchain/errors/INVALID_PROMPT_INPUT/',
  ],
  invalid_messages: [
    'https://docs.claude.com/en/api/messages',
    'https://docs.mistral.ai/resources/error-glossary',
    'https://docs.cohere.com/errors-reference',
    'https://docs.langchain.com/oss/javascript/langchain/errors/MESSAGE_COERCION_FAILURE/',
  ],
  tool_call_pairing: [
    'https://docs.claude.com/en/docs/tool-use',
    'https://ai-sdk.dev/docs/troubleshooting/missing-tool-results-error',
    'https://docs.langchain.com/oss/javascript/langchain/errors/INVALID_TOOL_RESULTS/',
  ],
  invalid_tool_schema: [
    'https://platform.openai.com/docs/guides/structured-outputs',
    'https://json-schema.org/draft/2020-12',
  ],
  content_filter: [
    'https://go.microsoft.com/fwlink/?linkid=2198766',
    'https://platform.openai.com/docs/guides/reasoning#advice-on-prompting',
    'https://ai.google.dev/docs/safety_setting_gemini',
    'https://cloud.google.com/vertex-ai/docs/reference/rest/v1/GenerateContentResponse#FinishReason',
    'https://openrouter.ai/docs/api/reference/errors-and-debugging',
  ],
  output_truncated: [
    'https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons',
    'https://cloud.google.com/vertex-ai/docs/reference/rest/v1/GenerateContentResponse#FinishReason',
  ],
  empty_response: [
    'https://cloud.google.com/vertex-ai/docs/reference/rest/v1/GenerateContentResponse#FinishReason',
  ],
  invalid_json_output: [
    'https://ai-sdk.dev/v5/docs/reference/ai-sdk-errors/ai-no-object-generated-error',
    'https://platform.openai.com/docs/guides/structured-outputs',
    'https://docs.langchain.com/oss/javascript/langchain/errors/OUTPUT_PARSING_FAILURE/',
  ],
  schema_validation_failed: [
    'https://ai-sdk.dev/v5/docs/reference/ai-sdk-errors/ai-no-object-generated-error',
    'https://errors.pydantic.dev',
    'https://platform.openai.com/docs/guides/structured-outputs',
  ],
  malformed_tool_call: [
    'https://console.groq.com/docs/errors',
    'https://cloud.google.com/vertex-ai/docs/reference/rest/v1/GenerateContentResponse#FinishReason',
  ],
  out_of_memory: ['https://ollama.com/library'],
  sdk_usage_error: ['https://github.com/anthropics/anthropic-sdk-typescript#long-requests'],
}

/** Where each provider explains its errors. */
const BY_PROVIDER: Readonly<Record<string, string>> = {
  openai: 'https://platform.openai.com/docs/guides/error-codes',
  azure: 'https://learn.microsoft.com/azure/ai-foundry/openai/reference',
  anthropic: 'https://docs.claude.com/en/api/errors',
  google: 'https://ai.google.dev/gemini-api/docs/troubleshooting',
  bedrock:
    'https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html',
  mistral: 'https://docs.mistral.ai/resources/error-glossary',
  cohere: 'https://docs.cohere.com/errors-reference',
  together: 'https://docs.together.ai/docs/error-codes',
  deepseek: 'https://api-docs.deepseek.com/quick_start/error_codes',
  groq: 'https://console.groq.com/docs/errors',
  xai: 'https://docs.x.ai/developers/debugging',
  openrouter: 'https://openrouter.ai/docs/api/reference/errors-and-debugging',
  huggingface: 'https://huggingface.co/docs/api-inference/faq',
  litellm: 'https://docs.litellm.ai/docs/exception_mapping',
  ollama: 'https://docs.ollama.com/api/errors',
  vllm: 'https://docs.vllm.ai/en/latest/usage/troubleshooting.html',
  'vercel-gateway': 'https://vercel.com/docs/ai-gateway',
}

/** Hosts of pages that are no provider's API, but tell of one. */
const OWNERS: readonly (readonly [end: string, provider: string])[] = [
  ['docs.aws.amazon.com', 'bedrock'],
  ['repost.aws', 'bedrock'],
  ['strandsagents.com', 'bedrock'],
  ['cloud.google.com', 'google'],
  ['go.microsoft.com', 'azure'],
]

/** Links for a category: those of the provider first, then pages that hold for all; at most three. */
export function docsFor(category: string, provider: string | undefined): readonly string[] {
  const key = `${category} ${provider}`
  const found = cached.get(key) ?? findDocs(category, provider)
  cached.set(key, found)
  return found
}

/** Both are from short lists. */
const cached = new Map<string, readonly string[]>()

function findDocs(category: string, provider: string | undefined): string[] {
  const pages = BY_CATEGORY[category] ?? []
  const own = pages.filter((page) => ownerOf(page) === provider)
  const general = pages.filter((page) => ownerOf(page) === undefined)
  const fallback = provider === undefined ? undefined : BY_PROVIDER[provider]
  const local = SETTLED_BY_PROVIDER.has(category) && fallback !== undefined ? [fallback] : []
  const found = provider === undefined ? pages.slice(0, 2) : [...own, ...local, ...general]
  return [...new Set(found)].slice(0, 3)
}

/** Groups of categories that a provider's page on errors tells of; it knows nothing of networks and local trouble. */
const SETTLED_BY_PROVIDER: ReadonlySet<string> = new Set(
  Object.keys(BY_CATEGORY).filter(
    (id) =>
      !['sdk_usage_error', 'connection_refused', 'out_of_memory', 'request_aborted'].includes(id),
  ),
)

function ownerOf(page: string): string | undefined {
  const host = new URL(page).hostname
  return OWNERS.find(([end]) => host.endsWith(end))?.[1] ?? providerOfHost(host, undefined)?.id
}
