import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTraceId, newSpanId, newTraceId } from '@recount/record'
import { Hono } from 'hono'
import { traceMiddleware } from '../src/middleware/hono.ts'
import { honoApp } from './http-apps.ts'
import { behaviour } from './http-behaviour.ts'
import { isEnd, type Memory, memory, onlyEnd } from './http-client.ts'

// On other runtimes than Node there is the fetch interface alone: these tests use it, as `app.request` does.

function hono(): Memory & { readonly app: Hono } {
  const kept = memory()
  const app = new Hono()
  app.use(traceMiddleware({ logger: kept.log }))
  return { ...kept, app }
}

const traceOf = (response: Response): string => response.headers.get('x-trace-id') ?? ''

test('hono, fetch alone: of 1,000 concurrent requests every line has the right trace and parent', async () => {
  const kept = memory()
  const app = honoApp(behaviour(kept.log), { logger: kept.log })
  const asked = Array.from({ length: 1000 }, (_, index) => ({
    id: `u${index}`,
    trace_id: newTraceId(),
    span_id: newSpanId(),
  }))
  const answers = await Promise.all(
    asked.map(({ id, trace_id, span_id }) =>
      app.request(`/users/${id}`, {
        headers: { traceparent: `00-${trace_id}-${span_id}-01`, 'x-request-id': id },
      }),
    ),
  )
  const byTrace = new Map(
    asked.map(({ trace_id }) => [
      trace_id,
      kept.lines.filter((line) => line.trace_id === trace_id),
    ]),
  )
  for (const [index, { id, trace_id, span_id }] of asked.entries()) {
    const answer = answers[index] as Response
    assert.deepEqual(
      [await answer.json(), traceOf(answer), answer.headers.get('x-request-id')],
      [{ id }, trace_id, id],
    )
    const lines = byTrace.get(trace_id) ?? []
    const end = onlyEnd(lines, trace_id)
    assert.equal(end.parent_span_id, span_id)
    assert.deepEqual(end.metadata, { method: 'GET', route: '/users/:id', status: 200 })
    for (const line of lines) assert.equal(line.request_id, id)
    assert.deepEqual(
      lines.filter((line) => line.id !== undefined).map((line) => line.id),
      [id, id, id],
    )
  }
})

test('hono, fetch alone: a streamed body ends the trace when it has been read, and is produced inside it, on demand', async () => {
  const { app, log, lines } = hono()
  let pulls = 0
  app.get('/', () => {
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          log.info({ pull: ++pulls }, 'pulled')
          if (pulls < 3) controller.enqueue(new TextEncoder().encode(`${pulls},`))
          else controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { status: 206, headers: { 'x-own': '1' } })
  })
  const answer = await app.request('/')
  assert.deepEqual([answer.status, answer.headers.get('x-own'), pulls], [206, '1', 0])
  const reader = answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
  await reader.read()
  assert.deepEqual([pulls, lines.filter(isEnd).length], [1, 0])
  await reader.read()
  assert.equal((await reader.read()).done, true)
  assert.deepEqual([onlyEnd(lines, traceOf(answer)).status, pulls], ['ok', 3])
  for (const line of lines.filter(({ msg }) => msg === 'pulled'))
    assert.equal(line.trace_id, traceOf(answer))
})

test('hono, fetch alone: a body that is cancelled ends the trace once, as aborted, and its source is told why', async () => {
  const { app, lines } = hono()
  const told: unknown[] = []
  app.get('/', () => {
    const pull = (controller: ReadableStreamDefaultController): void =>
      controller.enqueue(new Uint8Array(1))
    return new Response(new ReadableStream({ pull, cancel: (reason) => void told.push(reason) }))
  })
  const answer = await app.request('/')
  const reader = answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
  await reader.read()
  await reader.cancel('enough')
  assert.deepEqual([told, onlyEnd(lines, traceOf(answer)).status], [['enough'], 'aborted'])
})

test('hono, fetch alone: a body that breaks ends the trace once, as error, and the reader gets the error', async () => {
  const { app, lines } = hono()
  const error = new Error('the source broke')
  app.get('/', () => {
    const pull = (): never => {
      throw error
    }
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }))
  })
  const answer = await app.request('/')
  await assert.rejects(answer.text(), (thrown) => thrown === error)
  const end = onlyEnd(lines, traceOf(answer))
  assert.deepEqual(
    [end.status, (end.error as { message?: unknown } | undefined)?.message],
    ['error', 'the source broke'],
  )
})

test('hono, fetch alone: a response without a body, or with all of it, ends the trace at once', async () => {
  const { app, lines } = hono()
  app.get('/empty', (context) => context.body(null, 204))
  app.get('/json', (context) => context.json({ a: 1 }))
  app.get('/length', () => new Response('four', { headers: { 'content-length': '4' } }))
  app.get('/text', (context) => context.text('text'))
  for (const [path, method] of [
    ['/empty', 'GET'],
    ['/json', 'GET'],
    ['/length', 'GET'],
    ['/text', 'HEAD'],
    ['/none', 'GET'],
  ] as const) {
    const answer = await app.request(path, { method })
    if (path === '/none') await answer.text()
    assert.equal(onlyEnd(lines, traceOf(answer)).status, 'ok', path)
  }
})

test('hono, fetch alone: an error that the application answers is on the last line, and its answer is untouched', async () => {
  const { app, lines } = hono()
  app.onError((error, context) => context.json({ sorry: error.message }, 503))
  app.get('/', () => {
    throw new Error('boom')
  })
  const answer = await app.request('/')
  assert.deepEqual([answer.status, await answer.json()], [503, { sorry: 'boom' }])
  const end = onlyEnd(lines, traceOf(answer))
  assert.deepEqual(
    [end.status, end.metadata?.status, (end.error as { message?: unknown } | undefined)?.message],
    ['error', 503, 'boom'],
  )
})

test('hono, fetch alone: what is thrown and is no error is thrown on, and ends the trace as error', async () => {
  const { app, lines } = hono()
  app.get('/', () => {
    throw 'text'
  })
  await assert.rejects(
    async () => await app.request('/'),
    (thrown) => thrown === 'text',
  )
  assert.deepEqual(
    lines.filter(isEnd).map(({ status }) => status),
    ['error'],
  )
})

test('hono, fetch alone: a response whose headers cannot be changed is answered with the ids all the same', async () => {
  const { app, lines } = hono()
  app.get('/', () => Response.redirect('http://127.0.0.1/elsewhere', 307))
  const answer = await app.request('/')
  assert.deepEqual(
    [answer.status, answer.headers.get('location')],
    [307, 'http://127.0.0.1/elsewhere'],
  )
  assert.equal(onlyEnd(lines, traceOf(answer)).metadata?.status, 307)
})

test('hono, fetch alone: cookies are neither lost nor doubled, in a stream either', async () => {
  const { app } = hono()
  app.get('/', (context) => {
    context.header('set-cookie', 'a=1', { append: true })
    context.header('set-cookie', 'b=2', { append: true })
    return context.text('streamed')
  })
  const answer = await app.request('/')
  assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2'])
  assert.equal(await answer.text(), 'streamed')
})

test('hono, fetch alone: the pattern of a route in an application in an application is told whole', async () => {
  const { app, lines } = hono()
  app.route(
    '/api',
    new Hono().get('/users/:id', (context) => context.json({})),
  )
  const answer = await app.request('/api/users/alice?token=1')
  assert.equal(onlyEnd(lines, traceOf(answer)).metadata?.route, '/api/users/:id')
})

test('hono, fetch alone: a method that nobody knows is not written', async () => {
  const { app, lines } = hono()
  const answer = await app.request('/', { method: 'SECRET' })
  await answer.text()
  assert.ok(isTraceId(traceOf(answer)))
  assert.equal(onlyEnd(lines, traceOf(answer)).metadata?.method, 'OTHER')
  assert.ok(!JSON.stringify(lines).includes('SECRET'))
})
