import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createLogger } from '@recount/logger'
import { captureFetch } from '../src/index.ts'
import { ASK, completion } from './chat-wire.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const CALLS = 60
const MEGABYTE = 1_048_576

test('tools that were asked for with a megabyte of arguments each, and ids as long, are not kept for ever', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'recount-remembered-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const logger = createLogger({
    ...{ env: {}, keyFile: false, content: 'off' },
    destination: { path: join(folder, 'app.jsonl') },
  })
  let made = 0
  const fetch = captureFetch({
    logger,
    fetch: async () => {
      made += 1
      if (made % 3 === 0) return Response.json({ error: { message: 'Down' } }, { status: 500 })
      return Response.json(asking(made))
    },
  })
  const ask = async (model: string): Promise<void> => {
    const response = await logger.trace('answer', () =>
      fetch('https://api.openai.com/v1/chat/completions', {
        method: 'POST',
        body: JSON.stringify({ ...ASK, model }),
      }),
    )
    await response.arrayBuffer()
  }
  await ask('gpt-4o')
  collect()
  const before = process.memoryUsage().heapUsed
  for (let call = 0; call < CALLS; call++) await ask(`${call}`.padEnd(MEGABYTE, 'x'))
  collect()
  const grown = process.memoryUsage().heapUsed - before
  assert.ok(grown < 32 * MEGABYTE, `${Math.round(grown / MEGABYTE)} MB more`)
})

function asking(nth: number): object {
  const id = `call_${nth}`.padEnd(nth % 2 === 0 ? 20 : MEGABYTE, 'x')
  const text = `${nth}`.padEnd(MEGABYTE / 2, 'x')
  const call = {
    id,
    type: 'function',
    function: { name: 'write', arguments: `{"text":"${text}"}` },
  }
  const message = { role: 'assistant', content: null, tool_calls: [call] }
  return completion('', {
    id: `chatcmpl-${nth}`.padEnd(MEGABYTE, 'x'),
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
  })
}
