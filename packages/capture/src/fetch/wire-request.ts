import { type RequestBody, readBody, readRequestText } from './request-body.ts'

/** A request as it goes over the wire, read without touching what the caller gave. */
export interface WireRequest {
  readonly url: URL
  readonly headers: Headers
  readonly body: RequestBody
  readonly signal: AbortSignal | undefined
}

/** What a `fetch` is given. */
export type FetchArguments = Parameters<typeof globalThis.fetch>

/** Reads a POST; undefined for everything else, as no model is called by other methods. A promise only where the body is inside a `Request`. */
export function readRequest(
  [input, init]: FetchArguments,
  isWanted: (url: URL) => boolean,
  budget: number,
): WireRequest | Promise<WireRequest> | undefined {
  const request = typeof input === 'object' && 'method' in input ? input : undefined
  const method = init?.method ?? request?.method ?? 'GET'
  if (method.toUpperCase() !== 'POST') return undefined
  const url = urlOf(request?.url ?? input)
  if (url === undefined || !isWanted(url)) return undefined
  const headers = new Headers(init?.headers ?? request?.headers)
  const signal = init?.signal ?? request?.signal ?? undefined
  const wire = { url, headers, signal }
  if (request !== undefined && init?.body === undefined)
    return readRequestText(request, headers, budget).then((body) => ({ ...wire, body }))
  return { ...wire, body: readBody(init?.body, headers, budget) }
}

function urlOf(input: unknown): URL | undefined {
  const text = String(input)
  return URL.canParse(text) ? new URL(text) : undefined
}
