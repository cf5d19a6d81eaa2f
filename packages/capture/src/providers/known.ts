import type { Provider } from '../provider.ts'
import { ANTHROPIC, MESSAGES } from './anthropic.ts'
import { BEDROCK, BEDROCK_FORMATS } from './bedrock.ts'
import { COHERE, COHERE_FORMATS } from './cohere.ts'
import { createProvider } from './create-provider.ts'
import { GEMINI, GEMINI_FORMATS, VERTEX } from './gemini.ts'
import { CONVERSATIONS } from './mistral-conversations.ts'
import { OLLAMA, OLLAMA_NATIVE } from './ollama.ts'
import { OPENAI, OPENAI_FORMATS } from './openai.ts'

/** Providers that are compatible with OpenAI, with the hosts that are theirs. */
const COMPATIBLE: readonly (readonly [name: string, ...hosts: (string | RegExp)[]])[] = [
  ['groq', 'api.groq.com'],
  ['deepseek', 'api.deepseek.com'],
  ['x_ai', 'api.x.ai', /^[a-z0-9-]+\.api\.x\.ai$/],
  ['perplexity', 'api.perplexity.ai'],
  ['together', 'api.together.xyz', 'api.together.ai'],
  ['fireworks', 'api.fireworks.ai'],
  ['openrouter', 'openrouter.ai', 'api.openrouter.ai'],
  ['moonshot_ai', 'api.moonshot.ai', 'api.moonshot.cn'],
  ['cerebras', 'api.cerebras.ai'],
  ['sambanova', 'api.sambanova.ai'],
  ['deepinfra', 'api.deepinfra.com'],
  [
    'huggingface',
    'router.huggingface.co',
    'api-inference.huggingface.co',
    '.endpoints.huggingface.cloud',
  ],
  ['nvidia', 'integrate.api.nvidia.com'],
  ['github', 'models.github.ai', 'api.githubcopilot.com'],
  ['vercel', 'ai-gateway.vercel.sh'],
  ['cloudflare', 'gateway.ai.cloudflare.com', 'api.cloudflare.com'],
  ['alibaba', 'dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com'],
  ['zhipu', 'open.bigmodel.cn', 'api.z.ai'],
  ['minimax', 'api.minimax.io', 'api.minimaxi.com'],
  ['siliconflow', 'api.siliconflow.cn', 'api.siliconflow.com'],
  ['novita', 'api.novita.ai'],
  ['hyperbolic', 'api.hyperbolic.xyz'],
  ['nebius', 'api.studio.nebius.ai', 'api.tokenfactory.nebius.com'],
  ['baseten', 'inference.baseten.co'],
  ['ai21', 'api.ai21.com'],
  ['voyage', 'api.voyageai.com'],
  ['jina', 'api.jina.ai'],
]

/** Some of them speak Anthropic's format, too. */
const COMPATIBLE_FORMATS = [...OPENAI_FORMATS, MESSAGES]

const AZURE: Provider = createProvider({
  name: 'azure.ai.openai',
  hosts: [
    '.openai.azure.com',
    '.cognitiveservices.azure.com',
    '.openai.azure.us',
    '.openai.azure.cn',
  ],
  formats: COMPATIBLE_FORMATS,
})
const AZURE_INFERENCE: Provider = createProvider({
  name: 'azure.ai.inference',
  hosts: ['.services.ai.azure.com', '.inference.ai.azure.com', '.models.ai.azure.com'],
  formats: COMPATIBLE_FORMATS,
})

const MISTRAL: Provider = createProvider({
  name: 'mistral_ai',
  hosts: ['api.mistral.ai', 'codestral.mistral.ai'],
  formats: [...OPENAI_FORMATS, CONVERSATIONS],
})

/** All providers that are known by their host. */
export const PROVIDERS: readonly Provider[] = [
  OPENAI,
  ANTHROPIC,
  AZURE,
  AZURE_INFERENCE,
  GEMINI,
  VERTEX,
  BEDROCK,
  COHERE,
  OLLAMA,
  MISTRAL,
  ...COMPATIBLE.map(([name, ...hosts]) =>
    createProvider({ name, hosts, formats: COMPATIBLE_FORMATS }),
  ),
]

/** Every format, for providers that are known by name alone: the path of a request tells which. */
const ALL_FORMATS = [
  ...OPENAI_FORMATS,
  MESSAGES,
  ...GEMINI_FORMATS,
  ...COHERE_FORMATS,
  OLLAMA_NATIVE,
  ...BEDROCK_FORMATS,
]

/** The provider of a host, with or without its port (Ollama's tells it); undefined for hosts that nobody knows. */
export function providerOf(host: string): Provider | undefined {
  const hostname = host.replace(/:\d{1,5}$/, '')
  return PROVIDERS.find((provider) => provider.hosts(hostname) || provider.hosts(host))
}

/** The provider of this name, speaking whatever format the path of a request says: behind it may be a proxy or a gateway. */
export function providerNamed(name: string): Provider {
  // Only at Mistral a conversation is a call of a model; elsewhere it is a thing that is stored.
  const formats = name === MISTRAL.name ? [...ALL_FORMATS, CONVERSATIONS] : ALL_FORMATS
  return createProvider({ name, hosts: [], formats })
}
