import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { isTraceId, newSpanId, newTraceId } from '@recount/record'
import { APPS } from './http-apps.ts'
import { behaviour } from './http-behaviour.ts'
import { isEnd, memory, run } from './http-client.ts'
import { endOf, story, traceOf } from './http-story.ts'

for (const app of APPS) {
  test(`${app.name}: a valid traceparent is continued, ids are told and bound`, async (t) => {
    const { ask, ...kept } = await story(t, app)
    const [trace_id, span_id] = [newTraceId(), newSpanId()]
    const answer = await ask('/users/7', {
      headers: {
        traceparent: `00-${trace_id}-${span_id}-01`,
        'x-request-id': 'req-1',
        'x-session-id': 's-1',
      },
    })
    assert.deepEqual(
      [answer.headers['x-trace-id'], answer.headers['x-request-id']],
      [trace_id, 'req-1'],
    )
    const end = await endOf(kept, trace_id)
    const { parent_span_id, request_id, session_id, status, metadata } = end
    assert.deepEqual(
      { parent_span_id, request_id, session_id, status },
      { parent_span_id: span_id, request_id: 'req-1', session_id: 's-1', status: 'ok' },
    )
    assert.deepEqual(metadata, {
      method: 'GET',
      ...(app.route && { route: app.route }),
      status: 200,
    })
  })

  test(`${app.name}: ids that are no ids are replaced and named, without what they said`, async (t) => {
    const { ask, ...kept } = await story(t, app)
    const answer = await ask('/users/7', {
      headers: {
        traceparent: '00-evil-01',
        'x-trace-id': 'evil',
        'x-request-id': 'evil one',
        'x-session-id': 'evil"',
      },
    })
    assert.ok(isTraceId(traceOf(answer)))
    const end = await endOf(kept, traceOf(answer))
    assert.equal(end.session_id, undefined)
    assert.equal(end.request_id, answer.headers['x-request-id'])
    for (const header of ['traceparent', 'x-trace-id', 'x-request-id', 'x-session-id']) {
      assert.ok(String(end.metadata?.ignored_headers).includes(header))
    }
    assert.ok(!JSON.stringify(kept.lines).includes('evil'))
  })

  test(`${app.name}: what a request brings is not used where it is not trusted`, async (t) => {
    const { ask, ...kept } = await story(t, app, { trustIncoming: () => false })
    const [trace_id, span_id] = [newTraceId(), newSpanId()]
    const answer = await ask('/users/7', {
      headers: {
        traceparent: `00-${trace_id}-${span_id}-01`,
        'x-request-id': 'mine',
        'x-session-id': 'mine',
      },
    })
    assert.notEqual(traceOf(answer), trace_id)
    assert.notEqual(answer.headers['x-request-id'], 'mine')
    const end = await endOf(kept, traceOf(answer))
    assert.equal(end.parent_span_id, undefined)
    assert.ok(
      !/mine/.test(JSON.stringify(kept.lines)) && !JSON.stringify(kept.lines).includes(trace_id),
    )
  })

  for (const path of ['/fail', '/reject']) {
    test(`${app.name}: ${path}: a thrown error ends the trace once, as error, with what was thrown`, async (t) => {
      const { ask, ...kept } = await story(t, app)
      const answer = await ask(path)
      assert.equal(answer.status, 500)
      const end = await endOf(kept, traceOf(answer))
      assert.equal(end.status, 'error')
      assert.equal((end.error as { message?: unknown }).message, 'boom')
      assert.equal(end.metadata?.status, app.failedStatus)
      assert.equal(end.request_id, answer.headers['x-request-id'])
    })
  }

  test(`${app.name}: a client that goes away ends the trace once, as aborted`, async (t) => {
    const { until, lines, gate, port } = await story(t, app)
    const request = http.get({ host: '127.0.0.1', port, path: '/hang' })
    await until(1, ({ msg }) => msg === 'hanging')
    request.on('error', () => {})
    request.destroy()
    const [end] = await until(1, isEnd)
    assert.equal(end?.status, 'aborted')
    assert.equal(end?.metadata?.status, undefined)
    gate.emit('release')
    const [late] = await until(1, ({ msg }) => msg === 'released')
    assert.equal(late?.trace_id, end?.trace_id)
    assert.equal(lines.filter(isEnd).length, 1)
  })

  test(`${app.name}: a streamed response ends the trace when its body ends, and lines written on the way belong to it`, async (t) => {
    const { open, gate, ...kept } = await story(t, app)
    const response = await open('/stream')
    const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]()
    assert.equal((await chunks.next()).value, 'first,')
    assert.equal(kept.lines.filter(isEnd).length, 0)
    gate.emit('release')
    assert.equal((await chunks.next()).value, 'last')
    assert.equal((await chunks.next()).done, true)
    const end = await endOf(kept, traceOf(response))
    assert.deepEqual([end.status, end.metadata?.status], ['ok', 200])
    const parts = kept.lines.filter(({ msg }) => String(msg).endsWith('part'))
    assert.equal(parts.length, 2)
    if (app.name !== 'koa') for (const part of parts) assert.equal(part.trace_id, end.trace_id)
  })

  test(`${app.name}: a client that goes away in the middle of a stream ends the trace once, as aborted`, async (t) => {
    const { open, until, lines, gate } = await story(t, app)
    const response = await open('/stream', { agent: false })
    await response.setEncoding('utf8')[Symbol.asyncIterator]().next()
    response.destroy()
    const [end] = await until(1, isEnd)
    assert.deepEqual(
      [end?.status, end?.trace_id, end?.metadata?.status],
      ['aborted', traceOf(response), 200],
    )
    gate.emit('release')
    await until(1, ({ msg }) => msg === 'last part')
    assert.equal(lines.filter(isEnd).length, 1)
  })

  test(`${app.name}: what is done while a body is read belongs to the trace`, async (t) => {
    const { ask, ...kept } = await story(t, app)
    const body = 'x'.repeat(300_000)
    const answer = await ask(
      '/echo',
      { method: 'POST', headers: { 'content-type': 'text/plain' } },
      body,
    )
    assert.equal(answer.body, body)
    const end = await endOf(kept, traceOf(answer))
    assert.equal(end.metadata?.method, 'POST')
    for (const msg of ['a chunk', 'the body']) {
      const read = kept.lines.filter((line) => line.msg === msg)
      assert.ok(read.length > 0)
      for (const line of read) assert.equal(line.trace_id, traceOf(answer))
    }
  })

  test(`${app.name}: answers are those that the application gives without the middleware`, async (t) => {
    const kept = memory()
    const bare = await run(await app.start(behaviour(kept.log), undefined))
    t.after(bare.stop)
    const traced = await story(t, app)
    for (const path of ['/users/1?a=b', '/fail', '/reject', '/refuse', '/missing', '/health']) {
      const [expected, got] = [await bare.ask(path), await traced.ask(path)]
      const {
        'x-trace-id': trace_id,
        'x-request-id': request_id,
        date: _,
        ...headers
      } = got.headers
      const { date: __, ...expectedHeaders } = expected.headers
      assert.deepEqual(
        [got.status, got.body, headers],
        [expected.status, expected.body, expectedHeaders],
        path,
      )
      assert.ok(isTraceId(trace_id) && typeof request_id === 'string', path)
    }
  })

  test(`${app.name}: a route that is not there is told by no path; a refusal is no error`, async (t) => {
    const { ask, ...kept } = await story(t, app)
    const missing = await ask('/missing/alice?token=1')
    const end = await endOf(kept, traceOf(missing))
    assert.deepEqual([end.status, end.metadata], ['ok', { method: 'GET', status: 404 }])
    const refused = await ask('/refuse')
    assert.ok(refused.status >= 400 && refused.status < 500)
    assert.equal((await endOf(kept, traceOf(refused))).status, 'ok')
    assert.ok(!JSON.stringify(kept.lines).includes('alice'))
  })

  test(`${app.name}: options that throw do not reach the request, and it is traced without their answer`, async (t) => {
    const fail = (): never => {
      throw new Error('from an option')
    }
    const options = { trustIncoming: fail, name: fail, route: fail, bindings: fail, ignore: fail }
    const { ask, ...kept } = await story(t, app, options)
    const trace_id = newTraceId()
    const answer = await ask('/users/5', { headers: { 'x-trace-id': trace_id } })
    assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, { id: '5' }])
    assert.notEqual(traceOf(answer), trace_id)
    assert.equal((await endOf(kept, traceOf(answer))).status, 'ok')
  })

  test(`${app.name}: a logger that fails does not reach the request`, async (t) => {
    const { log } = memory()
    const fail = (): never => {
      throw new Error('from the logger')
    }
    const broken = { openTrace: fail, flush: fail }
    const running = await run(await app.start(behaviour(log), { logger: broken }))
    t.after(running.stop)
    assert.equal((await running.ask('/users/5')).status, 200)
    assert.equal((await running.ask('/fail')).status, 500)
  })

  test(`${app.name}: options name, bind, route and ignore; what they bind wins over headers`, async (t) => {
    const { ask, ...kept } = await story(t, app, {
      name: () => 'answer',
      route: () => '/own',
      // What a caller writes as `request.user?.id` must not hide what the request brought.
      bindings: () => ({
        session_id: 'ours',
        tags: ['a'],
        metadata: { plan: 'pro' },
        request_id: undefined as never,
      }),
      ignore: (request) => JSON.stringify(urlOf(request)).includes('health'),
    })
    const health = await ask('/health')
    assert.deepEqual([health.body, traceOf(health)], ['ok', undefined])
    const answer = await ask('/users/5', {
      headers: { 'x-session-id': 'theirs', 'x-request-id': 'theirs' },
    })
    const { workflow, session_id, tags, metadata, request_id } = await endOf(kept, traceOf(answer))
    assert.deepEqual(
      { workflow, session_id, tags, metadata, request_id },
      {
        workflow: 'answer',
        session_id: 'ours',
        tags: ['a'],
        metadata: { method: 'GET', plan: 'pro', route: '/own', status: 200 },
        request_id: 'theirs',
      },
    )
    assert.equal(kept.lines.filter(isEnd).length, 1)
  })
}

function urlOf(request: object): unknown {
  const { url, req } = request as { url?: string; req?: { url?: string } }
  return url ?? req?.url
}
