import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newSpanId, newTraceId } from '@recount/record'
import { traceMiddleware } from '../src/middleware/lambda.ts'
import { isEnd, type Line, memory, onlyEnd } from './http-client.ts'

const CONTEXT = { awsRequestId: 'aws-1', functionName: 'answer' }
const [TRACE, SPAN] = [newTraceId(), newSpanId()]
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`

const REST = {
  httpMethod: 'GET',
  path: '/users/alice',
  resource: '/users/{id}',
  headers: { Traceparent: TRACEPARENT, 'X-Session-Id': 's-1' },
}
const HTTP_API = {
  version: '2.0',
  routeKey: 'GET /users/{id}',
  rawPath: '/users/alice',
  headers: { traceparent: TRACEPARENT, 'x-session-id': 's-1' },
  requestContext: { http: { method: 'GET', path: '/users/alice' } },
}
const BALANCER = {
  requestContext: { elb: { targetGroupArn: 'arn' } },
  httpMethod: 'GET',
  path: '/users/alice',
  multiValueHeaders: { traceparent: [TRACEPARENT], 'x-session-id': ['s-1'] },
}
const EVENTS = { REST, HTTP_API, BALANCER }

for (const [name, event] of Object.entries(EVENTS)) {
  test(`lambda: a ${name} event is traced around its handler, from its headers`, async () => {
    const { log, lines } = memory()
    const handler = traceMiddleware({ logger: log })(
      async (given: typeof event, context: typeof CONTEXT) => {
        log.info('inside')
        assert.deepEqual([given, context], [event, CONTEXT])
        return Object.freeze({
          statusCode: 201,
          body: 'made',
          headers: Object.freeze({ 'x-own': '1' }),
        })
      },
    )
    const answer = await handler(event, CONTEXT)
    assert.deepEqual(answer, {
      statusCode: 201,
      body: 'made',
      headers: { 'x-own': '1', 'X-Trace-ID': TRACE, 'X-Request-ID': 'aws-1' },
    })
    const end = onlyEnd(lines, TRACE)
    const route = name === 'BALANCER' ? {} : { route: '/users/{id}' }
    assert.deepEqual(end.metadata, { method: 'GET', ...route, status: 201 })
    assert.deepEqual(
      [end.status, end.parent_span_id, end.request_id, end.session_id, end.workflow],
      ['ok', SPAN, 'aws-1', 's-1', 'answer'],
    )
    assert.equal(lines.find(({ msg }) => msg === 'inside')?.span_id, end.span_id)
    assert.ok(!JSON.stringify(lines).includes('alice'))
  })
}

test('lambda: where no route matched, none is told', async () => {
  const { log, lines } = memory()
  const event = { ...HTTP_API, routeKey: '$default' }
  await traceMiddleware({ logger: log })(async (_event: object, _context: object) => 1)(
    event,
    CONTEXT,
  )
  assert.deepEqual(onlyEnd(lines, TRACE).metadata, { method: 'GET' })
})

test('lambda: an answer with lists of header values gets the ids there', async () => {
  const { log } = memory()
  const handler = traceMiddleware({ logger: log })(
    async (_event: object, _context: typeof CONTEXT) => ({
      statusCode: 200,
      multiValueHeaders: { 'x-own': ['1', '2'] },
    }),
  )
  assert.deepEqual(await handler(BALANCER, CONTEXT), {
    statusCode: 200,
    multiValueHeaders: { 'x-own': ['1', '2'], 'X-Trace-ID': [TRACE], 'X-Request-ID': ['aws-1'] },
  })
})

test('lambda: an answer that is no HTTP answer is given back as it is', async () => {
  const { log } = memory()
  const trace = traceMiddleware({ logger: log })
  for (const answer of [undefined, null, 'text', 7, { any: 'thing' }, [1]]) {
    assert.equal(
      await trace(async (_event: object, _context: object) => answer)(HTTP_API, CONTEXT),
      answer,
    )
    assert.equal(
      await trace(async (_event: object, _context: object) => answer)({ any: 'event' }, CONTEXT),
      answer,
    )
  }
  const status = { statusCode: 200 }
  assert.equal(
    await trace(async (_event: object, _context: object) => status)({ any: 'event' }, CONTEXT),
    status,
  )
})

function messages(count: number): object {
  const traceparent = { dataType: 'String', stringValue: TRACEPARENT }
  return {
    Records: Array.from({ length: count }, () => ({
      eventSource: 'aws:sqs',
      body: '{}',
      messageAttributes: { traceparent },
    })),
  }
}

test('lambda: one queue message continues its trace; several begin one of their own', async () => {
  const { log, lines } = memory()
  const handler = traceMiddleware({ logger: log })(
    async (_event: object, _context: object) => 'done',
  )
  await handler(messages(1), CONTEXT)
  await handler(messages(2), CONTEXT)
  const [one, several] = lines.filter(isEnd)
  assert.deepEqual([one?.trace_id, one?.parent_span_id, one?.metadata], [TRACE, SPAN, {}])
  assert.notEqual(several?.trace_id, TRACE)
  assert.equal(several?.parent_span_id, undefined)
})

test('lambda: what an event brings is not used where it is not trusted', async () => {
  const { log, lines } = memory()
  const trustIncoming = ({ event }: { event: unknown }): boolean => event !== REST
  await traceMiddleware({ logger: log, trustIncoming })(
    async (_event: object, _context: object) => 1,
  )(REST, CONTEXT)
  assert.notEqual(lines.find(isEnd)?.trace_id, TRACE)
})

test('lambda: a thrown error ends the trace once, as error, and is thrown on after the flush', async () => {
  for (const kind of ['thrown', 'rejected']) {
    const { log, lines } = memory()
    const told: string[] = []
    const flush = (done?: (error?: Error) => void): void => {
      told.push(`flushed after ${lines.filter(isEnd).length} end`)
      setImmediate(() => done?.())
    }
    const error = new Error('boom')
    const handler = traceMiddleware({ logger: { openTrace: log.openTrace.bind(log), flush } })(
      (_event: object, _context: object): Promise<string> => {
        if (kind === 'thrown') throw error
        return Promise.reject(error)
      },
    )
    await assert.rejects(handler(REST, CONTEXT), (thrown) => thrown === error)
    assert.deepEqual(told, ['flushed after 1 end'])
    const end = onlyEnd(lines, TRACE)
    assert.deepEqual([end.status, (end.error as Line).message], ['error', 'boom'])
  }
})

test('lambda: an answer of 5xx ends the trace as error', async () => {
  const { log, lines } = memory()
  await traceMiddleware({ logger: log })(async (_event: object, _context: object) => ({
    statusCode: 502,
  }))(REST, CONTEXT)
  assert.equal(onlyEnd(lines, TRACE).status, 'error')
})

test('lambda: the answer waits for the flush; a flush that never calls back, or throws, does not hold it', async (t) => {
  const { log } = memory()
  const openTrace = log.openTrace.bind(log)
  let flushed = false
  const slow = {
    openTrace,
    flush: (done?: () => void) =>
      setImmediate(() => {
        flushed = true
        done?.()
      }) as never,
  }
  await traceMiddleware({ logger: slow })(async (_event: object, _context: object) => 1)(
    REST,
    CONTEXT,
  )
  assert.ok(flushed)

  const broken = {
    openTrace,
    flush: () => {
      throw new Error('from flush')
    },
  }
  assert.equal(
    await traceMiddleware({ logger: broken })(async (_event: object, _context: object) => 1)(
      REST,
      CONTEXT,
    ),
    1,
  )

  t.mock.timers.enable({ apis: ['setTimeout'] })
  const answer = traceMiddleware({ logger: { openTrace, flush: () => t.mock.timers.tick(1000) } })(
    async (_event: object, _context: object) => 1,
  )(REST, CONTEXT)
  assert.equal(await answer, 1)
})

test('lambda: a handler that answers by callback is waited for', async () => {
  const { log, lines } = memory()
  const trace = traceMiddleware({ logger: log })
  const handler = trace(
    (
      _event: object,
      _context: object,
      callback: (error?: Error | string | null, result?: string) => void,
    ): void => {
      setImmediate(() => {
        log.info('late')
        callback(null, 'answered')
      })
    },
  )
  assert.equal(await handler(REST, CONTEXT), 'answered')
  assert.equal(lines.find(({ msg }) => msg === 'late')?.trace_id, TRACE)
  const failing = trace(
    (
      _event: object,
      _context: object,
      callback: (error?: Error | string | null, result?: string) => void,
    ): void => callback('no'),
  )
  await assert.rejects(failing(REST, CONTEXT), (thrown) => thrown === 'no')
})

test('lambda: strange events and contexts do not keep a handler from running', async () => {
  const { log } = memory()
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('from a getter')
      },
    },
  )
  const events = [
    undefined,
    null,
    0,
    '',
    [],
    { headers: null },
    { headers: 'x' },
    { Records: [null] },
    { Records: [] },
    hostile,
  ]
  const handler = traceMiddleware({ logger: log })(
    async (_event: unknown, _context: object) => 'ran',
  )
  for (const event of events) assert.equal(await handler(event, CONTEXT), 'ran')
  assert.equal(await handler({}, undefined as never), 'ran')
})
