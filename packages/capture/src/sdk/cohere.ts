import { type ClientKind, type ClientLike, classOf, type Fetch, isFunction } from './client-kind.ts'

/** `cohere-ai`, both of its clients: the constructor makes the copy. */
export const COHERE: ClientKind = {
  provider: () => 'cohere',
  matches: ({ chatStream, rerank, _options }) =>
    isFunction(chatStream) && isFunction(rerank) && typeof _options === 'object',
  copy(client, wrap) {
    const options = client._options as ClientLike
    const own = options.fetch as Fetch | undefined
    const fetch = wrap(own ?? ((...args) => globalThis.fetch(...args)))
    return new (classOf(client))({ ...options, fetch })
  },
}
