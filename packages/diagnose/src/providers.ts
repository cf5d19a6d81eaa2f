/** Who may have answered, and by what one knows them. */
export interface Provider {
  readonly id: string
  /** What others call it, OpenTelemetry's name among them. */
  readonly aliases: readonly string[]
  /** Ends of host names; `:port` for local servers. */
  readonly hosts: readonly string[]
  /** Words that only it, or a library in its name, says. */
  readonly marks: readonly string[]
  /** Codes that only it has. */
  readonly codes: readonly string[]
}

/** Others, known by name alone: services, servers, and programs that talk to models for their users. */
const OTHERS = (
  'openai-compatible local unknown custom kserve sagemaker localai sglang langchain langgraph llamaindex ' +
  'novita siliconflow volcengine doubao baseten sambanova minimax stepfun upstage jina voyage ai21 ' +
  'hyperbolic nebius chutes parasail anyscale octoai predibase baichuan hunyuan ernie baidu featherless ' +
  'venice requesty portkey helicone unify oci snowflake-cortex morph inception friendli lambda-ai ' +
  'continue aider opencode codex goose dify flowise librechat open-webui jan gpt4all koboldcpp oobabooga ' +
  'text-generation-webui tabbyapi mlx xinference triton nextchat one-api new-api omniroute poe cursor ' +
  'windsurf roo zed elevenlabs deepgram stability fal assemblyai claude-code gemini-cli vercel-ai llm'
).split(' ')

/** Providers, gateways and local servers. Of two that are named the one further inside has answered. */
export const PROVIDERS: readonly Provider[] = [
  provider('openai', {
    hosts: ['openai.com'],
    marks: ['openaiexception', 'error communicating with openai', '* openai error'],
    codes: ['insufficient_quota', 'invalid_api_key', 'account_deactivated', 'billing_not_active'],
  }),
  provider('azure', {
    aliases: ['azure.ai.openai', 'azure.ai.inference', 'azure-openai', 'azure_openai', 'azure_ai'],
    hosts: [
      'openai.azure.com',
      'cognitiveservices.azure.com',
      'services.ai.azure.com',
      'models.ai.azure.com',
      'inference.ai.azure.com',
      'api.cognitive.microsoft.com',
    ],
    marks: ['azureexception', 'azure openai*', 'azureopenaierror', 'azureopenai'],
    codes: ['DeploymentNotFound', 'ResponsibleAIPolicyViolation', 'OperationNotSupported'],
  }),
  provider('anthropic', {
    aliases: ['anthropic-vertex', 'claude', 'vertex_ai-anthropic_models'],
    hosts: ['anthropic.com', 'claude.com', 'claude.ai'],
    marks: ['anthropicexception', 'anthropicerror', 'anthropic api', 'x-api-key', 'claude ai'],
    codes: ['overloaded_error', 'request_too_large', 'billing_error', 'AnthropicError'],
  }),
  provider('google', {
    aliases: [
      'gcp.gemini',
      'gcp.vertex_ai',
      'gcp.gen_ai',
      'vertex',
      'vertex_ai',
      'vertexai',
      'gemini',
      'google-genai',
      'google-vertex',
      'google.generative-ai',
      'google.vertex.chat',
    ],
    hosts: [
      'generativelanguage.googleapis.com',
      'aiplatform.googleapis.com',
      'cloudcode-pa.googleapis.com',
      'cloudaicompanion.googleapis.com',
      'ai.google.dev',
      'ai.dev',
      'ai.studio',
      'generativeai.google',
      'aistudio.google.com',
    ],
    marks: [
      'googlegenerativeai error',
      'geminiexception',
      'vertexaiexception',
      'vertexaierror',
      'gemini api',
      'gemini-*',
    ],
    codes: ['API_KEY_INVALID', 'GoogleGenerativeAIError', 'GoogleGenerativeAIFetchError'],
  }),
  provider('bedrock', {
    aliases: ['aws.bedrock', 'amazon-bedrock', 'amazon_bedrock', 'bedrock_converse', 'aws'],
    hosts: [],
    marks: [
      'bedrockexception',
      'bedrockerror',
      'invokemodel operation',
      'invokemodelwithresponsestream operation',
      'converse operation',
      'conversestream operation',
      'operation error bedrock runtime',
      'bedrock:*',
      'bedrock runtime',
      'amazon bedrock',
    ],
    codes: [
      'ModelNotReadyException',
      'ModelErrorException',
      'ModelTimeoutException',
      'ModelStreamErrorException',
    ],
  }),
  provider('mistral', {
    aliases: ['mistral_ai', 'mistralai'],
    hosts: ['mistral.ai'],
    marks: ['mistralexception', 'mistral api', 'mistralerror', 'mistralai.*'],
    codes: ['invalid_request_message_order'],
  }),
  provider('cohere', {
    hosts: ['cohere.ai', 'cohere.com'],
    marks: ['cohereexception', 'cohereerror', 'cohereapierror', 'cohere api'],
    codes: ['CohereError', 'CohereTimeoutError'],
  }),
  provider('groq', {
    hosts: ['groq.com'],
    marks: ['groqexception', 'groqerror', 'groq api'],
    codes: ['model_decommissioned', 'tool_use_failed', 'capacity_exceeded', 'GroqError'],
  }),
  provider('xai', {
    aliases: ['x_ai', 'grok'],
    hosts: ['x.ai'],
    marks: ['xaiexception', 'xai api'],
    codes: ['Client specified an invalid argument'],
  }),
  provider('deepseek', {
    hosts: ['deepseek.com'],
    marks: ['deepseekexception', 'deepseek api', 'authentication fails, your api key'],
    codes: [],
  }),
  provider('together', {
    aliases: ['together_ai', 'togetherai'],
    hosts: ['together.xyz', 'together.ai'],
    marks: ['togetheraiexception', 'together_aiexception', 'together-ai error'],
    codes: ['credit_limit'],
  }),
  provider('openrouter', {
    hosts: ['openrouter.ai'],
    marks: ['openrouterexception', 'provider returned error', 'openrouter api'],
    codes: [],
  }),
  provider('huggingface', {
    aliases: ['hf', 'hugging_face', 'tgi'],
    hosts: ['huggingface.co', 'hf.co', 'hf.space', 'huggingface.cloud'],
    marks: ['huggingfaceexception', 'hugging face', 'max_new_tokens'],
    codes: [],
  }),
  provider('fireworks', {
    aliases: ['fireworks_ai'],
    hosts: ['fireworks.ai'],
    marks: ['fireworksexception', 'fireworks_aiexception'],
    codes: [],
  }),
  provider('perplexity', { hosts: ['perplexity.ai'], marks: ['perplexityexception'], codes: [] }),
  provider('cerebras', { hosts: ['cerebras.ai'], marks: ['cerebrasexception'], codes: [] }),
  provider('deepinfra', { hosts: ['deepinfra.com'], marks: ['deepinfraexception'], codes: [] }),
  provider('replicate', { hosts: ['replicate.com'], marks: ['replicateexception'], codes: [] }),
  provider('nvidia', {
    aliases: ['nvidia_nim', 'nim'],
    hosts: ['integrate.api.nvidia.com', 'build.nvidia.com'],
    marks: ['nvidia_nimexception'],
    codes: [],
  }),
  provider('databricks', {
    hosts: ['cloud.databricks.com', 'azuredatabricks.net'],
    marks: ['databricksexception'],
    codes: [],
  }),
  provider('watsonx', {
    aliases: ['ibm.watsonx.ai'],
    hosts: ['ml.cloud.ibm.com'],
    marks: ['watsonxexception'],
    codes: [],
  }),
  provider('scaleway', { hosts: ['scaleway.ai', 'scaleway.com'], marks: [], codes: [] }),
  provider('qwen', {
    aliases: ['dashscope', 'alibaba', 'aliyun'],
    hosts: ['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com'],
    marks: ['dashscopeexception'],
    codes: ['DataInspectionFailed', 'data_inspection_failed', 'Arrearage'],
  }),
  provider('moonshot', {
    aliases: ['kimi'],
    hosts: ['moonshot.ai', 'moonshot.cn'],
    marks: ['moonshotexception'],
    codes: [],
  }),
  provider('zhipu', {
    aliases: ['zai', 'glm'],
    hosts: ['bigmodel.cn', 'z.ai'],
    marks: [],
    codes: [],
  }),
  provider('github-models', {
    aliases: ['github_models'],
    hosts: ['models.github.ai', 'models.inference.ai.azure.com'],
    marks: [],
    codes: [],
  }),
  provider('copilot', {
    aliases: ['github-copilot', 'github_copilot'],
    hosts: ['githubcopilot.com'],
    marks: [],
    codes: [],
  }),
  provider('cline', { hosts: ['cline.bot'], marks: ['clinepass'], codes: [] }),
  provider('vercel-gateway', {
    aliases: ['vercel', 'gateway', 'ai-gateway'],
    hosts: ['ai-gateway.vercel.sh'],
    marks: [],
    codes: [
      'GatewayAuthenticationError',
      'GatewayForbiddenError',
      'GatewayInternalServerError',
      'GatewayNotFoundError',
      'GatewayFailedDependencyError',
      'GatewayRateLimitError',
      'GatewayInvalidRequestError',
      'GatewayModelNotFoundError',
      'GatewayResponseError',
      'GatewayTimeoutError',
    ],
  }),
  provider('cloudflare', {
    aliases: ['cloudflare-workers-ai', 'workers-ai'],
    hosts: ['gateway.ai.cloudflare.com'],
    marks: ['cloudflareexception'],
    codes: [],
  }),
  provider('litellm', {
    aliases: ['litellm_proxy'],
    hosts: [],
    marks: [],
    codes: ['BudgetExceededError'],
  }),
  provider('ollama', {
    hosts: [':11434', 'ollama.com', 'ollama.ai'],
    marks: ['ollama', 'ollamaexception', 'llama runner'],
    codes: [],
  }),
  provider('lmstudio', {
    aliases: ['lm_studio', 'lm-studio'],
    hosts: [':1234', 'lmstudio.ai'],
    marks: ['lm studio', 'lmstudio'],
    codes: [],
  }),
  provider('vllm', {
    hosts: [],
    marks: ['vllm', 'vllmexception', 'hosted_vllmexception'],
    codes: [],
  }),
  provider('llama.cpp', {
    aliases: ['llamacpp', 'llama_cpp', 'llamafile'],
    hosts: [],
    marks: ['llama.cpp', 'llama_cpp', 'llama-server'],
    codes: ['exceed_context_size_error'],
  }),
  ...OTHERS.map((id) => provider(id, { hosts: [], marks: [], codes: [] })),
]

function provider(
  id: string,
  known: Omit<Provider, 'id' | 'aliases'> & { aliases?: string[] },
): Provider {
  return {
    id,
    aliases: known.aliases ?? [],
    hosts: known.hosts,
    marks: known.marks,
    codes: known.codes,
  }
}
