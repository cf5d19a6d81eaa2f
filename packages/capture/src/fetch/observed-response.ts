import { isNodeStream, observedNodeResponse } from './node-response.ts'
import { type BodyObserver, observedBody } from './observed-body.ts'
import { READ_AHEAD_BYTES, refusalBody } from './refusal-body.ts'

/** The same response with a body that is looked at while it is read; undefined where it has no body that can be. */
export function observedResponse(response: Response, observer: BodyObserver): Response | undefined {
  const { body, ok, status, statusText, headers } = response
  if (isNodeStream(body))
    return observedNodeResponse(response, body, observer, ok ? 0 : READ_AHEAD_BYTES)
  if (!(body instanceof ReadableStream) || body.locked) return undefined
  const Own = response.constructor as typeof Response
  const observed = ok ? observedBody(body, observer) : refusalBody(body, observer)
  return withOrigin(new Own(observed, { status, statusText, headers }), response)
}

type Origin = Pick<Response, 'url' | 'redirected' | 'type'>

/** Where a response came from is no matter of its constructor, and a clone forgets it. */
function withOrigin(made: Response, { url, redirected, type }: Origin): Response {
  const own = (value: unknown): PropertyDescriptor => ({
    value,
    configurable: true,
    writable: true,
  })
  const clone = (): Response =>
    withOrigin(Object.getPrototypeOf(made).clone.call(made), { url, redirected, type })
  return Object.defineProperties(made, {
    url: own(url),
    redirected: own(redirected),
    type: own(type),
    clone: own(clone),
  })
}
