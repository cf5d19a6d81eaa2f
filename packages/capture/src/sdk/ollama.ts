import { type ClientKind, type Fetch, isFunction, isObject } from './client-kind.ts'

/** `ollama`: plain properties, so that the copy is a copy of them. */
export const OLLAMA: ClientKind = {
  provider: () => 'ollama',
  matches: ({ config, fetch, ongoingStreamedRequests }) =>
    isObject(config) && isFunction(fetch) && Array.isArray(ongoingStreamedRequests),
  copy: (client, wrap) =>
    Object.assign(Object.create(Object.getPrototypeOf(client) as object), client, {
      fetch: wrap(client.fetch as Fetch),
      ongoingStreamedRequests: [],
    }),
}
