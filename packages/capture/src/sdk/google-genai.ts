import { type ClientKind, type ClientLike, classOf, type Fetch, isObject } from './client-kind.ts'

/** `@google/genai`: the constructor makes the copy, `httpOptions.fetch` takes ours; credentials are shared. */
export const GOOGLE_GENAI: ClientKind = {
  provider: ({ vertexai }) => (vertexai === true ? 'gcp.vertex_ai' : 'gcp.gemini'),
  // Only what is there already is looked at: clients make parts of themselves when they are asked for.
  matches: (client) => {
    const { apiClient } = Object.hasOwn(client, 'apiClient') ? client : {}
    return isObject(apiClient) && isObject(apiClient.clientOptions) && isObject(client.models)
  },
  copy(client, wrap) {
    const { vertexai, apiKey, project, location, apiVersion } = client
    const given = (client.httpOptions ?? {}) as ClientLike
    const own = given.fetch as Fetch | undefined
    // Asked for at each call, as the client does.
    const fetch = wrap(own ?? ((...args) => globalThis.fetch(...args)))
    const copy = new (classOf(client))({
      ...withoutUndefined({ vertexai, apiKey, project, location, apiVersion }),
      httpOptions: { ...given, fetch },
    }) as ClientLike
    shareCredentials(client, copy)
    if (own === undefined) keepTimeouts(copy)
    return copy
  },
}

/** Options that are there but undefined switch off what the environment says. */
function withoutUndefined(options: ClientLike): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function shareCredentials(client: ClientLike, copy: ClientLike): void {
  const [from, to] = [client, copy].map(({ apiClient }) => (apiClient as ClientLike).clientOptions)
  if (isObject(from) && isObject(to)) to.auth = from.auth
}

/** With a `fetch` of its own the client no longer lifts undici's time limits of five minutes; the copy still does. */
function keepTimeouts({ apiClient }: ClientLike): void {
  const client = apiClient as {
    includeExtraHttpOptionsToRequestInit?: (init: object, options: object, url: string) => unknown
  }
  const lift = client.includeExtraHttpOptionsToRequestInit
  if (typeof lift !== 'function') return
  client.includeExtraHttpOptionsToRequestInit = (init, options, url) =>
    lift.call(client, init, { ...options, fetch: undefined }, url)
}
