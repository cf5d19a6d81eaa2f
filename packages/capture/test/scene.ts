import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Recorder, recorder } from '@recount/logger/testing'
import { validateRecord } from '@recount/record/validate'
import { captureFetch } from '../src/index.ts'
import { ASK } from './chat-wire.ts'
import { type Loopback, loopback } from './loopback.ts'

type Fetch = typeof globalThis.fetch

/** A server, a fetch that captures, and what was recorded; when the test ends every record must be valid. */
export interface Scene {
  readonly recorded: Recorder
  readonly fetch: Fetch
  readonly server: Loopback
  /** Asks for a chat completion, as a stream unless `init` says otherwise. */
  ask(init?: RequestInit): Promise<Response>
}

/** Sets one up. */
export async function scene(
  t: TestContext,
  answer: Parameters<typeof loopback>[1],
): Promise<Scene> {
  const server = await loopback(t, answer)
  const recorded = validRecorder(t)
  const fetch = captureFetch({ logger: recorded.logger })
  return {
    recorded,
    fetch,
    server,
    ask: (init = {}) =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...ASK, stream: true }),
        ...init,
      }),
  }
}

/** A recorder whose records must all be valid when the test ends. */
export function validRecorder(t: TestContext): Recorder {
  const recorded = recorder()
  t.after(() => {
    for (const line of recorded.records())
      assert.deepEqual(validateRecord(line), [], JSON.stringify(line))
  })
  return recorded
}

/** The whole body as text. */
export async function readAll(response: Response): Promise<string> {
  return Buffer.from(await response.arrayBuffer()).toString()
}
