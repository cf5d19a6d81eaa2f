import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { onlyCall } from './calls.ts'
import { ASK, chatStream, completion, delta } from './chat-wire.ts'
import { events, json } from './loopback.ts'
import { readAll, scene } from './scene.ts'

test('the wire text of request and answer is kept byte for byte', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) =>
    events(response).end(chatStream('wörld 🌍').join('')),
  )
  await readAll(await ask())
  const { span_id } = onlyCall(recorded)
  assert.equal(recorded.content(span_id, 'raw_request'), JSON.stringify({ ...ASK, stream: true }))
  assert.equal(recorded.content(span_id, 'raw_response'), chatStream('wörld 🌍').join(''))
})

test('an answer that is read twice, from clones, has one last line', async (t) => {
  const { ask, recorded, server } = await scene(t, (_, response) =>
    events(response).end(chatStream('Hello').join('')),
  )
  const response = await ask()
  const clone = response.clone()
  assert.equal(await readAll(response), await readAll(clone))
  assert.equal(clone.url, `${server.url}/v1/chat/completions`)
  await assert.rejects(response.text(), TypeError)
  assert.equal(onlyCall(recorded).status, 'ok')
})

test('back-pressure reaches the server: nothing is read that nobody wants', async (t) => {
  const { ask } = await scene(t, async (_, response) => {
    events(response)
    const piece = delta({ content: 'x'.repeat(100_000) })
    let written = 0
    while (response.write(piece) && written < 1000) written += 1
    assert.ok(written < 1000, 'the server was never told to wait')
    await once(response, 'close')
  })
  const response = await ask()
  const reader = response.body?.getReader()
  await reader?.read()
  await reader?.cancel()
})

test('response and request stay as they are', async (t) => {
  const { ask, server } = await scene(t, (_, response) =>
    json(response, completion('Hi'), 201, { 'set-cookie': ['a=1', 'b=2'], 'x-own': 'yes' }),
  )
  const bare = await globalThis.fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    body: '{}',
  })
  const response = await ask({ body: JSON.stringify(ASK) })
  const look = (of: Response): unknown => [
    [of.status, of.statusText, of.ok, of.url, of.redirected, of.type, of.bodyUsed],
    [of.headers.get('x-own'), of.headers.getSetCookie(), of instanceof Response],
    [of.headers.get('content-type'), of.body instanceof ReadableStream],
  ]
  assert.deepEqual(look(response), look(bare))
  assert.equal(server.seen[1]?.text, JSON.stringify(ASK))
})

test('a body of bytes can be read into a buffer of the reader', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => json(response, completion('Hi')))
  const { body } = await ask({ body: JSON.stringify(ASK) })
  const reader = body?.getReader({ mode: 'byob' })
  let text = ''
  for (;;) {
    const part = await reader?.read(new Uint8Array(7))
    if (part === undefined || part.done) break
    text += Buffer.from(part.value).toString()
  }
  assert.equal(text, JSON.stringify(completion('Hi')))
  assert.equal(onlyCall(recorded).status, 'ok')
})

test('a refusal of bytes can be read into a buffer of the reader', async (t) => {
  const said = { error: { message: 'Slow down', type: 'requests' } }
  const { ask, recorded } = await scene(t, (_, response) => json(response, said, 429))
  const reader = (await ask()).body?.getReader({ mode: 'byob' })
  let text = ''
  for (;;) {
    const part = await reader?.read(new Uint8Array(7))
    if (part === undefined || part.done) break
    text += Buffer.from(part.value).toString()
  }
  assert.equal(text, JSON.stringify(said))
  assert.equal(onlyCall(recorded).error?.message, 'Slow down')
})

test('who throws a refusal away does not wait for what is still to come of it', async (t) => {
  const { ask, recorded, server } = await scene(t, (_, response) => {
    response.writeHead(500, { 'content-type': 'application/json' })
    response.write('{"error":')
  })
  const response = await ask()
  await response.body?.cancel()
  assert.equal(recorded.records('llm_call').length, 0)
  assert.equal(await server.closed(1), 'cut')
  assert.equal(onlyCall(recorded).error?.status, 500)
})

for (const status of [200, 500])
  test(`who reads an answer of status ${status} after an abort gets the error of the bare fetch`, async (t) => {
    const { fetch, server } = await scene(t, (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.write('{"id":')
    })
    const read = async (by: typeof fetch, how: 'text' | 'json' | 'reader', reason?: unknown) => {
      const stop = new AbortController()
      const init = { method: 'POST', body: JSON.stringify(ASK), signal: stop.signal }
      const response = await by(`${server.url}/v1/chat/completions`, init)
      stop.abort(reason)
      const reading = how === 'reader' ? response.body?.getReader().read() : response[how]()
      const error = await reading?.then(
        () => assert.fail('read'),
        (thrown: unknown) => thrown,
      )
      const { name, message } = error as Error
      return [error === stop.signal.reason, name, message, error instanceof DOMException]
    }
    for (const how of ['text', 'json', 'reader'] as const)
      for (const reason of [undefined, new Error('mine')])
        assert.deepEqual(await read(fetch, how, reason), await read(globalThis.fetch, how, reason))
  })
