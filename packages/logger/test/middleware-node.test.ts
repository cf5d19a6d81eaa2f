import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import net, { type AddressInfo } from 'node:net'
import { PassThrough, pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { newSpanId, newTraceId } from '@recount/record'
import { traceMiddleware } from '../src/middleware/node.ts'
import type { HttpTraceOptions } from '../src/middleware/settings.ts'
import { isEnd, type Memory, memory, type Running, run } from './http-client.ts'
import { endOf, traceOf } from './http-story.ts'

type Trace = ReturnType<typeof traceMiddleware>

async function serve(
  t: TestContext,
  handler: http.RequestListener,
  options: HttpTraceOptions<http.IncomingMessage> = {},
): Promise<Memory & Running> {
  return serveTraced(
    t,
    (trace) => (request, response) => trace(request, response, () => handler(request, response)),
    options,
  )
}

async function serveTraced(
  t: TestContext,
  listenerOf: (trace: Trace) => http.RequestListener,
  options: HttpTraceOptions<http.IncomingMessage> = {},
): Promise<Memory & Running> {
  const kept = memory()
  const running = await run(
    http.createServer(listenerOf(traceMiddleware({ logger: kept.log, ...options }))),
  )
  t.after(running.stop)
  return { ...kept, ...running }
}

test('node: gives back what the handler gives, and throws what it throws', async () => {
  const trace = traceMiddleware({ logger: memory().log })
  const request = new http.IncomingMessage(new net.Socket())
  const around = <T>(next: () => T): T => trace(request, new http.ServerResponse(request), next)
  const answer = {}
  assert.equal(
    around(() => answer),
    answer,
  )
  assert.equal(await around(() => Promise.resolve(answer)), answer)
  const error = new Error('boom')
  assert.throws(
    () =>
      around(() => {
        throw error
      }),
    (thrown) => thrown === error,
  )
  await assert.rejects(
    around(() => Promise.reject(error)),
    (thrown) => thrown === error,
  )
})

test('node: a rejection that nobody handles is told as such, once', async () => {
  const trace = traceMiddleware({ logger: memory().log })
  const request = new http.IncomingMessage(new net.Socket())
  const error = new Error('nobody handles this')
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  const told: unknown[] = []
  process.on('unhandledRejection', (reason) => told.push(reason))
  trace(request, new http.ServerResponse(request), () => Promise.reject(error)) as unknown
  await new Promise((resolve) => setImmediate(resolve))
  process.removeAllListeners('unhandledRejection')
  for (const listener of listeners) process.on('unhandledRejection', listener)
  assert.deepEqual(told, [error])
})

test('node: what a handler threw is written when it is thrown, for nobody may be left to write it', () => {
  const { log, lines } = memory()
  const trace = traceMiddleware({ logger: log })
  const request = new http.IncomingMessage(new net.Socket())
  const fail = (): never => {
    assert.equal(lines.filter(isEnd).length, 0)
    throw new Error('boom')
  }
  try {
    trace(request, new http.ServerResponse(request), fail)
    assert.fail('the error was kept')
  } catch {
    assert.equal(lines.filter(isEnd).length, 1)
  }
})

test('node: a request is traced once, however often the middleware is mounted', async (t) => {
  const { ask, ...kept } = await serveTraced(t, (trace) => (request, response) => {
    trace(request, response, () => trace(request, response, () => response.end('ok')))
  })
  const answer = await ask('/')
  await endOf(kept, traceOf(answer))
  assert.equal(kept.lines.filter(isEnd).length, 1)
})

test('node: a server that was started inside a trace does not draw its requests into it', async (t) => {
  const { log, until } = memory()
  const trace = traceMiddleware({ logger: log })
  const server = http.createServer((request, response) =>
    trace(request, response, () => response.end('ok')),
  )
  const running = await log.trace('start up', { session_id: 'boot' }, () => run(server))
  t.after(running.stop)
  await running.ask('/')
  const [boot, request] = await until(2, isEnd)
  assert.notEqual(request?.trace_id, boot?.trace_id)
  assert.notEqual(request?.request_id, boot?.request_id)
  assert.deepEqual([request?.parent_span_id, request?.session_id], [undefined, undefined])
})

test('node: a response that is over before the middleware runs ends the trace at once', async (t) => {
  const { until, port } = await serveTraced(t, (trace) => (request, response) => {
    response.on('close', () => trace(request, response, () => undefined))
  })
  const request = http.get({ host: '127.0.0.1', port })
  request.on('error', () => {})
  request.on('socket', (socket) =>
    socket.on('connect', () => setImmediate(() => request.destroy())),
  )
  const [end] = await until(1, isEnd)
  assert.equal(end?.status, 'aborted')
})

test('node: a stream that breaks in the middle of a response is an error, not the doing of the client', async (t) => {
  const { open, until } = await serve(t, (_request, response) => {
    const source = new PassThrough()
    source.write('begun')
    pipeline(source, response, () => {})
    setImmediate(() => source.destroy(new Error('the source broke')))
  })
  const response = await open('/').catch(() => undefined)
  await (response ? text(response).catch(() => '') : undefined)
  const [end] = await until(1, isEnd)
  assert.deepEqual(
    [end?.status, (end?.error as { message?: unknown } | undefined)?.message],
    ['error', 'the source broke'],
  )
})

test('node: what listens to the response runs in the trace', async (t) => {
  const served: Memory & Running = await serve(t, (_request, response) => {
    response.on('finish', () => served.log.info('response finished'))
    response.on('close', () => served.log.info('response closed'))
    response.end('ok')
  })
  const answer = await served.ask('/')
  const told = await served.until(2, ({ msg }) => String(msg).startsWith('response'))
  for (const line of told) assert.equal(line.trace_id, traceOf(answer))
})

test('node: white space around a traceparent header is no part of it', async (t) => {
  const { port, until } = await serve(t, (_request, response) => void response.end('ok'))
  const [trace_id, span_id] = [newTraceId(), newSpanId()]
  const socket = net.connect(port, '127.0.0.1')
  socket.end(
    `GET / HTTP/1.1\r\nhost: x\r\nTraceParent: \t 00-${trace_id}-${span_id}-01 \t \r\nconnection: close\r\n\r\n`,
  )
  socket.resume()
  const [end] = await until(1, isEnd)
  assert.deepEqual([end?.trace_id, end?.parent_span_id], [trace_id, span_id])
})

test('node: two traceparent headers are refused, as the specification says', async (t) => {
  const { port, until } = await serve(t, (_request, response) => void response.end('ok'))
  const one = `traceparent: 00-${newTraceId()}-${newSpanId()}-01\r\n`
  const socket = net.connect(port, '127.0.0.1')
  socket.end(`GET / HTTP/1.1\r\nhost: x\r\n${one}${one}connection: close\r\n\r\n`)
  socket.resume()
  const [end] = await until(1, isEnd)
  assert.ok(!one.includes(String(end?.trace_id)))
  assert.match(String(end?.metadata?.ignored_headers), /traceparent/)
})

test('node: a request id that is no header value is bound, not sent, and the request is served', async (t) => {
  const { ask, until } = await serve(t, (_request, response) => void response.end('ok'), {
    bindings: () => ({ request_id: 'two\nlines' }),
  })
  const answer = await ask('/')
  assert.deepEqual([answer.status, answer.headers['x-request-id']], [200, undefined])
  assert.equal((await until(1, isEnd))[0]?.request_id, 'two\nlines')
})

test('node: a silent logger tells no ids and changes nothing else', async (t) => {
  const { log } = memory()
  log.level = 'silent'
  const { ask } = await serve(t, (_request, response) => void response.end('ok'), { logger: log })
  const { status, headers } = await ask('/')
  assert.deepEqual(
    [status, headers['x-trace-id'], headers['x-request-id']],
    [200, undefined, undefined],
  )
})

test('node: HTTP/2 streams are traced, and a cancelled one is aborted', async (t) => {
  const { log, until } = memory()
  const trace = traceMiddleware<never>({ logger: log })
  const server = http2.createServer((request, response) => {
    trace(request as never, response as never, () => {
      if (request.url === '/') response.end('ok')
      else response.write('begun')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.after(() => {
    client.destroy()
    server.close()
  })
  const whole = client.request({ ':path': '/' })
  const [headers] = (await once(whole, 'response')) as [http2.IncomingHttpHeaders]
  whole.resume()
  const [end] = await until(1, isEnd)
  assert.deepEqual([end?.status, end?.trace_id], ['ok', headers['x-trace-id']])
  const cancelled = client.request({ ':path': '/hang' })
  await once(cancelled, 'data')
  cancelled.close(http2.constants.NGHTTP2_CANCEL)
  const [, second] = await until(2, isEnd)
  assert.equal(second?.status, 'aborted')
})
