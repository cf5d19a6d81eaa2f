import type { ProviderFailure } from '../provider.ts'

/** An error as the logger records it. */
export interface NotedError {
  readonly name: string
  readonly message: string
  readonly code?: string | number
  readonly status?: number
  /** Not recorded: they say when to come back. */
  readonly headers?: Headers
  /** Not recorded: what else the provider says of it. */
  readonly details?: readonly unknown[]
}

/** An answer that ended before the provider said so, or that is no JSON where JSON was promised. */
export const CUT: NotedError = {
  name: 'AnswerCut',
  message: 'The answer ended before it was complete',
}

/** What a provider says in the body of an HTTP error, or its status alone. */
export function httpFailure(
  { status, statusText, headers }: Pick<Response, 'status' | 'statusText' | 'headers'>,
  failure: ProviderFailure | undefined,
): NotedError {
  if (failure === undefined)
    return { name: 'HttpError', message: `HTTP ${status} ${statusText}`.trim(), status, headers }
  const said = providerFailure(failure)
  return { ...said, name: failure.type === 'error' ? 'HttpError' : said.name, status, headers }
}

/** What a provider says inside of HTTP 200; `error` is no name of one. */
export function providerFailure({ type, code, message, details }: ProviderFailure): NotedError {
  return {
    name: type === 'error' ? 'ProviderError' : type,
    message,
    ...(code !== undefined && { code }),
    ...(details !== undefined && { details }),
  }
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
