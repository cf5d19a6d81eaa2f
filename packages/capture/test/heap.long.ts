import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createLogger } from '@recount/logger'
import { captureFetch } from '../src/index.ts'
import { ASK, DONE, delta } from './chat-wire.ts'

const CALLS = 10_000
const BYTES = 100_000
const MEGABYTE = 1_048_576

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const piece = new TextEncoder().encode(delta({ content: 'word ' }).repeat(40))
const last = new TextEncoder().encode(delta({}, 'stop') + DONE)

/** A stream of a chat completion; each third is left in the middle, as by a reader that stops. */
function body(): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const more = sent < BYTES
      sent += piece.length
      controller.enqueue((more ? piece : last).slice())
      if (!more) controller.close()
    },
  })
}

test('the heap stays flat over 10,000 captured calls with streams of 100 KB, also where readers stop or calls fail', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'recount-heap-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const logger = createLogger({
    env: {},
    keyFile: false,
    content: 'off',
    destination: { path: join(folder, 'app.jsonl'), maxBytes: 8 * MEGABYTE, keep: 1, gzip: false },
  })
  let made = 0
  const fetch = captureFetch({
    logger,
    fetch: async () => {
      made += 1
      if (made % 10 === 0)
        return Response.json({ error: { message: 'Slow down' } }, { status: 429 })
      return new Response(body(), { headers: { 'content-type': 'text/event-stream' } })
    },
  })
  const heaps: number[] = []
  for (let call = 1; call <= CALLS; call++) {
    const messages = [{ role: 'user', content: `Question ${call}` }]
    const init = { method: 'POST', body: JSON.stringify({ ...ASK, messages, stream: true }) }
    const response = await logger.trace('answer', () =>
      fetch('https://api.openai.com/v1/chat/completions', init),
    )
    if (call % 3 === 0) for await (const _ of response.body ?? []) break
    else await response.arrayBuffer()
    // Streams in memory need no turn of the loop; those of a network do.
    if (call % 50 === 0) await tick()
    if (call % 2000 !== 0) continue
    collect()
    heaps.push(process.memoryUsage().heapUsed)
  }
  const [first = 0] = heaps
  const growth = heaps.map((heap) => ((heap - first) / MEGABYTE).toFixed(1))
  t.diagnostic(`MB above that after 2,000 calls: ${growth.join(', ')}`)
  assert.ok(Math.max(...heaps) - first < 3 * MEGABYTE, growth.join(', '))
})
