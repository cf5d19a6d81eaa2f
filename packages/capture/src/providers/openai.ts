import type { Provider } from '../provider.ts'
import { CHAT, COMPLETIONS } from './chat.ts'
import { createProvider } from './create-provider.ts'
import type { Format } from './format.ts'
import { MEDIA } from './openai-media.ts'
import { RESPONSES } from './responses.ts'

/** What OpenAI and those compatible with it speak. */
export const OPENAI_FORMATS: readonly Format[] = [CHAT, RESPONSES, COMPLETIONS, MEDIA]

/** A provider that is compatible with OpenAI. */
export function openAiCompatible(name: string, hosts: readonly (string | RegExp)[]): Provider {
  return createProvider({ name, hosts, formats: OPENAI_FORMATS })
}

/** OpenAI. */
export const OPENAI: Provider = openAiCompatible('openai', ['api.openai.com', '.api.openai.com'])
