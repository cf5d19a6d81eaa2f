import { warnOnce } from '../warnings.ts'

/** The variables by which clients are sent elsewhere, and whose wire format is spoken there. */
const CLIENT_VARIABLES: Readonly<Record<string, string>> = {
  OPENAI_BASE_URL: 'openai',
  OPENAI_API_BASE: 'openai',
  ANTHROPIC_BASE_URL: 'anthropic',
  GROQ_BASE_URL: 'groq',
  GOOGLE_GEMINI_BASE_URL: 'gcp.gemini',
  CO_API_URL: 'cohere',
  OLLAMA_HOST: 'ollama',
}

/** Base URLs that the environment names: those of clients' own variables, and `RECOUNT_BASE_URLS` (`URL=provider`, with blanks or commas between). What cannot be read is a warning. */
export function environmentBaseUrls(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const urls: Record<string, string> = {}
  for (const [variable, provider] of Object.entries(CLIENT_VARIABLES)) {
    const url = withScheme(env[variable])
    if (url !== undefined) urls[url] = provider
  }
  for (const entry of (env.RECOUNT_BASE_URLS ?? '').split(/[\s,]+/).filter(Boolean)) {
    const [, url, provider] = /^(.+)=([\w.-]+)$/.exec(entry) ?? []
    if (url !== undefined && provider !== undefined && URL.canParse(url)) urls[url] = provider
    else
      warnOnce(
        'CAPTURE_BASE_URL_IGNORED',
        'Expected RECOUNT_BASE_URLS to be entries like `http://127.0.0.1:8000/v1=openai`, got one that is not; it is ignored',
      )
  }
  return urls
}

/** Ollama takes a host and port alone. */
function withScheme(url: string | undefined): string | undefined {
  if (!url) return undefined
  const whole = /^https?:\/\//i.test(url) ? url : `http://${url}`
  return URL.canParse(whole) ? whole : undefined
}
