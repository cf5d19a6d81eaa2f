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
