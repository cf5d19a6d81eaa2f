import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** A request as a loopback server has seen it. */
export interface Seen {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever a client sends
  readonly body: any
}

/** A server on 127.0.0.1 that answers as a test says. */
export interface Loopback {
  readonly url: string
  readonly seen: readonly Seen[]
  /** Resolves when the n-th response (from 1) was closed by whoever read it, or ended. */
  closed(nth: number): Promise<'ended' | 'cut'>
}

type Answer = (seen: Seen, response: ServerResponse, nth: number) => unknown

/** Starts one for a test. */
export async function loopback(t: Pick<TestContext, 'after'>, answer: Answer): Promise<Loopback> {
  const seen: Seen[] = []
  const closings: Promise<'ended' | 'cut'>[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const entry = { path: request.url ?? '', headers: request.headers, text, body: parsed(text) }
    seen.push(entry)
    closings.push(
      new Promise((resolve) => {
        response.once('close', () => resolve(response.writableFinished ? 'ended' : 'cut'))
      }),
    )
    await answer(entry, response, seen.length)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.after(
    () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    closed: (nth) => closings[nth - 1] ?? Promise.reject(new Error(`There is no response ${nth}`)),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sends a JSON answer. */
export function json(response: ServerResponse, body: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** Opens an event stream. */
export function events(response: ServerResponse, headers = {}): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
  return response
}
