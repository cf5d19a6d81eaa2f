import type { RuleTable } from '../rule.ts'
import { AI_SDK } from './ai-sdk.ts'
import { ANTHROPIC } from './anthropic.ts'
import { AZURE } from './azure.ts'
import { BEDROCK } from './bedrock.ts'
import { CLIENT_CONNECTIONS } from './client-connections.ts'
import { CLIENTS } from './clients.ts'
import { COHERE } from './cohere.ts'
import { COMMON_ACCESS } from './common-access.ts'
import { COMMON_CONTENTS } from './common-contents.ts'
import { COMMON_REQUESTS } from './common-requests.ts'
import { DEEPSEEK } from './deepseek.ts'
import { GOOGLE } from './google.ts'
import { GOOGLE_CONTENT } from './google-content.ts'
import { GROQ } from './groq.ts'
import { HTTP } from './http.ts'
import { HUGGINGFACE, SCALEWAY } from './huggingface.ts'
import { LANGCHAIN } from './langchain.ts'
import { LITELLM } from './litellm.ts'
import { LOCAL } from './local-servers.ts'
import { MISTRAL } from './mistral.ts'
import { NETWORK } from './network.ts'
import { OLLAMA } from './ollama.ts'
import { OPENAI } from './openai.ts'
import { OPENROUTER } from './openrouter.ts'
import { ORIGIN_NAMES } from './origin-names.ts'
import { ORIGIN_STORES } from './origin-stores.ts'
import { ORIGINS } from './origins.ts'
import { PROXIES } from './proxies.ts'
import { TOGETHER } from './together.ts'
import { VERCEL } from './vercel.ts'
import { XAI } from './xai.ts'
import { ZHIPU } from './zhipu.ts'

/** The built-in rules, one table a provider, library or layer of the network. */
export const RULE_TABLES: readonly RuleTable[] = [
  OPENAI,
  AZURE,
  ANTHROPIC,
  GOOGLE,
  GOOGLE_CONTENT,
  BEDROCK,
  MISTRAL,
  COHERE,
  GROQ,
  XAI,
  DEEPSEEK,
  TOGETHER,
  OPENROUTER,
  ZHIPU,
  HUGGINGFACE,
  SCALEWAY,
  OLLAMA,
  LOCAL,
  LITELLM,
  VERCEL,
  AI_SDK,
  CLIENTS,
  CLIENT_CONNECTIONS,
  LANGCHAIN,
  COMMON_ACCESS,
  COMMON_CONTENTS,
  COMMON_REQUESTS,
  PROXIES,
  NETWORK,
  HTTP,
  ORIGINS,
  ORIGIN_STORES,
  ORIGIN_NAMES,
]
