import type { Provider } from '../provider.ts'
import { CHAT, COMPLETIONS } from './chat.ts'
import { createProvider } from './create-provider.ts'
import type { Format } from './format.ts'
import { MEDIA } from './openai-media.ts'
import { RESPONSES } from './responses.ts'

/** What OpenAI and those compatible with it speak. */
export const OPENAI_FORMATS: readonly Format[] = [CHAT, RESPONSES, COMPLETIONS, MEDIA]

/** OpenAI. */
export const OPENAI: Provider = createProvider({
  name: 'openai',
  hosts: ['api.openai.com', '.api.openai.com'],
  formats: OPENAI_FORMATS,
})
