import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import { captureFetch, labelCalls } from '../src/index.ts'
import { calls, onlyCall } from './calls.ts'
import { ASK, completion } from './chat-wire.ts'
import { json, loopback } from './loopback.ts'
import { readAll, scene, validRecorder } from './scene.ts'

test('a Request object is passed on as it is, and recorded', async (t) => {
  const { server, recorded } = await scene(t, (_, response) => json(response, completion('Hi')))
  const request = new Request(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ASK),
  })
  let passed: unknown
  const fetch = captureFetch({
    logger: recorded.logger,
    fetch: (input, init) => {
      passed = input
      return globalThis.fetch(input, init)
    },
  })
  await readAll(await fetch(request))
  assert.equal(passed, request)
  assert.equal(server.seen[0]?.text, JSON.stringify(ASK))
  const call = onlyCall(recorded)
  assert.deepEqual([call.status, call.model], ['ok', 'gpt-4o'])
})

test('a Request whose body comes while it is sent is not waited for', async (t) => {
  const { fetch, server, recorded } = await scene(t, (_, response) =>
    json(response, completion('Hi')),
  )
  let send = (_: string): void => {}
  const body = new ReadableStream({
    start(controller) {
      send = (text) => {
        controller.enqueue(new TextEncoder().encode(text))
        controller.close()
      }
    },
  })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  const request = new Request(`${server.url}/v1/chat/completions`, {
    ...init,
    duplex: 'half',
  } as RequestInit)
  const answer = fetch(request)
  while (recorded.records('llm_call_started').length === 0) await tick()
  send(JSON.stringify(ASK))
  await readAll(await answer)
  assert.equal(server.seen[0]?.text, JSON.stringify(ASK))
  const call = onlyCall(recorded)
  assert.equal(call.status, 'ok')
  assert.deepEqual(recorded.content(call.span_id, 'files'), [{ type: 'application/json' }])
})

test('bodies that are no JSON are left alone; type and size are noted', async (t) => {
  const { fetch, server, recorded } = await scene(t, (_, response) =>
    json(response, { text: 'Hello' }),
  )
  const form = new FormData()
  form.append('model', 'whisper-1')
  form.append('file', new File(['some sound'], 'a.wav', { type: 'audio/wav' }))
  await readAll(
    await fetch(`${server.url}/v1/audio/transcriptions`, { method: 'POST', body: form }),
  )
  assert.match(server.seen[0]?.text ?? '', /some sound/)
  const call = onlyCall(recorded)
  assert.deepEqual([call.status, call.model], ['ok', 'whisper-1'])
  assert.deepEqual(recorded.content(call.span_id, 'files'), [
    { name: 'a.wav', type: 'audio/wav', size: 10 },
  ])
})

test('a stream as body reaches the server unread', async (t) => {
  const { fetch, server, recorded } = await scene(t, (_, response) =>
    json(response, completion('Hi')),
  )
  const body = new Blob([JSON.stringify(ASK)]).stream()
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit
  await readAll(await fetch(`${server.url}/v1/chat/completions`, init))
  assert.equal(server.seen[0]?.text, JSON.stringify(ASK))
  assert.equal(onlyCall(recorded).status, 'ok')
})

test('bytes of JSON are read as the text they are', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => json(response, completion('Hi')))
  await readAll(await ask({ body: new TextEncoder().encode(JSON.stringify(ASK)) }))
  const call = onlyCall(recorded)
  assert.equal(recorded.content(call.span_id, 'raw_request'), JSON.stringify(ASK))
})

test('what is no model call is not recorded', async (t) => {
  const { fetch, server, recorded } = await scene(t, (_, response) => json(response, { data: [] }))
  for (const [path, init] of [
    ['/v1/models', {}],
    ['/v1/files', { method: 'POST', body: 'x' }],
    ['/orders', { method: 'POST', body: '{"model":"T","messages":[]}' }],
  ] as const)
    await readAll(await fetch(`${server.url}${path}`, init))
  assert.equal(server.seen.length, 3)
  assert.equal(recorded.records().length, 0)
})

test('an endpoint in a format that nobody knows is recorded where its provider was named', async (t) => {
  const server = await loopback(t, (_, response) => json(response, { words: ['Hello'] }))
  const recorded = validRecorder(t)
  const fetch = captureFetch({ logger: recorded.logger, provider: 'acme' })
  const body = JSON.stringify({ model: 'acme-1', ask: 'Hello?' })
  await readAll(await fetch(`${server.url}/think`, { method: 'POST', body }))
  const call = onlyCall(recorded)
  assert.deepEqual([call.provider, call.model, call.status], ['acme', 'acme-1', 'ok'])
  assert.equal(recorded.content(call.span_id, 'raw_response'), '{"words":["Hello"]}')
})

test('a configured base URL says whose format its paths are in', async (t) => {
  const server = await loopback(t, (_, response) => json(response, completion('Hi')))
  const recorded = validRecorder(t)
  const baseUrls = { [`${server.url}/gateway/`]: 'groq' }
  const fetch = captureFetch({ logger: recorded.logger, baseUrls })
  for (const path of ['/gateway/v1/chat/completions', '/gatewayed/v1/chat/completions'])
    await readAll(await fetch(server.url + path, { method: 'POST', body: JSON.stringify(ASK) }))
  assert.deepEqual(
    calls(recorded).map(({ provider }) => provider),
    ['groq', 'openai'],
  )
})

test('an answer beyond the budget reaches the reader whole, and its copy is cut', async (t) => {
  const long = completion('x'.repeat(100_000))
  const server = await loopback(t, (_, response) => json(response, long))
  const recorded = validRecorder(t)
  const fetch = captureFetch({ logger: recorded.logger, copyBytes: 1000 })
  const init = { method: 'POST', body: JSON.stringify(ASK) }
  const response = await fetch(`${server.url}/v1/chat/completions`, init)
  assert.deepEqual(await response.json(), long)
  const call = onlyCall(recorded)
  assert.equal(call.status, 'ok')
  assert.equal((recorded.content(call.span_id, 'raw_response') as string).length, 1000)
})

test('two layers of capture record a call once', async (t) => {
  const server = await loopback(t, (_, response) => json(response, completion('Hi')))
  const recorded = validRecorder(t)
  const inner = captureFetch({ logger: recorded.logger })
  const outer = captureFetch({ logger: recorded.logger, fetch: inner })
  const init = { method: 'POST', body: JSON.stringify(ASK) }
  await readAll(await outer(`${server.url}/v1/chat/completions`, init))
  assert.equal(onlyCall(recorded).status, 'ok')
})

test('labels reach every call that is made inside', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => json(response, completion('Hi')))
  await labelCalls({ prompt: { name: 'greet', version: 3 }, tags: ['a'] }, () =>
    labelCalls({ message_id: 'm-1', content: ['output'] }, async () =>
      readAll(await ask({ body: JSON.stringify(ASK) })),
    ),
  )
  const call = onlyCall(recorded)
  assert.deepEqual(
    [call.prompt, call.message_id, call.tags, call.content?.map(({ part }) => part)],
    [{ name: 'greet', version: 3 }, 'm-1', ['a'], ['output']],
  )
})

test('a fetch that throws at once throws what it threw', async (t) => {
  const recorded = validRecorder(t)
  const broken = new TypeError('broken')
  const fetch = captureFetch({
    logger: recorded.logger,
    fetch: () => {
      throw broken
    },
  })
  const init = { method: 'POST', body: JSON.stringify(ASK) }
  assert.throws(() => fetch('http://127.0.0.1/v1/chat/completions', init), broken)
  assert.equal(onlyCall(recorded).status, 'error')
})

test('wrong options are refused with CAPTURE_OPTION_INVALID', () => {
  const wrong: [object, RegExp][] = [
    [{ loger: 1 }, /`loger`/],
    [{ logger: {} }, /`logger`/],
    [{ fetch: 1 }, /`fetch`/],
    [{ copyBytes: -1 }, /`copyBytes`/],
    [{ baseUrls: { nowhere: 'openai' } }, /`baseUrls`/],
    [{ baseUrls: { 'http://x/': 7 } }, /`baseUrls/],
    [{ provider: 7 }, /`provider`/],
  ]
  for (const [options, message] of wrong)
    assert.throws(() => captureFetch(options), { code: 'CAPTURE_OPTION_INVALID', message })
})
