import http from 'node:http'
import { Readable } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import fastify, { type FastifyRequest } from 'fastify'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { stream } from 'hono/streaming'
import Koa from 'koa'
import * as forExpress from '../src/middleware/express.ts'
import * as forFastify from '../src/middleware/fastify.ts'
import * as forHono from '../src/middleware/hono.ts'
import * as forKoa from '../src/middleware/koa.ts'
import * as forNode from '../src/middleware/node.ts'
import type { HttpTraceOptions } from '../src/middleware/settings.ts'
import { type Behaviour, boom, hang, much, parts, readEvents } from './http-behaviour.ts'

/** The options that make sense for any framework; undefined leaves the middleware out. */
export type Options = HttpTraceOptions<object> | undefined

export interface App {
  readonly name: string
  /** The pattern it tells for `/users/:id`. */
  readonly route: string | undefined
  /** The status on the last line of a request whose handler threw. */
  readonly failedStatus: number | undefined
  start(behaviour: Behaviour, options: Options): Promise<http.Server>
}

const onNode: App = {
  name: 'node',
  route: undefined,
  failedStatus: undefined,
  async start(does, options) {
    const trace = options && forNode.traceMiddleware<http.IncomingMessage>(options)
    const routes: Record<
      string,
      (request: http.IncomingMessage, response: http.ServerResponse) => unknown
    > = {
      fail: () => {
        throw boom()
      },
      reject: () => Promise.reject(boom()),
      echo: (request, response) => readEvents(does.log, request, (body) => response.end(body)),
      stream: (_request, response) => Readable.from(parts(does)).pipe(response),
      much: (_request, response) => Readable.from(much(does.log)).pipe(response),
      hang: async (_request, response) => {
        await hang(does)
        response.end()
      },
      health: (_request, response) => response.end('ok'),
    }
    const handler = async (
      request: http.IncomingMessage,
      response: http.ServerResponse,
    ): Promise<unknown> => {
      const [, first = '', id = ''] = (request.url ?? '').split(/[/?]/)
      if (first === 'users')
        return response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify(await does.work(id)))
      const route = routes[first]
      if (route !== undefined) return await route(request, response)
      response.statusCode = 404
      return response.end('not found')
    }
    return http.createServer((request, response) => {
      const next = (): Promise<unknown> => handler(request, response)
      const handled = trace ? trace(request, response, next) : next()
      handled.catch((error: Error) => {
        response.statusCode = 500
        response.end(error.message)
      })
    })
  },
}

const onExpress: App = {
  name: 'express',
  route: '/users/:id',
  failedStatus: 500,
  async start(does, options) {
    const app = express()
    app.set('env', 'test')
    if (options) app.use(forExpress.traceMiddleware<express.Request>(options))
    app.get('/users/:id', async (request, response) => {
      response.json(await does.work(request.params.id))
    })
    app.get('/fail', () => {
      throw boom()
    })
    app.get('/reject', () => Promise.reject(boom()))
    app.get('/refuse', () => {
      throw Object.assign(boom(), { status: 403, expose: true })
    })
    app.post('/echo', (request, response) =>
      readEvents(does.log, request, (body) => response.send(body)),
    )
    app.get('/stream', (_request, response) => void Readable.from(parts(does)).pipe(response))
    app.get('/much', (_request, response) => void Readable.from(much(does.log)).pipe(response))
    app.get('/hang', async (_request, response) => {
      await hang(does)
      response.end()
    })
    app.get('/health', (_request, response) => void response.send('ok'))
    if (options) app.use(forExpress.traceErrors())
    return http.createServer(app)
  },
}

const onFastify: App = {
  name: 'fastify',
  route: '/users/:id',
  failedStatus: 500,
  async start(does, options) {
    const app = fastify()
    if (options) app.register(forFastify.traceMiddleware<FastifyRequest>(options))
    app.get('/users/:id', (request) => does.work((request.params as { id: string }).id))
    app.get('/fail', () => {
      throw boom()
    })
    app.get('/reject', () => Promise.reject(boom()))
    app.get(
      '/refuse',
      { schema: { querystring: { type: 'object', required: ['missing'] } } },
      () => 'never',
    )
    app.post('/echo', (request) => {
      does.log.info('the body')
      return request.body
    })
    app.addHook('preParsing', (_request, _reply, payload, done) => {
      does.log.info('a chunk')
      done(null, payload)
    })
    app.get('/stream', (_request, reply) => reply.send(Readable.from(parts(does))))
    app.get('/much', (_request, reply) => reply.send(Readable.from(much(does.log))))
    app.get('/hang', async () => {
      await hang(does)
      return ''
    })
    app.get('/health', () => 'ok')
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
}

const onKoa: App = {
  name: 'koa',
  route: '/users/:id',
  failedStatus: 500,
  async start(does, options) {
    const app = new Koa()
    app.silent = true
    if (options) app.use(forKoa.traceMiddleware<Koa.Context>(options))
    const routes: Record<string, (context: Koa.Context, id: string) => unknown> = {
      users: (context, id) => {
        // What @koa/router leaves on the context.
        context._matchedRoute = '/users/:id'
        return does.work(id)
      },
      fail: () => {
        throw boom()
      },
      reject: () => Promise.reject(boom()),
      refuse: (context) => context.throw(403),
      echo: ({ req }) => new Promise((resolve) => readEvents(does.log, req, resolve)),
      stream: () => Readable.from(parts(does)),
      hang: async () => {
        await hang(does)
        return ''
      },
      health: () => 'ok',
    }
    app.use(async (context) => {
      const [, first = '', id = ''] = context.path.split('/')
      const route = routes[first]
      if (route) context.body = await route(context, id)
    })
    return http.createServer(app.callback())
  },
}

/** The routes of Hono, for any runtime. */
export function honoApp(does: Behaviour, options: Options): Hono {
  const app = new Hono()
  if (options) app.use(forHono.traceMiddleware<Context>(options))
  app.get('/users/:id', async (context) => context.json(await does.work(context.req.param('id'))))
  app.get('/fail', () => {
    throw boom()
  })
  app.get('/reject', () => Promise.reject(boom()))
  app.get('/refuse', () => {
    throw new HTTPException(403)
  })
  app.post('/echo', async (context) => {
    const body = await context.req.text()
    does.log.info('a chunk')
    does.log.info('the body')
    return context.body(body)
  })
  app.get('/stream', (context) =>
    stream(context, async (out) => {
      for await (const part of parts(does)) await out.write(part)
    }),
  )
  app.get(
    '/much',
    () => new Response(Readable.toWeb(Readable.from(much(does.log))) as ReadableStream),
  )
  app.get('/hang', async (context) => {
    await hang(does)
    return context.text('')
  })
  app.get('/health', (context) => context.text('ok'))
  app.onError((error, context) =>
    error instanceof HTTPException ? error.getResponse() : context.text(error.message, 500),
  )
  return app
}

const onHono: App = {
  name: 'hono',
  route: '/users/:id',
  failedStatus: 500,
  async start(does, options) {
    return createAdaptorServer({ fetch: honoApp(does, options).fetch }) as http.Server
  },
}

export const APPS: readonly App[] = [onNode, onExpress, onFastify, onKoa, onHono]
