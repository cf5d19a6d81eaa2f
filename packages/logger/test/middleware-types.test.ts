import assert from 'node:assert/strict'
import { test } from 'node:test'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { traceMiddleware as forExpress, traceErrors } from '../src/middleware/express.ts'
import { traceMiddleware as forFastify } from '../src/middleware/fastify.ts'
import { traceMiddleware as forHono } from '../src/middleware/hono.ts'
import { traceMiddleware as forKoa } from '../src/middleware/koa.ts'

// That this file compiles is the test: the middleware's own types are those that the frameworks ask for.

test('Express takes the middleware, with its own request type where it is named', () => {
  const app = express()
  app.use(forExpress())
  app.use(forExpress({ ignore: (request) => request.url === '/health' }))
  app.use(forExpress<express.Request>({ bindings: (request) => ({ tenant_id: request.hostname }) }))
  app.use(traceErrors())
  // @ts-expect-error a wrong answer is refused by the compiler
  assert.ok(forExpress({ ignore: () => 'yes' }))
})

test('Fastify takes the plugin', async () => {
  const app = fastify()
  app.register(forFastify())
  app.register(forFastify({ ignore: (request) => request.routeOptions.url === '/health' }))
  await app.close()
})

test('Koa takes the middleware, with its own context type where it is named', () => {
  const app = new Koa()
  app.use(forKoa())
  app.use(forKoa({ ignore: ({ req }) => req.url === '/health' }))
  app.use(forKoa<Koa.Context>({ ignore: (context) => context.path === '/health' }))
})

test('Hono takes the middleware and keeps the types of its variables', () => {
  const app = new Hono<{ Variables: { user: string }; Bindings: { KEY: string } }>()
  app.use(forHono({ ignore: (context) => context.req.method === 'OPTIONS' }))
  app.get('/', (context) => context.text(context.get('user').toUpperCase() + context.env.KEY))
})
