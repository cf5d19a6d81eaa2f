import type { Provider } from '../provider.ts'

/** A `fetch`, as clients take one. */
export type Fetch = typeof globalThis.fetch

/** Puts capture around the `fetch` of a client; `provider` where the client's requests are not what their host speaks. */
export type WrapFetch = (fetch: Fetch, provider?: Provider) => Fetch

/** One way in which clients are built, known by their structure: no SDK is imported. */
export interface ClientKind {
  /** Whose wire format the client speaks, where the host of a request does not tell. */
  provider(client: ClientLike): string
  matches(client: ClientLike): boolean
  /** A client of the same class and settings whose requests pass through `wrap`. The one given stays as it is. */
  copy(client: ClientLike, wrap: WrapFetch): object
}

/** A client whose properties may be looked at. */
export type ClientLike = Record<string, unknown>

/** The constructor of a client's class, for clients that are copied by being built anew. */
export function classOf(client: object): new (options: object) => object {
  return client.constructor as new (
    options: object,
  ) => object
}

/** Whether it is an object with properties. */
export function isObject(value: unknown): value is ClientLike {
  return typeof value === 'object' && value !== null
}

/** Whether it can be called. */
export function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function'
}

/** A test of somebody's object, whose getters may throw: false where it cannot be made. */
export function holds(test: () => boolean): boolean {
  try {
    return test()
  } catch {
    return false
  }
}
