import type { RuleTable } from '../rule.ts'
import { ANTHROPIC } from './anthropic.ts'
import { BEDROCK } from './bedrock.ts'
import { AI_SDK, CLIENTS, LANGCHAIN } from './client-libraries.ts'
import { COMMON } from './common.ts'
import { LITELLM, PROXIES, VERCEL } from './gateways.ts'
import { GOOGLE } from './google.ts'
import { LOCAL, OLLAMA } from './local-servers.ts'
import { HTTP, NETWORK } from './network.ts'
import { OPENAI } from './openai.ts'
import { ORIGINS } from './origins.ts'
import {
  AZURE,
  COHERE,
  DEEPSEEK,
  GROQ,
  HUGGINGFACE,
  MISTRAL,
  OPENROUTER,
  TOGETHER,
  XAI,
} from './other-apis.ts'

/** The built-in rules, one table a provider, library or layer of the network. */
export const RULE_TABLES: readonly RuleTable[] = [
  OPENAI,
  AZURE,
  ANTHROPIC,
  GOOGLE,
  BEDROCK,
  MISTRAL,
  COHERE,
  GROQ,
  XAI,
  DEEPSEEK,
  TOGETHER,
  OPENROUTER,
  HUGGINGFACE,
  OLLAMA,
  LOCAL,
  LITELLM,
  VERCEL,
  AI_SDK,
  CLIENTS,
  LANGCHAIN,
  COMMON,
  PROXIES,
  NETWORK,
  HTTP,
  ORIGINS,
]
