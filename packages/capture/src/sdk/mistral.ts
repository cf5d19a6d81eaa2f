import {
  type ClientKind,
  type ClientLike,
  classOf,
  type Fetch,
  isFunction,
  isObject,
  type WrapFetch,
} from './client-kind.ts'

/** `@mistralai/mistralai`: the constructor makes the copy, an `httpClient` takes our `fetch`, which is given `Request` objects. */
export const MISTRAL: ClientKind = {
  provider: () => 'mistral_ai',
  matches: ({ _options, _baseURL, _createRequest }) =>
    isObject(_options) && _baseURL !== undefined && isFunction(_createRequest),
  copy(client, wrap) {
    const options = client._options as ClientLike
    return new (classOf(client))({ ...options, httpClient: httpClient(options.httpClient, wrap) })
  },
}

/** What the client asks of its `httpClient`. */
interface HttpClient {
  request(request: Request): Promise<Response>
  clone(): HttpClient
  fetcher?: Fetch
  options?: object
}

/** The user's own, with its hooks, around our `fetch`; else one that has nothing but our `fetch`. */
function httpClient(given: unknown, wrap: WrapFetch): HttpClient {
  if (isObject(given) && isFunction(given.clone) && isFunction(given.fetcher)) {
    const copy = (given as unknown as HttpClient).clone()
    const fetcher = wrap(given.fetcher as unknown as Fetch)
    return Object.assign(copy, { fetcher, options: { ...copy.options, fetcher } })
  }
  const fetch = wrap((...args) => globalThis.fetch(...args))
  const client: HttpClient = { request: (request) => fetch(request), clone: () => client }
  return client
}
