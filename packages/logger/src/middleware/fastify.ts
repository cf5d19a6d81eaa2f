import type { IncomingMessage, ServerResponse } from 'node:http'
import { traceExchange, traceOf } from './node-response.ts'
import { type HttpTraceOptions, readSettings } from './settings.ts'

/** What Fastify's request has, as far as tracing needs it. */
export interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly routeOptions: { readonly url?: string | undefined }
}

/** What Fastify's reply has, as far as tracing needs it. */
export interface FastifyReply {
  readonly raw: ServerResponse
}

/** What the plugin asks of a Fastify instance; Fastify's overloads are too many to be repeated. */
export interface FastifyInstance {
  addHook(...hook: never[]): unknown
}

/** A Fastify plugin that takes no options of its own. */
export type FastifyPlugin = (
  instance: FastifyInstance,
  options: unknown,
  done: (error?: Error) => void,
) => void

/** Traces requests of Fastify 4 and 5: `app.register(traceMiddleware())`, before the routes. Throws `LOGGER_OPTION_INVALID`. */
export function traceMiddleware<Request extends FastifyRequest = FastifyRequest>(
  options: HttpTraceOptions<Request> = {},
): FastifyPlugin {
  const settings = readSettings(options)
  const plugin: FastifyPlugin = (instance, _options, done) => {
    const addHook = (name: string, hook: Hook<Request> | ErrorHook): unknown =>
      Reflect.apply(instance.addHook, instance, [name, hook])
    addHook('onRequest', (request: Request, reply: FastifyReply, next: () => void) => {
      const route = (): string | undefined => request.routeOptions.url
      const exchange = { request, incoming: request.raw, outgoing: reply.raw, route }
      const trace = traceExchange(settings, exchange)
      if (trace === undefined) next()
      else trace.run(next)
    })
    addHook(
      'onError',
      (_request: unknown, reply: FastifyReply, error: unknown, next: () => void) => {
        traceOf(reply.raw)?.fail(error)
        next()
      },
    )
    done()
  }
  return Object.assign(plugin, {
    // What fastify-plugin does: the hooks are for the instance that registers, not for a child of it.
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: '@recount/logger',
  })
}

type Hook<Request> = (request: Request, reply: FastifyReply, next: () => void) => void
type ErrorHook = (request: unknown, reply: FastifyReply, error: unknown, next: () => void) => void
