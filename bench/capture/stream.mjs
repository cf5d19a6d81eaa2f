// node --expose-gc bench/capture/stream.mjs --streams N --bytes N: reads streams through the real client, bare and captured in
// turn, and prints figures as JSON.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import OpenAI from 'openai'
import { instrument } from '../../packages/capture/dist/lib/index.js'
import { createLogger } from '../../packages/logger/dist/lib/index.js'

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '100' },
    bytes: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
  },
})
const [streams, bytes, rounds] = [values.streams, values.bytes, values.rounds].map(Number)

const script = fileURLToPath(new URL('stream-server.mjs', import.meta.url))
const server = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
const [port] = await once(server.stdout, 'data')
const folder = mkdtempSync(join(tmpdir(), 'recount-bench-'))

const open = () =>
  new OpenAI({
    apiKey: 'none',
    baseURL: `http://127.0.0.1:${String(port).trim()}/v1`,
    defaultHeaders: { 'x-bytes': String(bytes) },
  })
const logger = (content) =>
  createLogger({
    env: {},
    keyFile: false,
    content,
    destination: { path: join(folder, `${content}.jsonl`), every: 'never' },
    contentFolder: join(folder, content),
  })
const clients = {
  bare: open(),
  'captured, metadata': instrument(open(), { logger: logger('off') }),
  'captured, content': instrument(open(), { logger: logger('files') }),
}

const ask = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Go on' }] }

async function read(client) {
  const began = performance.now()
  let first = 0
  for await (const _ of await client.chat.completions.create(ask))
    first ||= performance.now() - began
  return first
}

const found = Object.fromEntries(Object.keys(clients).map((name) => [name, []]))
for (let round = 0; round <= rounds; round++) {
  for (const [name, client] of Object.entries(clients)) {
    globalThis.gc?.()
    const cpu = process.cpuUsage()
    const began = performance.now()
    const firsts = []
    for (let stream = 0; stream < streams; stream++) firsts.push(await read(client))
    const wall = performance.now() - began
    const { user, system } = process.cpuUsage(cpu)
    // The first round warms up.
    if (round > 0)
      found[name].push({
        wall: wall / streams,
        cpu: (user + system) / 1000 / streams,
        first: median(firsts),
      })
  }
}
server.stdin.end()
rmSync(folder, { recursive: true, force: true })

const result = Object.fromEntries(
  Object.entries(found).map(([name, runs]) => [
    name,
    {
      wall_ms: median(runs.map(({ wall }) => wall)),
      cpu_ms: median(runs.map(({ cpu }) => cpu)),
      first_ms: median(runs.map(({ first }) => first)),
    },
  ]),
)
process.stdout.write(JSON.stringify(result), () => process.exit(0))

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
}
