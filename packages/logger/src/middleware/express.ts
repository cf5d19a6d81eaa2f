import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExpressRequest, routeOf } from './express-route.ts'
import { traceExchange, traceOf } from './node-response.ts'
import { type HttpTraceOptions, readSettings } from './settings.ts'

/** Traces requests of Express 4 and 5: `app.use(traceMiddleware())`, first. Throws `LOGGER_OPTION_INVALID`. */
export function traceMiddleware<Request extends IncomingMessage = IncomingMessage>(
  options: HttpTraceOptions<Request> = {},
): (request: Request, response: ServerResponse, next: (error?: unknown) => void) => void {
  const settings = readSettings(options)
  return (request, response, next) => {
    const route = (): string | undefined => routeOf(request as ExpressRequest)
    const trace = traceExchange(settings, { request, incoming: request, outgoing: response, route })
    if (trace === undefined) next()
    else trace.run(() => next())
  }
}

/**
 * Puts the error that a handler threw on the trace's terminal line, and passes it on: `app.use(traceErrors())` after the
 * routes, before other error handlers. Without it a trace knows the status only, for Express shows errors to nobody else.
 */
export function traceErrors(): (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void {
  return (error, _request, response, next) => {
    traceOf(response)?.fail(error)
    next(error)
  }
}
