import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import Anthropic from '@anthropic-ai/sdk'
import { type Recorder, recorder } from '@recount/logger/testing'
import { captureFetch, instrument } from '../src/index.ts'
import { anthropicServer, SAID, WORDS } from './anthropic-server.ts'
import { onlyCall, outputText } from './calls.ts'
import type { Loopback } from './loopback.ts'

interface World {
  readonly client: Anthropic
  readonly server: Loopback
  readonly recorded: Recorder
}

type Model = 'says' | 'open' | 'limited' | 'tools'
const ask = (model: Model) => ({
  model,
  max_tokens: 64,
  messages: [{ role: 'user' as const, content: 'One word, as JSON' }],
})
const streamed = (model: Model) => ({ ...ask(model), stream: true }) as const

async function textOf(stream: AsyncIterable<Anthropic.MessageStreamEvent>): Promise<string> {
  let text = ''
  for await (const event of stream)
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
      text += event.delta.text
  return text
}

/** What the client does must not change because somebody looks on. */
const SAME: readonly (readonly [string, (world: World) => Promise<void>])[] = [
  [
    '`create()` answers',
    async ({ client, server }) => {
      const { content } = await client.messages.create(ask('says'))
      assert.deepEqual(content, [{ type: 'text', text: SAID }])
      assert.deepEqual(server.seen[0]?.body, ask('says'))
    },
  ],
  [
    '`.withResponse()` of an answer',
    async ({ client }) => {
      const { data, response, request_id } = await client.messages
        .create(ask('says'))
        .withResponse()
      assert.deepEqual([data.id, response.status, request_id], ['msg_1', 200, 'req_conformance'])
    },
  ],
  [
    '`.asResponse()` with a readable body',
    async ({ client, server }) => {
      const response = await client.messages.create(ask('says')).asResponse()
      assert.equal(response.url, `${server.url}/v1/messages`)
      assert.match(await response.text(), /msg_1/)
    },
  ],
  [
    '`.parse()`',
    async ({ client }) => {
      const format = { type: 'json_schema' as const, schema: { type: 'object' } }
      const message = await client.messages.parse({ ...ask('says'), output_config: { format } })
      assert.equal(message.content[0]?.type, 'text')
    },
  ],
  [
    'a stream says every word',
    async ({ client, server }) => {
      assert.equal(await textOf(await client.messages.create(streamed('says'))), SAID)
      assert.deepEqual(server.seen[0]?.body, streamed('says'))
    },
  ],
  [
    '`stream.tee()`',
    async ({ client }) => {
      const [left, right] = (await client.messages.create(streamed('says'))).tee()
      assert.deepEqual(await Promise.all([textOf(left), textOf(right)]), [SAID, SAID])
    },
  ],
  [
    '`stream.toReadableStream()`',
    async ({ client }) => {
      const stream = await client.messages.create(streamed('says'))
      const text = await new Response(stream.toReadableStream() as ReadableStream).text()
      assert.equal(text.trim().split('\n').length, WORDS.length + 5)
    },
  ],
  [
    '`stream.controller` aborts',
    async ({ client, server }) => {
      const stream = await client.messages.create(streamed('open'))
      for await (const _ of stream) stream.controller.abort()
      assert.equal(await server.closed(1), 'cut')
    },
  ],
  [
    '`.withResponse()` of a stream',
    async ({ client }) => {
      const { data, response } = await client.messages.create(streamed('says')).withResponse()
      assert.equal(response.headers.get('request-id'), 'req_conformance')
      assert.equal(await textOf(data), SAID)
    },
  ],
  [
    '`.stream()` helper',
    async ({ client }) => {
      const heard: string[] = []
      const runner = client.messages.stream(ask('says'))
      runner.on('text', (delta) => void heard.push(delta))
      assert.equal(await runner.finalText(), SAID)
      assert.deepEqual(heard, WORDS)
    },
  ],
  [
    'a consumer that breaks off closes the upstream',
    async ({ client, server }) => {
      for await (const _ of await client.messages.create(streamed('open'))) break
      assert.equal(await server.closed(1), 'cut')
    },
  ],
  [
    'an `AbortSignal` closes the upstream',
    async ({ client, server }) => {
      const stop = new AbortController()
      const stream = await client.messages.create(streamed('open'), { signal: stop.signal })
      for await (const _ of stream) stop.abort()
      assert.equal(await server.closed(1), 'cut')
    },
  ],
  [
    'an error is the same, with its class, code and request id',
    async ({ client }) => {
      await assert.rejects(client.messages.create(ask('limited')), (error: unknown) => {
        assert.ok(error instanceof Anthropic.RateLimitError)
        assert.deepEqual(
          [error.status, error.type, error.requestID],
          [429, 'rate_limit_error', 'req_conformance'],
        )
        return true
      })
    },
  ],
  [
    '`instanceof` holds',
    async ({ client }) => {
      assert.ok(client instanceof Anthropic)
    },
  ],
  [
    'no rejection is left unhandled',
    async ({ client }) => {
      const unhandled: unknown[] = []
      const note = (reason: unknown): void => void unhandled.push(reason)
      process.on('unhandledRejection', note)
      const stop = new AbortController()
      await client.messages.create(ask('limited')).catch(() => {})
      await client.messages
        .create(ask('limited'))
        .asResponse()
        .catch(() => {})
      const stream = await client.messages.create(streamed('open'), { signal: stop.signal })
      for await (const _ of stream) stop.abort()
      for (let turn = 0; turn < 5; turn++) await tick()
      process.off('unhandledRejection', note)
      assert.deepEqual(unhandled, [])
    },
  ],
]

/** What it does must be known. */
const KNOWN: readonly (readonly [string, (world: World) => Promise<void>])[] = [
  [
    'a stream that is broken off is known, with its text',
    async ({ client, recorded }) => {
      const stream = await client.messages.create(streamed('open'))
      for await (const { type } of stream) if (type === 'content_block_delta') break
      const call = onlyCall(recorded)
      assert.deepEqual([call.status, outputText(recorded, call)], ['aborted', 'Once upon'])
    },
  ],
  [
    'a call that is refused is known',
    async ({ client, recorded }) => {
      await client.messages.create(ask('limited')).catch(() => {})
      const { status, error, provider_request_id } = onlyCall(recorded)
      assert.deepEqual(
        [status, error?.type, error?.status, provider_request_id],
        ['error', 'rate_limit_error', 429, 'req_conformance'],
      )
    },
  ],
  [
    'parallel tool calls in a stream are known, all of them',
    async ({ client, recorded }) => {
      for await (const _ of await client.messages.create(streamed('tools')));
      assert.deepEqual(onlyCall(recorded).tools?.called, ['weather_0', 'weather_1'])
    },
  ],
  [
    'capture survives `withOptions()`',
    async ({ client, recorded }) => {
      await client.withOptions({ timeout: 10_000 }).messages.create(ask('says'))
      assert.equal(outputText(recorded, onlyCall(recorded)), SAID)
    },
  ],
]

const OPTIONS = { apiKey: 'none', maxRetries: 0 }
type Open = (baseURL: string, recorded: Recorder) => Anthropic
const bare: Open = (baseURL) => new Anthropic({ ...OPTIONS, baseURL })
const WAYS: readonly (readonly [string, Open, typeof SAME])[] = [
  ['bare', bare, SAME],
  [
    'with instrument()',
    (baseURL, recorded) => instrument(bare(baseURL, recorded), { logger: recorded.logger }),
    [...SAME, ...KNOWN],
  ],
  [
    'with captureFetch()',
    (baseURL, { logger }) =>
      new Anthropic({ ...OPTIONS, baseURL, fetch: captureFetch({ logger }) }),
    [...SAME, ...KNOWN],
  ],
]

test("there are nineteen behaviours of Anthropic's client", () => {
  assert.equal(SAME.length + KNOWN.length, 19)
})

for (const [way, open, behaviours] of WAYS)
  for (const [name, check] of behaviours)
    test(`@anthropic-ai/sdk ${way}: ${name}`, async (t) => {
      const server = await anthropicServer(t)
      const recorded = recorder()
      await check({ client: open(server.url, recorded), server, recorded })
    })
