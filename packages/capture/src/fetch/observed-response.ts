import { isNodeStream, observedNodeResponse } from './node-response.ts'
import { type BodyObserver, observedBody } from './observed-body.ts'
import { READ_AHEAD_BYTES, refusalBody } from './refusal-body.ts'

/** The same response with a body that is looked at while it is read; undefined where it has no body that can be. */
export function observedResponse(response: Response, observer: BodyObserver): Response | undefined {
  const { body, ok, status, headers } = response
  if (isNodeStream(body))
    return observedNodeResponse(response, body, observer, ok ? 0 : READ_AHEAD_BYTES)
  if (!(body instanceof ReadableStream) || body.locked || !isConstructible(status)) return undefined
  const Own = response.constructor as typeof Response
  const observed = ok ? observedBody(body, observer) : refusalBody(body, observer)
  return withOrigin(new Own(observed, { status, headers }), response)
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
function withOrigin(made: Response, { url, redirected, type, statusText }: Origin): Response {
  const own = (value: unknown): PropertyDescriptor => ({
    value,
    configurable: true,
    writable: true,
  })
  const clone = (): Response =>
    withOrigin(Object.getPrototypeOf(made).clone.call(made), { url, redirected, type, statusText })
  return Object.defineProperties(made, {
    url: own(url),
    redirected: own(redirected),
    type: own(type),
    statusText: own(statusText),
    clone: own(clone),
  })
}
