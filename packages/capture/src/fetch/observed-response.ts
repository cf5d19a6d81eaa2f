import { isNodeStream, observedNodeResponse } from './node-response.ts'
import { type BodyObserver, observedBody } from './observed-body.ts'
import { READ_AHEAD_BYTES, refusalBody } from './refusal-body.ts'

/** The same response with a body that is looked at while it is read; undefined where it has no body that can be. */
export function observedResponse(
  response: Response,
  observer: BodyObserver,
  signal: AbortSignal | null | undefined,
): Response | undefined {
  const { body, ok, status, headers } = response
  if (isNodeStream(body))
    return observedNodeResponse(response, body, observer, ok ? 0 : READ_AHEAD_BYTES)
  if (!(body instanceof ReadableStream) || body.locked || !isConstructible(status)) return undefined
  const Own = response.constructor as typeof Response
  const observed = ok ? observedBody(body, observer) : refusalBody(body, observer)
  const made = new Own(observed, { status, headers })
  return withOrigin(made, response, Own === globalThis.Response ? (signal ?? undefined) : undefined)
}

/** Servers send other numbers, too, and `fetch` hands them on, but no response can be made of them. */
function isConstructible(status: number): boolean {
  return status >= 200 && status <= 599
}

type Origin = Pick<Response, 'url' | 'redirected' | 'type' | 'statusText'>

/**
 * Where a response came from is no matter of its constructor, and a clone forgets it; nor does it take every text that
 * a server may send beside the status.
 */
function withOrigin(
  made: Response,
  { url, redirected, type, statusText }: Origin,
  signal: AbortSignal | undefined,
): Response {
  const own = (value: unknown): PropertyDescriptor => ({
    value,
    configurable: true,
    writable: true,
  })
  const clone = (): Response =>
    withOrigin(
      Object.getPrototypeOf(made).clone.call(made),
      { url, redirected, type, statusText },
      signal,
    )
  const readers = signal === undefined ? [] : wholeReaders(made, signal)
  return Object.defineProperties(made, {
    url: own(url),
    redirected: own(redirected),
    type: own(type),
    statusText: own(statusText),
    clone: own(clone),
    ...Object.fromEntries(readers.map(([name, read]) => [name, own(read)])),
  })
}

const WHOLE = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const

/**
 * What reads a body as a whole. The platform's `fetch` knows of a response that it was aborted, and has an error of its own
 * for who reads it then; of a response that is made of its body it does not, and the signal's reason would come.
 */
function wholeReaders(made: Response, signal: AbortSignal): [string, () => Promise<unknown>][] {
  return WHOLE.flatMap((name) => {
    const method: unknown = Object.getPrototypeOf(made)[name]
    if (typeof method !== 'function') return []
    const read = (): Promise<unknown> => {
      const reading = Reflect.apply(method as () => Promise<unknown>, made, [])
      if (!signal.aborted) return reading
      return reading.catch((error: unknown) => {
        throw error === signal.reason
          ? new DOMException('The operation was aborted.', 'AbortError')
          : error
      })
    }
    return [[name, read]]
  })
}
