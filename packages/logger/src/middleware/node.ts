import type { IncomingMessage, ServerResponse } from 'node:http'
import { traceExchange } from './node-response.ts'
import type { RequestTrace } from './request-trace.ts'
import { type HttpTraceOptions, readSettings } from './settings.ts'

/**
 * Traces requests of `node:http`, and of whatever else calls `(request, response, next)`. Around a handler:
 * `createServer((request, response) => trace(request, response, () => handler(request, response)))`. Gives back what
 * `next` gives, and throws what it throws. Throws `LOGGER_OPTION_INVALID`.
 */
export function traceMiddleware<Request extends IncomingMessage = IncomingMessage>(
  options: HttpTraceOptions<Request> = {},
): <T>(request: Request, response: ServerResponse, next: () => T) => T {
  const settings = readSettings(options)
  return (request, response, next) => {
    const trace = traceExchange(settings, { request, incoming: request, outgoing: response })
    if (trace === undefined) return next()
    try {
      return followed(trace, response, trace.run(next))
    } catch (error) {
      failed(trace, response, error)
      throw error
    }
  }
}

/** A rejection stays unhandled when nobody handles it: what is given back is the promise after ours. */
function followed<T>(trace: RequestTrace, response: ServerResponse, result: T): T {
  if (!(result instanceof Promise)) return result
  return result.catch((error: unknown) => {
    failed(trace, response, error)
    throw error
  }) as T
}

/** Nobody may be left to answer, and the process may end of it: the line is written now, not when the response closes. */
function failed(trace: RequestTrace, response: ServerResponse, error: unknown): void {
  trace.fail(error)
  trace.end({ status: response.headersSent ? response.statusCode : undefined })
}
