import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Witness } from './witness.ts'

/** A note, and a proof of 63 hashes. */
const MOST_BYTES = 65_536 + 64 * 64

/** An HTTP server for a witness: `POST …/add-checkpoint`, and `…/add-key` for a log whose key was rotated. It does not listen yet. */
export function witnessServer(witness: Witness): Server {
  return createServer((request, response) => {
    answer(witness, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
}

async function answer(
  witness: Witness,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?')[0] ?? ''
  const isKey = path.endsWith('/add-key')
  if (!isKey && !path.endsWith('/add-checkpoint'))
    return end(response, 404, 'there are only add-checkpoint and add-key\n')
  if (request.method !== 'POST') return end(response, 405, 'it takes POST\n')
  const body = await bodyOf(request)
  if (body === undefined) return end(response, 413, 'too long\n')
  const answered = isKey ? witness.addKey(body) : witness.addCheckpoint(body)
  const { status, type, body: text } = await answered
  response.writeHead(status, { 'content-type': type }).end(text)
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}
