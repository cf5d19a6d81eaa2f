import { type Incoming, readIncoming } from '../trace-context.ts'

/** An HTTP event: what the trace shall know of it. */
export interface HttpEvent {
  readonly method: string
  /** The route's pattern as API Gateway knows it; a load balancer has none. */
  readonly route?: string | undefined
}

/** Reads method and route of an event of API Gateway (REST, HTTP), a function URL or a load balancer. */
export function httpEventOf(event: unknown): HttpEvent | undefined {
  const { httpMethod, resource, routeKey, requestContext } = fieldsOf(event)
  if (typeof httpMethod === 'string')
    return { method: httpMethod, route: typeof resource === 'string' ? resource : undefined }
  const { method } = fieldsOf(fieldsOf(requestContext).http)
  if (typeof method !== 'string') return undefined
  // `GET /users/{id}`, or `$default` where no route matched.
  const route = typeof routeKey === 'string' ? routeKey.slice(routeKey.indexOf(' ') + 1) : undefined
  return { method, route: route?.startsWith('/') ? route : undefined }
}

/** Reads where an event belongs: from its headers, or from the attributes of a queue's message when there is one alone. */
export function incomingOf(event: unknown): Incoming {
  const { headers, multiValueHeaders, Records: records } = fieldsOf(event)
  const [message, ...more] = Array.isArray(records) ? records : []
  if (message !== undefined && more.length > 0) return { ignored: [] }
  const attributes = lowerCased(fieldsOf(message).messageAttributes)
  const single = lowerCased(headers)
  const several = lowerCased(multiValueHeaders)
  return readIncoming((name) =>
    textsOf(several[name] ?? single[name] ?? fieldsOf(attributes[name]).stringValue),
  )
}

function textsOf(value: unknown): string | string[] | undefined {
  return typeof value === 'string' || Array.isArray(value) ? value : undefined
}

/** API Gateway's REST events keep the case in which the client wrote a header's name. */
function lowerCased(value: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).map(([name, item]) => [name.toLowerCase(), item]),
  )
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
