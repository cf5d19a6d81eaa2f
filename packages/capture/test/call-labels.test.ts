import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CaptureError, captureFetch, createDebug, labelCalls } from '@recount/capture'
import { calls, onlyCall } from './calls.ts'
import { completion } from './chat-wire.ts'
import { validRecorder } from './scene.ts'

const answered: typeof globalThis.fetch = async () =>
  Response.json(completion('Milk'), {
    headers: { 'request-id': 'own', 'x-request-id': 'gateway', 'x-amzn-requestid': 'aws' },
  })
const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
const URL = 'http://127.0.0.1/v1/chat/completions'

test('a label that there is not is refused with its name, and nothing is run', () => {
  let ran = false
  const refused: [unknown, RegExp][] = [
    [{ promt: { name: 'x' } }, /got `promt`/],
    [{ toString: 1 }, /got `toString`/],
    [null, /got null/],
    ['prompt', /got string/],
  ]
  for (const [labels, message] of refused)
    assert.throws(
      () =>
        labelCalls(labels as never, () => {
          ran = true
        }),
      (error: unknown) =>
        error instanceof CaptureError &&
        error.code === 'CAPTURE_OPTION_INVALID' &&
        message.test(error.message),
    )
  assert.equal(ran, false)
})

test('a label of every span is on the line', async (t) => {
  const recorded = validRecorder(t)
  const fetch = captureFetch({ logger: recorded.logger, provider: 'openai', fetch: answered })
  await labelCalls({ request_id: 'r-1', agent: 'helper', tags: ['a'] }, async () =>
    (await fetch(URL, { method: 'POST', body })).text(),
  )
  const { request_id, agent, tags } = onlyCall(recorded)
  assert.deepEqual([request_id, agent, tags], ['r-1', 'helper', ['a']])
})

test('the id of a request is that of its own provider, before that of a gateway', async (t) => {
  const ids: [string, string][] = [
    ['anthropic', 'own'],
    ['openai', 'gateway'],
    ['aws.bedrock', 'aws'],
  ]
  for (const [provider, id] of ids) {
    const recorded = validRecorder(t)
    const fetch = captureFetch({ logger: recorded.logger, provider, fetch: answered })
    await (await fetch(URL, { method: 'POST', body })).text()
    assert.equal(onlyCall(recorded).provider_request_id, id)
  }
})

test('createDebug takes the options of all capture', async (t) => {
  const recorded = validRecorder(t)
  const { logger } = recorded
  const client = async (): Promise<object> => completion('Milk')
  const prices = [{ match: '*', input: 1, output: 1 }]
  const debug = createDebug({ logger, client, provider: 'acme', prices, content: ['output'] })
  await debug.callLlm({}, [{ role: 'user', content: 'Hi' }], { model: 'm' })
  const [call] = calls(recorded)
  assert.deepEqual([call?.provider, call?.cost_source], ['acme', 'override'])
  assert.deepEqual(
    recorded.records('content').map(({ part }) => part),
    ['output'],
  )
  assert.throws(() => createDebug({ logger, client, enabeld: true } as never), /got `enabeld`/)
})

test('the length of all attempts has three decimals at most', async (t) => {
  const recorded = validRecorder(t)
  let nth = 0
  const fetch = captureFetch({
    logger: recorded.logger,
    provider: 'openai',
    fetch: async () => (nth++ === 0 ? new Response('busy', { status: 503 }) : answered(URL)),
  })
  await recorded.logger.trace('t', async () => {
    for (const _ of [1, 2]) await (await fetch(URL, { method: 'POST', body })).text()
  })
  const [, second] = calls(recorded)
  const length = second?.call_duration_ms ?? Number.NaN
  assert.equal(length, Math.round(length * 1000) / 1000)
})
