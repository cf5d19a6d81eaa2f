import type { Provider } from '../provider.ts'
import { ANTHROPIC, MESSAGES } from './anthropic.ts'
import { createProvider } from './create-provider.ts'
import { OPENAI, OPENAI_FORMATS, openAiCompatible } from './openai.ts'

/** All providers that are known by their host. */
export const PROVIDERS: readonly Provider[] = [
  OPENAI,
  ANTHROPIC,
  openAiCompatible('groq', ['api.groq.com']),
  openAiCompatible('deepseek', ['api.deepseek.com']),
]

/** The provider of a host; undefined for hosts that nobody knows. */
export function providerOf(hostname: string): Provider | undefined {
  return PROVIDERS.find((provider) => provider.hosts(hostname))
}

/** The provider of this name; for a name that nobody knows one that speaks whatever its paths say. */
export function providerNamed(name: string): Provider {
  const known = PROVIDERS.find((provider) => provider.name === name)
  return known ?? createProvider({ name, hosts: [], formats: [...OPENAI_FORMATS, MESSAGES] })
}
