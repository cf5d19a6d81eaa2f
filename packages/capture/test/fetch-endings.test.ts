import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import { captureFetch } from '../src/index.ts'
import { calls, onlyCall, outputText } from './calls.ts'
import { ASK, chatStream, completion, DONE, delta } from './chat-wire.ts'
import { events, json } from './loopback.ts'
import { readAll, scene, validRecorder } from './scene.ts'

test('a stream that is read to its end is ok, with text, usage, finish reason and time to first token', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => {
    events(response, { 'x-request-id': 'req_1', 'x-ratelimit-remaining-tokens': '90' })
    for (const piece of chatStream('I am ', 'a ', 'model')) response.write(piece)
    response.end()
  })
  assert.equal(await readAll(await ask()), chatStream('I am ', 'a ', 'model').join(''))
  const call = onlyCall(recorded)
  assert.equal(call.status, 'ok')
  assert.equal(outputText(recorded, call), 'I am a model')
  assert.deepEqual(
    [call.input_tokens, call.output_tokens, call.usage_source, call.finish_reason],
    [12, 5, 'provider', 'stop'],
  )
  assert.ok((call.ttft_ms ?? -1) >= 0 && (call.ttft_ms ?? 0) <= call.duration_ms)
  assert.deepEqual(
    [call.provider_request_id, call.rate_limit, call.response_model],
    ['req_1', { 'x-ratelimit-remaining-tokens': 90 }, 'gpt-4o-2024-08-06'],
  )
})

test('a whole answer is ok when it was read', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) => json(response, completion('A model')))
  const response = await ask({ body: JSON.stringify(ASK) })
  assert.equal(calls(recorded).length, 0)
  assert.deepEqual(await response.json(), completion('A model'))
  const call = onlyCall(recorded)
  assert.deepEqual([call.status, call.output_tokens, call.ttft_ms], ['ok', 5, undefined])
})

test('a reader that stops closes the upstream at once; the call is aborted, with the text so far', async (t) => {
  const { ask, recorded, server } = await scene(t, async (_, response) => {
    events(response).write(delta({ content: 'Once upon a time' }))
  })
  for await (const _ of (await ask()).body ?? []) break
  assert.equal(await server.closed(1), 'cut')
  const call = onlyCall(recorded)
  assert.deepEqual([call.status, outputText(recorded, call)], ['aborted', 'Once upon a time'])
  assert.equal(call.usage_source, 'estimated')
  assert.ok((call.output_tokens ?? 0) > 0 && (call.input_tokens ?? 0) > 0)
})

test('a reader that throws is one that stops', async (t) => {
  const { ask, recorded, server } = await scene(
    t,
    (_, response) => void events(response).write(delta({ content: 'Hello' })),
  )
  const response = await ask()
  await assert.rejects(async () => {
    for await (const _ of response.body ?? []) throw new Error('of the application')
  }, /of the application/)
  assert.equal(await server.closed(1), 'cut')
  assert.equal(onlyCall(recorded).status, 'aborted')
})

test('a reader that stops after the answer is complete has not aborted it', async (t) => {
  const { ask, recorded } = await scene(
    t,
    (_, response) =>
      void events(response).write(`${delta({ content: 'Hi' })}${delta({}, 'stop')}${DONE}`),
  )
  for await (const _ of (await ask()).body ?? []) break
  assert.equal(onlyCall(recorded).status, 'ok')
})

test('an abort while a stream is read is aborted', async (t) => {
  const { ask, recorded, server } = await scene(
    t,
    (_, response) => void events(response).write(delta({ content: 'Hello' })),
  )
  const stop = new AbortController()
  const response = await ask({ signal: stop.signal })
  await assert.rejects(
    async () => {
      for await (const _ of response.body ?? []) stop.abort()
    },
    { name: 'AbortError' },
  )
  assert.equal(await server.closed(1), 'cut')
  assert.deepEqual(
    [onlyCall(recorded).status, onlyCall(recorded).error?.type],
    ['aborted', 'AbortError'],
  )
})

test('an abort while nobody reads is aborted, too', async (t) => {
  const { ask, recorded, server } = await scene(
    t,
    (_, response) => void events(response).write(delta({ content: 'Hello' })),
  )
  const stop = new AbortController()
  const response = await ask({ signal: stop.signal })
  assert.equal(response.bodyUsed, false)
  stop.abort()
  assert.equal(await server.closed(1), 'cut')
  assert.equal(onlyCall(recorded).status, 'aborted')
})

test('an abort before the answer is aborted', async (t) => {
  const stop = new AbortController()
  const { ask, recorded } = await scene(t, () => stop.abort())
  await assert.rejects(ask({ signal: stop.signal }), { name: 'AbortError' })
  assert.equal(onlyCall(recorded).status, 'aborted')
})

test('a timeout before the answer is an error', async (t) => {
  const { ask, recorded } = await scene(t, () => {})
  await assert.rejects(ask({ signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' })
  assert.deepEqual(
    [onlyCall(recorded).status, onlyCall(recorded).error?.type],
    ['error', 'TimeoutError'],
  )
})

test('a timeout while a stream is read leaves a partial answer', async (t) => {
  const { ask, recorded } = await scene(
    t,
    (_, response) => void events(response).write(delta({ content: 'Hello' })),
  )
  const stop = new AbortController()
  const response = await ask({ signal: stop.signal })
  await assert.rejects(async () => {
    for await (const _ of response.body ?? []) stop.abort(new DOMException('late', 'TimeoutError'))
  })
  const call = onlyCall(recorded)
  assert.deepEqual([call.status, outputText(recorded, call)], ['partial', 'Hello'])
})

test('a connection that breaks in a stream leaves a partial answer with estimated usage', async (t) => {
  const { ask, recorded } = await scene(t, async (_, response) => {
    events(response).write(delta({ content: 'Half of an' }))
    await tick()
    response.destroy()
  })
  await assert.rejects(async () => readAll(await ask()))
  const call = onlyCall(recorded)
  assert.deepEqual(
    [call.status, call.usage_source, outputText(recorded, call)],
    ['partial', 'estimated', 'Half of an'],
  )
})

test('a stream that ends in good order before the provider said so is partial', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) =>
    events(response).end(delta({ content: 'Half of an' })),
  )
  await readAll(await ask())
  const call = onlyCall(recorded)
  assert.deepEqual([call.status, call.error?.type], ['partial', 'AnswerCut'])
})

test('a stream that nobody reads stays open: it shows as interrupted', async (t) => {
  const { ask, recorded } = await scene(t, (_, response) =>
    events(response).end(chatStream('Hello').join('')),
  )
  await ask()
  await tick()
  assert.deepEqual(
    recorded
      .records()
      .filter(({ event }) => event.startsWith('llm_call'))
      .map(({ event }) => event),
    ['llm_call_started'],
  )
})

test('a signal that has aborted before the call makes it an aborted one', async (t) => {
  const { ask, recorded } = await scene(t, () => {})
  await assert.rejects(ask({ signal: AbortSignal.abort() }), { name: 'AbortError' })
  assert.equal(onlyCall(recorded).status, 'aborted')
})

test('an abort for a reason of your own is an abort', async (t) => {
  const { ask, recorded } = await scene(
    t,
    (_, response) => void events(response).write(delta({ content: 'Hello' })),
  )
  const stop = new AbortController()
  const reason = new Error('The user has left')
  const response = await ask({ signal: stop.signal })
  await assert.rejects(async () => {
    for await (const _ of response.body ?? []) stop.abort(reason)
  }, reason)
  const { status, error } = onlyCall(recorded)
  assert.deepEqual([status, error?.message], ['aborted', 'The user has left'])
})

test('an abort after the answer is complete has not aborted it, whatever the reason', async (t) => {
  const { ask, recorded } = await scene(
    t,
    (_, response) =>
      void events(response).write(`${delta({ content: 'Hi' })}${delta({}, 'stop')}${DONE}`),
  )
  const stop = new AbortController()
  const response = await ask({ signal: stop.signal })
  await assert.rejects(async () => {
    for await (const _ of response.body ?? []) stop.abort(new Error('The user has left'))
  }, /has left/)
  assert.equal(onlyCall(recorded).status, 'ok')
})

test('a stream that breaks for no reason is partial', async (t) => {
  const recorded = validRecorder(t)
  const fetch = captureFetch({ logger: recorded.logger, fetch: async () => breaking(undefined) })
  const response = await fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ ...ASK, stream: true }),
  })
  await assert.rejects(response.text())
  assert.equal(onlyCall(recorded).status, 'partial')
})

test('the timeouts of undici are errors before the answer, and leave a partial one in it', async (t) => {
  for (const [answer, status] of [
    [() => {}, 'error'],
    [(response: ServerResponse) => events(response).write(delta({ content: 'Hi' })), 'partial'],
  ] as const) {
    const { ask, recorded } = await scene(t, (_, response) => answer(response))
    const dispatcher = await shortOfTime()
    await assert.rejects(async () => readAll(await ask({ dispatcher } as RequestInit)))
    assert.equal(onlyCall(recorded).status, status)
    await dispatcher.destroy()
  }
})

/** What the platform's `fetch` sends with, as it makes one itself; it is there once something was fetched. */
async function shortOfTime(): Promise<{ destroy(): Promise<void> }> {
  await fetch('data:,')
  const known = Symbol.for('undici.globalDispatcher.1')
  const dispatcher = (globalThis as unknown as Record<symbol, object>)[known]
  const Agent = dispatcher?.constructor as new (options: object) => { destroy(): Promise<void> }
  return new Agent({ headersTimeout: 20, bodyTimeout: 20 })
}

/** An answer that breaks after its first words. */
function breaking(error: unknown): Response {
  let said = false
  const body = new ReadableStream({
    pull(controller) {
      if (said) controller.error(error)
      else controller.enqueue(new TextEncoder().encode(delta({ content: 'Hi' })))
      said = true
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

test('a whole answer with neither a message nor a count says so, also where it has no body', async (t) => {
  const answers = [{ choices: [null, { message: null }, 7] }, { choices: [] }, {}, undefined]
  const { ask, recorded } = await scene(t, (_, response, nth) =>
    answers[nth - 1] === undefined
      ? response.writeHead(204).end()
      : json(response, answers[nth - 1]),
  )
  for (const _ of answers) await readAll(await ask({ body: JSON.stringify(ASK) }))
  assert.deepEqual(
    recorded
      .records('llm_call')
      .map(({ status, finish_reason, cost_reason }) => [status, finish_reason, cost_reason]),
    answers.map(() => ['ok', 'other', 'the answer holds neither a message nor token counts']),
  )
})
