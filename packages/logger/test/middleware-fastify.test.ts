import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import fastify, { type FastifyInstance } from 'fastify'
import { traceMiddleware } from '../src/middleware/fastify.ts'
import { type Memory, memory, type Running, run } from './http-client.ts'
import { endOf, traceOf } from './http-story.ts'

type Served = Memory & Running & { readonly app: FastifyInstance }

async function serve(
  t: TestContext,
  build: (app: FastifyInstance, kept: Memory) => void,
): Promise<Served> {
  const kept = memory()
  const app = fastify()
  app.register(traceMiddleware({ logger: kept.log }))
  build(app, kept)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const running = await run(app.server)
  t.after(running.stop)
  return { ...kept, ...running, app }
}

test('fastify: routes of the instance and of plugins beside it are traced, by their whole pattern', async (t) => {
  const { ask, ...kept } = await serve(t, (app) => {
    app.get('/own/:id', () => 'ok')
    app.register(
      (child, _options, done) => {
        child.get('/:id', () => 'ok')
        done()
      },
      { prefix: '/child' },
    )
  })
  for (const [url, route] of [
    ['/own/7', '/own/:id'],
    ['/child/7', '/child/:id'],
  ] as const) {
    const end = await endOf(kept, traceOf(await ask(url)))
    assert.deepEqual([end.workflow, end.metadata?.route], [`GET ${route}`, route])
  }
})

test('fastify: injected requests end like others', async (t) => {
  const { app, ...kept } = await serve(t, (instance) => {
    instance.get('/fail', () => {
      throw new Error('boom')
    })
    instance.get('/:id', () => 'ok')
  })
  const answer = await app.inject('/7')
  assert.equal((await endOf(kept, traceOf(answer))).status, 'ok')
  const failed = await app.inject('/fail')
  const end = await endOf(kept, traceOf(failed))
  assert.deepEqual(
    [failed.statusCode, end.status, (end.error as { message?: unknown } | undefined)?.message],
    [500, 'error', 'boom'],
  )
})

test('fastify: a handler that writes to the raw response still tells the ids', async (t) => {
  const { ask, ...kept } = await serve(t, (app) => {
    app.get('/', (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
      reply.raw.end('data: 1\n\n')
    })
  })
  const answer = await ask('/')
  assert.equal(answer.body, 'data: 1\n\n')
  assert.equal((await endOf(kept, traceOf(answer))).status, 'ok')
})

test('fastify: a handler behind a body that a hook replaced runs in the trace', async (t) => {
  // Made outside of any request, as a pool of parsers would be.
  const replaced = new PassThrough()
  const { ask, ...kept } = await serve(t, (app, { log }) => {
    app.addHook('preParsing', (_request, _reply, payload, done) => {
      payload.resume()
      done(null, Object.assign(replaced, { receivedEncodedLength: 3 }))
    })
    app.post('/', (request) => {
      log.info('the handler')
      return request.body
    })
  })
  const pending = ask('/', { method: 'POST', headers: { 'content-type': 'text/plain' } }, 'old')
  await once(replaced, 'resume')
  replaced.end('new')
  const answer = await pending
  assert.equal(answer.body, 'new')
  await endOf(kept, traceOf(answer))
  assert.equal(kept.lines.find(({ msg }) => msg === 'the handler')?.trace_id, traceOf(answer))
})

test('fastify: errors reach the error handler of the application as they were', async (t) => {
  const error = Object.assign(new Error('boom'), { statusCode: 409 })
  const { ask, ...kept } = await serve(t, (app) => {
    app.setErrorHandler((thrown, _request, reply) =>
      reply.code(418).send({ same: thrown === error }),
    )
    app.get('/', () => {
      throw error
    })
  })
  const answer = await ask('/')
  assert.deepEqual([answer.status, answer.body], [418, '{"same":true}'])
  await endOf(kept, traceOf(answer))
})
