import assert from 'node:assert/strict'
import { setImmediate as tick } from 'node:timers/promises'
import type OpenAI from 'openai'
import { ask, SAID, WORDS } from './conformance-server.ts'
import type { Loopback } from './loopback.ts'

/** A call as whoever captured it tells it. */
export interface ToldCall {
  readonly ended: boolean
  /** The text of the answer, as far as it came. */
  readonly text: string
  readonly tools: readonly string[]
}

/** What captures the calls of a client, or nothing that does. */
export interface Subject {
  readonly name: string
  /** A client for a provider that listens at this base URL. */
  open(baseURL: string): OpenAI
  /** What was captured since `open`; absent where nothing captures. */
  readonly told?: () => readonly ToldCall[] | Promise<readonly ToldCall[]>
  /** The class that clients are of. */
  // biome-ignore lint/suspicious/noExplicitAny: four major versions have four classes
  readonly Client: any
}

/** What a behaviour is checked with. */
export interface World {
  readonly subject: Subject
  readonly client: OpenAI
  readonly server: Loopback
  /** The one call that was captured; fails where there is none or more. */
  told(): Promise<ToldCall>
}

/** Something that a captured client must do as the bare one does, or that must be known of its calls. */
export interface Behaviour {
  readonly name: string
  /** `client`: as without capture. `record`: only where something captures. */
  readonly of: 'client' | 'record'
  check(world: World): Promise<void>
}

const STREAMED = { ...ask('says'), stream: true } as const
const OPEN = { ...ask('open'), stream: true } as const
const FORMAT = { type: 'json_object' } as const

async function textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = ''
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
  return text
}

/** The helpers moved out of `beta` with version 5. */
function helpers(client: OpenAI): OpenAI['chat']['completions'] {
  const { beta } = client as unknown as { beta?: { chat?: OpenAI['chat'] } }
  return beta?.chat?.completions ?? client.chat.completions
}

/** The nineteen. */
export const BEHAVIOURS: readonly Behaviour[] = [
  {
    name: '`create()` answers',
    of: 'client',
    async check({ client, server }) {
      const { choices } = await client.chat.completions.create(ask('says'))
      assert.equal(choices[0]?.message.content, SAID)
      assert.deepEqual(server.seen[0]?.body, ask('says'))
    },
  },
  {
    name: '`.withResponse()` of an answer',
    of: 'client',
    async check({ client }) {
      const { data, response } = await client.chat.completions.create(ask('says')).withResponse()
      assert.equal(data.choices[0]?.message.content, SAID)
      assert.equal(response.headers.get('x-request-id'), 'req_conformance')
    },
  },
  {
    name: '`.asResponse()` with a readable body',
    of: 'client',
    async check({ client, server }) {
      const response = await client.chat.completions.create(ask('says')).asResponse()
      assert.equal(response.url, `${server.url}/v1/chat/completions`)
      assert.match(await response.text(), /chatcmpl-1/)
    },
  },
  {
    name: '`.parse()`',
    of: 'client',
    async check({ client }) {
      const { choices } = await helpers(client).parse({ ...ask('says'), response_format: FORMAT })
      assert.equal(choices[0]?.message.content, SAID)
    },
  },
  {
    name: 'a stream says every word',
    of: 'client',
    async check({ client, server }) {
      assert.equal(await textOf(await client.chat.completions.create(STREAMED)), SAID)
      // No usage was asked for that the caller did not ask for.
      assert.deepEqual(server.seen[0]?.body, STREAMED)
    },
  },
  {
    name: '`stream.tee()`',
    of: 'client',
    async check({ client }) {
      const [left, right] = (await client.chat.completions.create(STREAMED)).tee()
      assert.deepEqual(await Promise.all([textOf(left), textOf(right)]), [SAID, SAID])
    },
  },
  {
    name: '`stream.toReadableStream()`',
    of: 'client',
    async check({ client }) {
      const stream = await client.chat.completions.create(STREAMED)
      const text = await new Response(stream.toReadableStream() as ReadableStream).text()
      assert.equal(text.trim().split('\n').length, WORDS.length + 3)
    },
  },
  {
    name: '`stream.controller` aborts',
    of: 'client',
    async check({ client, server }) {
      const stream = await client.chat.completions.create(OPEN)
      for await (const _ of stream) stream.controller.abort()
      assert.equal(await server.closed(1), 'cut')
    },
  },
  {
    name: '`.withResponse()` of a stream',
    of: 'client',
    async check({ client }) {
      const asked = client.chat.completions.create(STREAMED).withResponse()
      const { data, response } = await asked
      assert.equal(response.status, 200)
      assert.equal(await textOf(data), SAID)
    },
  },
  {
    name: '`.stream()` helper',
    of: 'client',
    async check({ client }) {
      const heard: string[] = []
      const runner = helpers(client).stream(ask('says'))
      runner.on('content', (delta) => void heard.push(delta))
      assert.equal(await runner.finalContent(), SAID)
      assert.deepEqual(heard.filter(Boolean), WORDS)
    },
  },
  {
    name: 'a consumer that breaks off closes the upstream',
    of: 'client',
    async check({ client, server }) {
      for await (const _ of await client.chat.completions.create(OPEN)) break
      assert.equal(await server.closed(1), 'cut')
    },
  },
  {
    name: 'an `AbortSignal` closes the upstream',
    of: 'client',
    async check({ client, server }) {
      const stop = new AbortController()
      const stream = await client.chat.completions.create(OPEN, { signal: stop.signal })
      for await (const _ of stream) stop.abort()
      assert.equal(await server.closed(1), 'cut')
    },
  },
  {
    name: 'an error is the same, with its class, code and request id',
    of: 'client',
    async check({ client, subject }) {
      const limited = client.chat.completions.create(ask('limited'))
      await assert.rejects(limited, (error: InstanceType<typeof OpenAI.RateLimitError>) => {
        assert.ok(error instanceof subject.Client.RateLimitError)
        assert.deepEqual([error.status, error.code], [429, 'rate_limit_exceeded'])
        return true
      })
    },
  },
  {
    name: '`instanceof` holds',
    of: 'client',
    async check({ client, subject }) {
      assert.ok(client instanceof subject.Client)
    },
  },
  {
    name: 'no rejection is left unhandled',
    of: 'client',
    async check({ client }) {
      const unhandled: unknown[] = []
      const note = (reason: unknown): void => void unhandled.push(reason)
      process.on('unhandledRejection', note)
      const stop = new AbortController()
      await client.chat.completions.create(ask('limited')).catch(() => {})
      await client.chat.completions
        .create(ask('limited'))
        .asResponse()
        .catch(() => {})
      const stream = await client.chat.completions.create(OPEN, { signal: stop.signal })
      for await (const _ of stream) stop.abort()
      for (let turn = 0; turn < 5; turn++) await tick()
      process.off('unhandledRejection', note)
      assert.deepEqual(unhandled, [])
    },
  },
  {
    name: 'a stream that is broken off is known, with its text',
    of: 'record',
    async check({ client, told }) {
      for await (const _ of await client.chat.completions.create(OPEN)) break
      assert.deepEqual(await told(), { ended: true, text: 'Once upon', tools: [] })
    },
  },
  {
    name: 'a call that is refused is known',
    of: 'record',
    async check({ client, told }) {
      await client.chat.completions.create(ask('limited')).catch(() => {})
      assert.equal((await told()).ended, true)
    },
  },
  {
    name: 'parallel tool calls in a stream are known, all of them',
    of: 'record',
    async check({ client, told }) {
      for await (const _ of await client.chat.completions.create({
        ...ask('tools'),
        stream: true,
      }));
      assert.deepEqual((await told()).tools, ['weather_0', 'weather_1'])
    },
  },
  {
    name: 'capture survives `withOptions()`',
    of: 'record',
    async check({ client, told }) {
      // Version 4 has none.
      const other = client.withOptions?.({ timeout: 10_000 }) ?? client
      await other.chat.completions.create(ask('says'))
      assert.equal((await told()).text, SAID)
    },
  },
]

/** Checks one behaviour; throws where the subject does not have it. */
export async function checkBehaviour(
  behaviour: Behaviour,
  subject: Subject,
  server: Loopback,
): Promise<void> {
  const client = subject.open(`${server.url}/v1`)
  await behaviour.check({
    subject,
    client,
    server,
    told: async () => {
      const calls = (await subject.told?.()) ?? []
      assert.equal(calls.length, 1, `${calls.length} calls were captured`)
      return calls[0] as ToldCall
    },
  })
}
