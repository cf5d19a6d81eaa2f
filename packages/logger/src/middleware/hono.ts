import type { IncomingMessage, ServerResponse } from 'node:http'
import { safely } from '../recording.ts'
import { readIncoming } from '../trace-context.ts'
import { traceExchange } from './node-response.ts'
import { openIncoming } from './open-incoming.ts'
import { RequestTrace } from './request-trace.ts'
import { type HttpTraceOptions, readSettings, type Settings } from './settings.ts'

/** What Hono's context has, as far as tracing needs it. */
export interface HonoContext {
  readonly req: {
    readonly method: string
    readonly routePath: string
    header(name: string): string | undefined
  }
  res: Response
  readonly env: unknown
  readonly error: Error | undefined
  header(name: string, value: string): void
}

/** Traces requests of Hono 4: `app.use(traceMiddleware())`, first. Throws `LOGGER_OPTION_INVALID`. */
export function traceMiddleware<Context extends HonoContext = HonoContext>(
  options: HttpTraceOptions<Context> = {},
): (context: Context, next: () => Promise<void>) => Promise<void> {
  const settings = readSettings(options)
  return async (context, next) => {
    const node = nodeExchange(context.env)
    const trace = node
      ? traceExchange(settings, { request: context, ...node, route: () => routeOf(context) })
      : openFetch(settings, context)
    if (trace === undefined) return next()
    try {
      await trace.run(next)
    } catch (error) {
      trace.fail(error)
      if (node === undefined) trace.end({})
      throw error
    }
    if (context.error !== undefined) trace.fail(context.error)
    if (node === undefined) followFetch(settings, context, trace)
  }
}

/** Node's own request and response, which @hono/node-server hands on; other runtimes have none. */
function nodeExchange(
  env: unknown,
): { incoming: IncomingMessage; outgoing: ServerResponse } | undefined {
  const { incoming, outgoing } = (env ?? {}) as {
    incoming?: IncomingMessage
    outgoing?: ServerResponse
  }
  return incoming && typeof outgoing?.writeHead === 'function' ? { incoming, outgoing } : undefined
}

function openFetch<Context extends HonoContext>(
  settings: Settings<Context>,
  context: Context,
): RequestTrace | undefined {
  const opened = openIncoming(settings, context, () => {
    const method = METHODS.includes(context.req.method) ? context.req.method : 'OTHER'
    return {
      name: method,
      bindings: { metadata: { method } },
      incoming: () => readIncoming((name) => context.req.header(name)),
    }
  })
  return opened && new RequestTrace(opened)
}

/** Where no HTTP parser has refused a method, anything may be one. */
const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'QUERY',
  'TRACE',
  'CONNECT',
]

/** A pattern that takes everything is that of a middleware: no route was found. */
function routeOf({ req }: HonoContext): string | undefined {
  return req.routePath === '/*' || req.routePath === '*' ? undefined : req.routePath
}

function followFetch<Context extends HonoContext>(
  settings: Settings<Context>,
  context: Context,
  trace: RequestTrace,
): void {
  const { status } = context.res
  const route = (): string | undefined => settings.route(context) ?? routeOf(context)
  safely(() => {
    // 101 hands the connection over: a copy of that response would lose it.
    if (status === 101) return
    for (const [name, value] of trace.headers) context.header(name, value)
  })
  const { body } = context.res
  if (
    body === null ||
    status === 101 ||
    context.req.method === 'HEAD' ||
    isWhole(context.res.headers)
  ) {
    trace.end({ status, route })
    return
  }
  const followed = followBody(body, trace, (aborted) => trace.end({ status, route, aborted }))
  context.res = new Response(followed, context.res)
}

/** Whether a body is known to be complete already; a copy as a stream would take its length from it. */
function isWhole(headers: Headers): boolean {
  return (
    headers.has('content-length') ||
    headers.get('content-type')?.startsWith('application/json') === true
  )
}

/** The same body, read only as fast as it is asked for, inside the trace. */
function followBody(
  body: ReadableStream<Uint8Array>,
  trace: RequestTrace,
  end: (aborted: boolean) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await trace.run(() => reader.read())
          if (!done) return controller.enqueue(value)
          end(false)
          controller.close()
        } catch (error) {
          trace.fail(error)
          end(false)
          controller.error(error)
        }
      },
      cancel(reason) {
        end(true)
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
