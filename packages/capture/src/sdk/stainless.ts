import type { Provider } from '../provider.ts'
import { providerNamed } from '../providers/known.ts'
import {
  type ClientKind,
  type ClientLike,
  classOf,
  type Fetch,
  isFunction,
  isObject,
  type WrapFetch,
} from './client-kind.ts'

/**
 * `openai` from 5, `groq-sdk`, `@anthropic-ai/sdk` and their relatives: `withOptions` makes a copy that keeps class and
 * options. Clients of Anthropic for other clouds change URL and body on the way to their fetch, so capture goes where the
 * request still is Anthropic's: into their middleware.
 */
export const STAINLESS: ClientKind = {
  provider: providerOf,
  matches: ({ withOptions, fetch }) => isFunction(withOptions) && isFunction(fetch),
  copy(client, wrap) {
    const { withOptions } = client as { withOptions: (options: object) => object }
    const options = isAdapted(client)
      ? {
          middleware: [
            ...(client.middleware as Middleware[]),
            middleware(wrap, adaptedProvider(client)),
          ],
        }
      : { ...azureOptions(client), fetch: wrap(client.fetch as Fetch) }
    return withOptions.call(client, options)
  },
}

/** `openai` 4 and clients of its age: the constructor makes the copy. */
export const STAINLESS_4: ClientKind = {
  provider: providerOf,
  matches: ({ withOptions, fetch, _options, baseURL }) =>
    withOptions === undefined &&
    isFunction(fetch) &&
    typeof _options === 'object' &&
    typeof baseURL === 'string',
  copy(client, wrap) {
    const fetch = client.fetch as Fetch
    const { _azureADTokenProvider: azureADTokenProvider } = client
    const { apiKey, ...options } = client._options as ClientLike
    return new (classOf(client))({
      ...options,
      ...(isFunction(azureADTokenProvider) ? { azureADTokenProvider } : { apiKey: client.apiKey }),
      ...azureOptions(client),
      baseURL: client.baseURL,
      timeout: client.timeout,
      maxRetries: client.maxRetries,
      httpAgent: client.httpAgent,
      fetch: wrap(fetch),
    })
  },
}

/** Whose wire format the client speaks, by what it can do: `openai` is that of all who imitate it. */
function providerOf(client: ClientLike): string {
  if (isObject(client.messages)) return 'anthropic'
  if (client.constructor.name === 'Groq') return 'groq'
  return azureOptions(client) === NO_AZURE ? 'openai' : 'azure.ai.openai'
}

const NO_AZURE = {}

/** What clients for Azure keep beside their options. */
function azureOptions({ apiVersion, deploymentName }: ClientLike): object {
  if (typeof apiVersion !== 'string' || apiVersion === '') return NO_AZURE
  return { apiVersion, ...(deploymentName === undefined ? {} : { deployment: deploymentName }) }
}

/** A request as Anthropic's middleware sees it. */
type MiddlewareRequest = RequestInit & { url: string }
type Middleware = (
  request: MiddlewareRequest,
  next: (request: MiddlewareRequest) => Promise<Response>,
) => Promise<Response>

/** Whether a client of Anthropic's sends its requests to another cloud. */
function isAdapted(client: ClientLike): boolean {
  const { middleware, backendMiddleware } = client
  if (!Array.isArray(middleware) || !isFunction(backendMiddleware)) return false
  const adaptations: unknown = backendMiddleware.call(client as never)
  return Array.isArray(adaptations) && adaptations.length > 0
}

/** Anthropic's format under the name of the cloud that it goes to. */
function adaptedProvider(client: ClientLike): Provider {
  const { _genAIProviderName: told } = client
  const known = CLOUDS.find(([part]) => client.constructor.name.includes(part))
  const name = typeof told === 'string' ? told : (known?.[1] ?? 'anthropic')
  return { ...providerNamed('anthropic'), name }
}

const CLOUDS = [
  ['Bedrock', 'aws.bedrock'],
  ['Vertex', 'gcp.vertex_ai'],
  ['Foundry', 'azure.ai.inference'],
] as const

function middleware(wrap: WrapFetch, provider: Provider): Middleware {
  return (request, next) => {
    const { url, ...init } = request
    const fetch = wrap(
      ((_url: string, sent: RequestInit) => next({ ...sent, url })) as Fetch,
      provider,
    )
    return fetch(url, init)
  }
}
