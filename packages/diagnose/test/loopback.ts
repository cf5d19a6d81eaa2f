import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a provider answers. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, or a text as it is. */
  readonly body: unknown
  /** The connection breaks after the body. */
  readonly breaks?: boolean
}

/** A provider on loopback that gives the next answer to whoever asks. */
export interface Loopback {
  readonly url: string
  /** What is answered from now on. */
  answer: Answer
  close(): Promise<void>
}

/** Starts it on a free port of 127.0.0.1. */
export async function startLoopback(): Promise<Loopback> {
  const loopback = { answer: { status: 500, body: {} } as Answer }
  const server = createServer((request, response) => {
    request.resume()
    const { status, headers = {}, body, breaks } = loopback.answer
    const isText = typeof body === 'string'
    response.writeHead(status, {
      'content-type': isText ? 'text/html' : 'application/json',
      ...headers,
    })
    const text = isText ? body : JSON.stringify(body)
    if (breaks) response.write(text, () => response.destroy())
    else response.end(text)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return Object.assign(loopback, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  })
}

/** What a promise is rejected with. */
export async function thrownBy(ask: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await ask()
  } catch (error) {
    return error
  }
  throw new Error('Expected the call to fail')
}
