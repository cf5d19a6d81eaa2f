import type { ResolvedOptions } from '../options.ts'
import type { Provider, RequestFacts } from '../provider.ts'
import { PROVIDERS, providerNamed, providerOf } from '../providers/known.ts'
import { withShortModel } from '../short-names.ts'

/** Whose wire format a request speaks. */
export interface FoundProvider {
  readonly provider: Provider
  /** The format was named for this place: what is asked there is a model call even where no path says so. */
  readonly isNamed: boolean
}

/** Finds a provider by configured base URL, by name, or by host; undefined where only the path could tell. */
export function findProvider(url: URL, options: ResolvedOptions): FoundProvider | undefined {
  const base = options.baseUrls.find(
    ({ origin, path }) =>
      url.origin === origin && (url.pathname === path || url.pathname.startsWith(`${path}/`)),
  )
  const named = base?.provider ?? options.provider
  if (named !== undefined)
    return { provider: typeof named === 'string' ? providerNamed(named) : named, isNamed: true }
  const provider = providerOf(url.hostname)
  if (provider !== undefined) return { provider, isNamed: false }
  const { fallback } = options
  return fallback === undefined ? undefined : { provider: providerNamed(fallback), isNamed: true }
}

/** What a request asks for, and of whom; undefined where it is no model call. Without a provider the path must say it. */
export function understand(
  found: FoundProvider | undefined,
  url: URL,
  body: unknown,
): { readonly provider: Provider; readonly request: RequestFacts } | undefined {
  for (const provider of found === undefined ? PROVIDERS : [found.provider]) {
    const request = provider.request(url, body)
    if (request !== undefined) return { provider, request: withShortModel(request) }
  }
  const isUnknown = found?.isNamed === true && !PROVIDERS.includes(found.provider)
  const request = isUnknown ? unknownRequest(body) : undefined
  return request && found && { provider: found.provider, request: withShortModel(request) }
}

/** A request in a format that nobody knows: model and stream are where everybody has them, the rest is in the wire text. */
function unknownRequest(body: unknown): RequestFacts | undefined {
  if (typeof body !== 'object' || body === null || !('model' in body)) return undefined
  const { model } = body
  if (typeof model !== 'string') return undefined
  const stream = 'stream' in body && body.stream === true
  return { api: 'unknown', operation: 'unknown', model, stream, params: {} }
}
