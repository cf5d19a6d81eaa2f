import type { IncomingMessage, ServerResponse } from 'node:http'
import { tell, traceExchange } from './node-response.ts'
import type { RequestTrace } from './request-trace.ts'
import { type HttpTraceOptions, readSettings } from './settings.ts'

/** What Koa's context has, as far as tracing needs it; `_matchedRoute` is what @koa/router leaves there. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly _matchedRoute?: unknown
}

/** Traces requests of Koa 2 and 3: `app.use(traceMiddleware())`, first. Throws `LOGGER_OPTION_INVALID`. */
export function traceMiddleware<Context extends KoaContext = KoaContext>(
  options: HttpTraceOptions<Context> = {},
): (context: Context, next: () => Promise<unknown>) => Promise<unknown> {
  const settings = readSettings(options)
  return async (context, next) => {
    const { req: incoming, res: outgoing } = context
    const trace = traceExchange(settings, {
      request: context,
      incoming,
      outgoing,
      route: () => routeOf(context),
    })
    if (trace === undefined) return next()
    keepIds(trace, outgoing)
    try {
      return await trace.run(next)
    } catch (error) {
      trace.fail(error)
      throw error
    }
  }
}

function routeOf({ _matchedRoute: route }: KoaContext): string | undefined {
  return typeof route === 'string' || route instanceof RegExp ? String(route) : undefined
}

/** Koa takes all headers off a response before it answers an error: they are put back when the headers are written. */
function keepIds(trace: RequestTrace, outgoing: ServerResponse): void {
  const { writeHead } = outgoing
  outgoing.writeHead = function (this: ServerResponse, ...head: unknown[]) {
    const missing = trace.headers.filter(([name]) => !this.hasHeader(name))
    tell(missing, this)
    return Reflect.apply(writeHead, this, head)
  } as ServerResponse['writeHead']
}
