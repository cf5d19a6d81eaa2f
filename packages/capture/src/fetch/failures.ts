import type { ProviderFailure } from '../provider.ts'

/** An error as the logger records it. */
export interface NotedError {
  readonly name: string
  readonly message: string
  readonly code?: string | number
  readonly status?: number
}

/** An answer that ended before the provider said so, or that is no JSON where JSON was promised. */
export const CUT: NotedError = {
  name: 'AnswerCut',
  message: 'The answer ended before it was complete',
}

/** What a provider says in the body of an HTTP error, or its status alone. */
export function httpFailure(
  { status, statusText }: Pick<Response, 'status' | 'statusText'>,
  failure: ProviderFailure | undefined,
): NotedError {
  if (failure === undefined)
    return { name: 'HttpError', message: `HTTP ${status} ${statusText}`.trim(), status }
  return { ...providerFailure(failure), status }
}

/** What a provider says inside of HTTP 200. */
export function providerFailure({ type, code, message }: ProviderFailure): NotedError {
  return { name: type, message, ...(code !== undefined && { code }) }
}

/** Milliseconds between the start of a client's timer and of its request. */
const SLACK_MS = 100

/**
 * What a request failed with, where clients of Stainless abort at their own timeout: the abort is the one that a caller
 * would make, so that only the time tells. They say their timeout in whole seconds, rounded down.
 */
export function unmasked(error: unknown, headers: Headers, elapsedMs: number): unknown {
  const timeout = headers.get('x-stainless-timeout')
  if (timeout === null || !isAbort(error) || elapsedMs + SLACK_MS < Number(timeout) * 1000)
    return error
  return { name: 'TimeoutError', message: `No answer came within the client's timeout` }
}

/** An error of the platform by name and message: its numbers of old say nothing. */
export function worded(error: unknown): unknown {
  return error instanceof DOMException ? { name: error.name, message: error.message } : error
}

/** Whether this is how a `fetch` says that it was stopped. */
export function isAbort(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError'
  )
}
