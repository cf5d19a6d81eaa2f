import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import * as anthropic from './anthropic-wire.ts'
import * as openai from './openai-wire.ts'
import type { ScriptedReply } from './scripted-reply.ts'

/** The header by which a request says which scripted reply it gets. */
export const REPLY_HEADER = 'x-demo-reply'

/** A model provider on loopback that speaks the wire formats of OpenAI and Anthropic and says what a script tells it. */
export interface Provider {
  /** Where it listens, without a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

/** Starts it on a free port of 127.0.0.1. */
export async function startProvider(
  replies: ReadonlyMap<string, ScriptedReply>,
): Promise<Provider> {
  let answered = 0
  const server = createServer((request, response) => {
    answered += 1
    answer(replies, request, response, answered).catch(() => response.destroy())
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', listening)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

/** What both wire formats have in a request. */
interface Asked {
  readonly model?: unknown
  readonly messages?: unknown
  readonly stream?: unknown
  readonly stream_options?: { readonly include_usage?: boolean }
}

async function answer(
  replies: ReadonlyMap<string, ScriptedReply>,
  request: IncomingMessage,
  response: ServerResponse,
  number: number,
): Promise<void> {
  const wire = wireOf(request)
  if (wire === undefined) return sendJson(response, 404, openai.refused('Unknown request URL'))
  const asked = await readJson(request)
  const { model } = asked
  response.setHeader(wire.requestIdHeader, `req_demo_${number}`)
  if (typeof model !== 'string' || !Array.isArray(asked.messages)) {
    return sendJson(response, 400, wire.refused('model and messages are required'))
  }
  const reply = replies.get(replyOf(request))
  if (reply === undefined)
    return sendJson(response, 400, wire.refused(`No reply is scripted under ${REPLY_HEADER}`))
  await wait(reply.delayMs)
  const { failure } = reply
  if (failure !== undefined) {
    for (const [name, value] of Object.entries(failure.headers)) response.setHeader(name, value)
    return sendJson(response, failure.status, failure.body)
  }
  if (asked.stream !== true) return sendJson(response, 200, wire.whole(reply, model, number))
  await sendEvents(response, wire.events(reply, model, number, asked), reply)
}

/** Clients that try again send the same headers and say how often they have tried: each time gets the reply after. */
function replyOf({ headers }: IncomingMessage): string {
  const name = String(headers[REPLY_HEADER])
  const retries = Number(headers['x-stainless-retry-count'] ?? 0)
  return retries === 0 ? name : name.replace(/\d+$/, (number) => String(Number(number) + retries))
}

/** One provider's wire format. */
interface Wire {
  readonly requestIdHeader: string
  refused(message: string): object
  whole(reply: ScriptedReply, model: string, number: number): object
  events(reply: ScriptedReply, model: string, number: number, asked: Asked): string[]
}

const WIRES: ReadonlyMap<string, Wire> = new Map([
  [
    'POST /v1/chat/completions',
    {
      requestIdHeader: 'x-request-id',
      refused: openai.refused,
      whole: openai.completion,
      events: (reply: ScriptedReply, model: string, number: number, asked: Asked) =>
        openai.completionEvents(reply, model, number, asked.stream_options?.include_usage === true),
    },
  ],
  [
    'POST /v1/messages',
    {
      requestIdHeader: 'request-id',
      refused: anthropic.refused,
      whole: anthropic.message,
      events: anthropic.messageEvents,
    },
  ],
])

function wireOf({ method, url = '' }: IncomingMessage): Wire | undefined {
  return WIRES.get(`${method} ${url.split('?')[0]}`)
}

async function readJson(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  return typeof value === 'object' && value !== null ? value : {}
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function sendEvents(
  response: ServerResponse,
  events: readonly string[],
  { chunkMs = 0, staysOpen = false }: ScriptedReply,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  for (const event of events) {
    if (response.destroyed) return
    response.write(event)
    await wait(chunkMs)
  }
  if (!staysOpen) response.end()
}
