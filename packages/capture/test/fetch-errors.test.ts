import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import { calls, onlyCall, outputText } from './calls.ts'
import { ASK, delta, event } from './chat-wire.ts'
import { events, json } from './loopback.ts'
import { readAll, scene } from './scene.ts'

test('a connection that never opens is an error', async (t) => {
  const { fetch, recorded } = await scene(t, () => {})
  const closed = 'http://127.0.0.1:9/v1/chat/completions'
  await assert.rejects(fetch(closed, { method: 'POST', body: JSON.stringify(ASK) }))
  assert.equal(onlyCall(recorded).status, 'error')
})

test('an HTTP error is an error with what the provider says, and its body is still there', async (t) => {
  const error = { message: 'Slow down', type: 'requests', code: 'rate_limit_exceeded', param: null }
  const { ask, recorded } = await scene(t, (_, response) => json(response, { error }, 429))
  const response = await ask()
  assert.equal(response.status, 429)
  assert.deepEqual(await response.json(), { error })
  const call = onlyCall(recorded)
  assert.deepEqual(
    [call.status, call.error?.status, call.error?.code, call.error?.message],
    ['error', 429, 'rate_limit_exceeded', 'Slow down'],
  )
  assert.deepEqual([call.input_tokens, call.usage_source], [undefined, undefined])
})

test('an HTTP error whose body is thrown away unread still says why', async (t) => {
  const error = { message: 'Overloaded', type: 'server_error', code: null, param: null }
  const { ask, recorded } = await scene(t, (_, response) => json(response, { error }, 503))
  const response = await ask()
  await response.body?.cancel()
  while (calls(recorded).length === 0) await tick()
  assert.deepEqual(
    [onlyCall(recorded).error?.status, onlyCall(recorded).error?.message],
    [503, 'Overloaded'],
  )
})

test('an HTTP error whose body nobody touches still has its last line', async (t) => {
  const { ask, recorded, server } = await scene(t, (_, response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>')
  })
  await ask()
  await server.closed(1)
  while (calls(recorded).length === 0) await tick()
  assert.deepEqual([onlyCall(recorded).status, onlyCall(recorded).error?.status], ['error', 502])
})

test('when to come back is on the line of a refused call, from headers, body and details', async (t) => {
  const delay = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }
  const quota = { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota', details: [delay] }
  const refusals: [object, object, number][] = [
    [{ error: { message: 'Slow down', type: 'requests' } }, { 'retry-after': '5' }, 5000],
    [{ error: { message: 'Slow down', type: 'requests' } }, { 'retry-after-ms': '1500' }, 1500],
    [{ error: quota }, {}, 7000],
  ]
  for (const [body, headers, ms] of refusals) {
    const { ask, recorded } = await scene(t, (_, response) => json(response, body, 429, headers))
    await (await ask()).text()
    assert.equal(onlyCall(recorded).diagnosis?.retry_after_ms, ms)
  }
})

test('an HTTP error without a name of its own has one, and so has an error inside of HTTP 200', async (t) => {
  const page = '<html><head><title>502 Bad Gateway</title></head></html>'
  const refused = await scene(t, (_, response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end(page)
  })
  await (await refused.ask()).text()
  assert.deepEqual(onlyCall(refused.recorded).error?.type, 'HttpError')
  const told = await scene(t, (_, response) => json(response, { error: 'no such model' }))
  await (await told.ask({ body: JSON.stringify(ASK) })).text()
  assert.deepEqual(onlyCall(told.recorded).error?.type, 'ProviderError')
})

test('a page in place of an answer is an error that says what came, and costs nothing', async (t) => {
  const page = '<!doctype html><html><head><title>Log\n in</title></head><body>…</body></html>'
  for (const stream of [true, false]) {
    const { ask, recorded } = await scene(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
    })
    assert.equal(await readAll(await ask({ body: JSON.stringify({ ...ASK, stream }) })), page)
    const call = onlyCall(recorded)
    assert.deepEqual([call.status, call.error?.type], ['error', 'UnexpectedAnswer'])
    assert.match(call.error?.message ?? '', /got a page \(text\/html, titled “Log in”\)/)
    assert.deepEqual(
      [call.cost_usd, call.input_tokens, call.usage_source],
      [undefined, undefined, undefined],
    )
  }
})

test('an error inside of a stream is an error of the call, with what had come', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => {
    const error = { message: 'The server had an error', type: 'server_error' }
    events(response).end(`${delta({ content: 'Half' })}${event({ error })}`)
  })
  await readAll(await ask())
  const call = onlyCall(recorded)
  assert.deepEqual(
    [call.status, call.error?.message, outputText(recorded, call)],
    ['partial', 'The server had an error', 'Half'],
  )
})

test('an error inside of HTTP 200 is an error', async (t) => {
  const error = { message: 'No such model', code: 404 }
  const { ask, recorded } = await scene(t, (_, response) => json(response, { error }))
  await readAll(await ask({ body: JSON.stringify(ASK) }))
  assert.deepEqual(
    [onlyCall(recorded).status, onlyCall(recorded).error?.message],
    ['error', 'No such model'],
  )
})

test('an answer that is no JSON is an error', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "chatcm')
  })
  await readAll(await ask({ body: JSON.stringify(ASK) }))
  assert.deepEqual(
    [onlyCall(recorded).status, onlyCall(recorded).error?.type],
    ['error', 'AnswerCut'],
  )
})

test('an HTTP error whose body never ends stays one when the caller aborts, which is noted as its cause', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => {
    response.writeHead(500, { 'content-type': 'application/json' }).write('{"error": {')
  })
  const stop = new AbortController()
  const response = await ask({ signal: stop.signal })
  const reading = response.text()
  stop.abort()
  await assert.rejects(reading, { name: 'AbortError' })
  const { status, error } = onlyCall(recorded)
  assert.deepEqual([status, error?.status, error?.cause?.type], ['error', 500, 'AbortError'])
})

test('an error inside of a stream stays one when the caller aborts', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => {
    const error = { message: 'The server had an error', type: 'server_error' }
    events(response).write(`${delta({ content: 'Half' })}${event({ error })}`)
  })
  const stop = new AbortController()
  const response = await ask({ signal: stop.signal })
  await assert.rejects(async () => {
    for await (const _ of response.body ?? []) stop.abort()
  })
  const { status, error } = onlyCall(recorded)
  assert.deepEqual(
    [status, error?.message, error?.cause?.type],
    ['partial', 'The server had an error', 'AbortError'],
  )
})

const ODD_HEADS = ['429 Zu viele – später', '999 Odd', '299 ', '500 caf\u00e9']

for (const head of ODD_HEADS)
  test(`an answer that begins with \`${head}\` reaches the caller as it is, and has one last line`, async (t) => {
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.end(
          `HTTP/1.1 ${head}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`,
        )
      })
    }).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { fetch, recorded } = await scene(t, () => {})
    const look = async (own: typeof fetch): Promise<unknown[]> => {
      const url = `http://127.0.0.1:${port}/v1/chat/completions`
      const response = await own(url, { method: 'POST', body: JSON.stringify(ASK) })
      const { status, statusText, ok } = response.clone()
      return [status, statusText, ok, response.statusText, await response.text()]
    }
    assert.deepEqual(await look(fetch), await look(globalThis.fetch))
    const { status } = onlyCall(recorded)
    assert.equal(status, head.startsWith('2') ? 'ok' : 'error')
  })
