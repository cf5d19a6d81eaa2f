import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger, type Logger } from '../src/index.ts'

/** A parsed line. */
export type Line = Record<string, unknown> & { readonly metadata?: Record<string, unknown> }

/** A logger at debug level that writes to memory, and what it wrote. */
export interface Memory {
  readonly log: Logger
  readonly lines: Line[]
  /** Waits until this many lines satisfy the condition, and gives them. */
  until(count: number, holds: (line: Line) => boolean): Promise<Line[]>
}

/** A line that never comes fails its test instead of holding all others. */
const GIVE_UP_MS = 30_000

export function memory(): Memory {
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Line)
    for (const check of waiting) check()
  }
  const log = createLogger({ destination: { write }, level: 'debug', env: {} })
  const until: Memory['until'] = (count, holds) =>
    new Promise((resolve, reject) => {
      const giveUp = (): void => {
        waiting.delete(check)
        const got = `${lines.filter(holds).length} of ${count}`
        reject(new Error(`Waited ${GIVE_UP_MS} ms for lines that never came (${got})`))
      }
      const timer = setTimeout(giveUp, GIVE_UP_MS)
      const check = (): void => {
        const found = lines.filter(holds)
        if (found.length < count) return
        clearTimeout(timer)
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
      check()
    })
  return { log, lines, until }
}

/** The last line of a trace: that of the request itself. */
export const isEnd = (line: Line): boolean => line.event === 'step' && line.step === undefined

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** A server on loopback that was started for one test. */
export interface Running {
  readonly agent: http.Agent
  readonly port: number
  /** Sends a request; the response's body is not read yet. */
  open(path: string, options?: http.RequestOptions, body?: string): Promise<http.IncomingMessage>
  /** Sends a request and reads the whole answer. */
  ask(path: string, options?: http.RequestOptions, body?: string): Promise<Answer>
  stop(): Promise<void>
}

export async function run(server: http.Server): Promise<Running> {
  if (!server.listening) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  const { port } = server.address() as AddressInfo
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  const open: Running['open'] = async (path, options = {}, body) => {
    const request = http.request({ host: '127.0.0.1', port, path, agent, ...options })
    request.end(body)
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    return response
  }
  return {
    agent,
    port,
    open,
    async ask(path, options, body) {
      const response = await open(path, options, body)
      let text = ''
      for await (const chunk of response.setEncoding('utf8')) text += chunk
      return { status: response.statusCode ?? 0, headers: response.headers, body: text }
    },
    async stop() {
      agent.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Repeatable numbers from 0 up to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Exactly one line of a trace ends it; gives that line. */
export function onlyEnd(lines: Line[], trace_id: unknown): Line {
  const ends = lines.filter((line) => isEnd(line) && line.trace_id === trace_id)
  assert.equal(ends.length, 1, `one terminal line for trace ${String(trace_id)}`)
  return ends[0] as Line
}
