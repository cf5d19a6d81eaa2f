import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Asked, chat, embeddings, gemini, messages, responses } from './wire.ts'
import { bedrock, cohere, ollama } from './wire-more.ts'

/** A server on loopback that speaks the providers' wire formats, and answers as the model's name says. */
export interface ModelServer {
  readonly url: string
  /** The same over HTTP/2 without TLS, as AWS's client speaks it. */
  readonly http2: string
  /** Paths asked for. */
  readonly requests: string[]
  close(): void
}

/** Starts the server. Models: `says` answers with text, `calls` asks for a tool, `fails` is refused with 400. */
export async function modelServer(): Promise<ModelServer> {
  const requests: string[] = []
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push(request.url ?? '')
    await answer(request, response)
  }
  const http = createServer(listener).listen(0, '127.0.0.1')
  const http2 = createHttp2Server(listener as never).listen(0, '127.0.0.1')
  await Promise.all([once(http, 'listening'), once(http2, 'listening')])
  return {
    url: addressOf(http),
    http2: addressOf(http2),
    requests,
    close() {
      http.closeAllConnections()
      http.close()
      http2.close()
    },
  }
}

function addressOf(server: { address(): unknown }): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = JSON.parse((await text(request)) || '{}')
  const path = decodeURIComponent(request.url ?? '')
  const asked: Asked = {
    path,
    model: String(body.model ?? /models\/(\w+)[:/]|model\/(\w+)\//.exec(path)?.slice(1).join('')),
    stream: body.stream === true || /[sS]tream/.test(path),
  }
  const reply = FORMATS.find(([part]) => path.includes(part))?.[1](asked)
  if (reply === undefined) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
    return
  }
  response.writeHead(reply.status ?? 200, {
    'content-type': reply.type ?? 'application/json',
    'x-request-id': 'req-1',
    'request-id': 'req-1',
    'x-amzn-requestid': 'req-1',
    ...reply.headers,
  })
  for (const piece of reply.pieces) response.write(piece)
  response.end()
}

const FORMATS = [
  ['/v2/chat', cohere],
  ['/api/chat', ollama],
  ['/chat/completions', chat],
  ['/v1/messages', messages],
  ['awPredict', messages],
  ['/responses', responses],
  ['/embeddings', embeddings],
  ['enerateContent', gemini],
  ['/model/', bedrock],
] as const
