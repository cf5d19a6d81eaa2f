import assert from 'node:assert/strict'
import http from 'node:http'
import { type TestContext, test } from 'node:test'
import express from 'express'
import { traceErrors, traceMiddleware } from '../src/middleware/express.ts'
import { type Memory, memory, type Running, run } from './http-client.ts'
import { endOf, traceOf } from './http-story.ts'

type Served = Memory & Running

async function serve(t: TestContext, build: (app: express.Express) => void): Promise<Served> {
  const kept = memory()
  const app = express()
  app.set('env', 'test')
  app.use(traceMiddleware({ logger: kept.log }))
  build(app)
  const running = await run(http.createServer(app))
  t.after(running.stop)
  return { ...kept, ...running }
}

const answer: express.RequestHandler = (_request, response) => void response.send('ok')

const PATTERNS: Record<
  string,
  [url: string, pattern: string, build: (app: express.Express) => void]
> = {
  'of a router under a plain path': [
    '/api/v1/users/42',
    '/api/v1/users/:id',
    (app) => app.use('/api/v1', express.Router().get('/users/:id', answer)),
  ],
  'of a router under routers': [
    '/a/b/42',
    '/a/b/:id',
    (app) => app.use('/a', express.Router().use('/b', express.Router().get('/:id', answer))),
  ],
  "of a router's own root": [
    '/api',
    '/api',
    (app) => app.use('/api', express.Router().get('/', answer)),
  ],
  'of a router without a path of its own': [
    '/users/42',
    '/users/:id',
    (app) => app.use(express.Router().get('/users/:id', answer)),
  ],
  'of a router under a path with a parameter': [
    '/tenants/acme/users/42',
    '/tenants/*/users/:id',
    (app) => app.use('/tenants/:tenant', express.Router().get('/users/:id', answer)),
  ],
  'of a router under a path where case does not matter': [
    '/API/42',
    '/API/:id',
    (app) => app.use('/api', express.Router().get('/:id', answer)),
  ],
  'of a router under an expression': [
    '/t-17/42',
    '/*/:id',
    (app) => app.use(/\/t-\d+/, express.Router().get('/:id', answer)),
  ],
  'of a router under several paths': [
    '/b/42',
    '/b/:id',
    (app) => app.use(['/a', '/b'], express.Router().get('/:id', answer)),
  ],
  'of an application in an application': [
    '/sub/42',
    '/*/:id',
    (app) => app.use('/sub', express().get('/:id', answer)),
  ],
  'that is an expression': [
    '/files/secret.pdf',
    '/\\/files\\/.*/',
    (app) => app.get(/\/files\/.*/, answer),
  ],
  'that is a list': ['/two/42', '/one|/two/:id', (app) => app.get(['/one', '/two/:id'], answer)],
}
for (const [name, [url, pattern, build]] of Object.entries(PATTERNS)) {
  test(`express: the pattern ${name} is told, not the path`, async (t) => {
    const { ask, ...kept } = await serve(t, build)
    const response = await ask(`${url}?token=secret`)
    assert.equal(response.status, 200)
    assert.equal((await endOf(kept, traceOf(response))).metadata?.route, pattern)
  })
}

test('express: a mount whose parameter cannot be decoded costs the pattern, not the answer', async (t) => {
  const { ask, ...kept } = await serve(t, (app) =>
    app.use('/t/:tenant', express.Router().get('/:id', answer)),
  )
  const response = await ask('/t/%C3%A9/1')
  assert.equal(response.status, 200)
  const { metadata } = await endOf(kept, traceOf(response))
  assert.ok(metadata?.route === undefined || metadata.route === '/t/*/:id')
})

test('express: without traceErrors a 5xx is an error still, only what was thrown is not known', async (t) => {
  const { ask, ...kept } = await serve(t, (app) => {
    app.get('/fail', () => {
      throw new Error('boom')
    })
  })
  const end = await endOf(kept, traceOf(await ask('/fail')))
  assert.deepEqual([end.status, end.metadata?.status, end.error], ['error', 500, undefined])
})

test('express: traceErrors passes errors on to the handlers behind it, also where nothing is traced', async (t) => {
  const error = new Error('boom')
  const app = express()
  app.get('/fail', () => {
    throw error
  })
  app.use(traceErrors())
  app.use(((thrown, _request, response, _next) => {
    response.status(418).send(String(thrown === error))
  }) satisfies express.ErrorRequestHandler)
  const running = await run(http.createServer(app))
  t.after(running.stop)
  const { status, body } = await running.ask('/fail')
  assert.deepEqual([status, body], [418, 'true'])
})

test('express: a provider that refused the handler is an error, though Express answers with its status', async (t) => {
  const { ask, ...kept } = await serve(t, (app) => {
    app.get('/fail', () => {
      throw Object.assign(new Error('Rate limit reached'), { status: 429 })
    })
    app.use(traceErrors())
  })
  const response = await ask('/fail')
  assert.equal(response.status, 429)
  const end = await endOf(kept, traceOf(response))
  assert.deepEqual(
    [end.status, (end.error as { status?: unknown } | undefined)?.status],
    ['error', 429],
  )
})

test('express: what a body parser calls back runs in the trace', async (t) => {
  const served: Served = await serve(t, (app) => {
    app.use(express.json({ verify: () => served.log.info('parsing') }))
    app.post('/', (request, response) => {
      served.log.info('parsed')
      response.json(request.body)
    })
  })
  const headers = { 'content-type': 'application/json' }
  const response = await served.ask('/', { method: 'POST', headers }, '{"a":1}')
  assert.equal(response.body, '{"a":1}')
  const inside = served.lines.filter(({ msg }) => String(msg).startsWith('pars'))
  assert.deepEqual(
    inside.map(({ msg, trace_id }) => [msg, trace_id]),
    [
      ['parsing', traceOf(response)],
      ['parsed', traceOf(response)],
    ],
  )
})
