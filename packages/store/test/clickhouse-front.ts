import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Session } from 'chdb'

/** ClickHouse's HTTP interface on this machine, in front of the engine in this process. */
export interface Front {
  /** `clickhouse://127.0.0.1:PORT` */
  readonly address: string
  /** What the next answers are; `undefined` is what the engine says. */
  fault: 'cut' | 'refuse' | undefined
  close(): Promise<void>
}

/** Starts it on a free port. */
export async function startFront(): Promise<Front> {
  const session = new Session()
  const front: Front = {
    address: '',
    fault: undefined,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      session.close()
    },
  }
  // The engine takes one query at a time.
  let turn: Promise<unknown> = Promise.resolve()
  const server: Server = createServer((request, response) => {
    turn = turn
      .then(() => answer(session, front, request, response))
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(front, { address: `clickhouse://127.0.0.1:${port}` })
}

/** What the client says in the address besides settings. */
const NO_SETTINGS = ['query', 'query_id', 'session_id', 'default_format', 'database', 'role']

async function answer(
  session: Session,
  front: Front,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams
  const body = await text(request)
  const sql = asked.has('query') ? `${asked.get('query')}\n${body}` : body
  if (front.fault === 'refuse') {
    response.writeHead(516, { 'X-ClickHouse-Exception-Code': '516' })
    response.end('Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)')
    return
  }
  try {
    for (const [name, value] of asked) {
      if (NO_SETTINGS.includes(name)) continue
      const quoted = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
      session.query(`SET ${name} = '${quoted}'`)
    }
    const result = await session.queryAsync(sql, { format: 'JSONEachRow' })
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
    if (front.fault === 'cut') {
      response.write(result.bytes().subarray(0, 20), () => response.destroy())
      return
    }
    response.end(result.bytes())
  } catch (error) {
    response.writeHead(500, { 'X-ClickHouse-Exception-Code': '1' })
    response.end(`Code: 1. DB::Exception: ${String(error)}`)
  }
}
