import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type FaultRule, FaultScript } from './fault-script.ts'
import { escaped, listObjects, listVersions, xml } from './listings.ts'
import { Bucket } from './object-versions.ts'
import { type Answer, deleteObject, getObject, type Ignored, putObject, retain } from './objects.ts'
import { type Payload, readPayload } from './payload.ts'
import { S3Fault } from './s3-fault.ts'
import { type Credentials, checkSignature } from './signature.ts'

/** A request that came in, and what was answered; 0 where nothing was. */
export interface Served {
  readonly method: string
  readonly key: string
  readonly fault: string | undefined
  status: number
}

/** S3 on loopback, as far as this package and its users speak it, with faults on request. */
export class S3StandIn {
  readonly buckets: Map<string, Bucket> = new Map()
  readonly faults: FaultScript = new FaultScript()
  readonly served: Served[] = []
  readonly ignored: Ignored = {}
  readonly credentials: Credentials = { accessKeyId: 'stand-in', secretAccessKey: 'loopback only' }
  /** Called with each request before anything else. */
  onRequest: () => void = () => {}
  /** How many keys a page of a listing has. */
  pageKeys = 1000
  /** Milliseconds by which the server's clock is ahead. */
  skew = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => request.destroy())
    })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** Starts on a free port and resolves with the address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  /** A bucket that is there. */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name)
    if (bucket === undefined) throw new S3Fault(404, 'NoSuchBucket')
    return bucket
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3')
    const [name = '', ...rest] = url.pathname.slice(1).split('/')
    const key = decodeURIComponent(rest.join('/'))
    const method = request.method ?? 'GET'
    this.onRequest()
    const fault = key === '' ? undefined : this.faults.next(method, key)
    const served: Served = { method, key, fault: fault?.kind, status: 0 }
    this.served.push(served)
    if (fault?.kind === 'reset') {
      request.once('data', () => request.socket.destroy())
      return
    }
    const raw = await bodyOf(request)
    if (fault?.kind === 'fail') return void request.socket.destroy()
    if (fault?.kind === 'timeout') return
    const answer = this.#answer(request, raw, { name, key, query: url.searchParams }, fault)
    if (fault?.kind === 'lost-reply') return void request.socket.destroy()
    if (fault?.kind === 'stored-timeout') return
    served.status = answer.status
    const date = new Date(Date.now() + this.skew).toUTCString()
    send(response, { ...answer, headers: { date, ...answer.headers } }, method)
  }

  #answer(
    request: IncomingMessage,
    raw: Buffer,
    place: Place,
    fault: FaultRule | undefined,
  ): Answer {
    try {
      if (fault?.kind === 'skew') this.skew = 3600_000
      checkSignature(request, this.credentials, Date.now() + this.skew)
      const sent = readPayload(raw, request.headers)
      return this.#handle(request, this.#meddle(sent, place, fault), place, fault)
    } catch (error) {
      if (!(error instanceof S3Fault)) throw error
      return errorAnswer(error, Date.now() + this.skew)
    }
  }

  /** What happens to a request, or before it. */
  #meddle(payload: Payload, { name, key }: Place, fault: FaultRule | undefined): Payload {
    switch (fault?.kind) {
      case '403':
        throw new S3Fault(403, 'AccessDenied', 'Access Denied')
      case '409':
        throw new S3Fault(409, 'ConditionalRequestConflict')
      case '500':
        throw new S3Fault(500, 'InternalError')
      case '503':
        throw new S3Fault(503, 'SlowDown', 'Please reduce your request rate.')
      case 'damaged':
        return { ...payload, body: Buffer.concat([payload.body, Buffer.from('?')]) }
      case 'other-same':
        this.bucket(name).put({ key, body: payload.body, sha256: payload.checksums.sha256 })
        return payload
      case 'other-different':
        this.bucket(name).put({ key, body: fault.other ?? Buffer.from('of somebody else') })
        return payload
      default:
        return payload
    }
  }

  #handle(
    request: IncomingMessage,
    payload: Payload,
    { name, key, query }: Place,
    fault: FaultRule | undefined,
  ): Answer {
    if (key === '') return this.#handleBucket(request, name, query)
    const bucket = this.bucket(name)
    const ignored =
      fault?.kind === 'unconditional' ? { ...this.ignored, ifNoneMatch: true } : this.ignored
    switch (request.method) {
      case 'PUT':
        if (query.has('retention')) return retain(bucket, key, query, payload)
        return putObject(bucket, key, payload, request, ignored)
      case 'DELETE':
        return deleteObject(bucket, key, query, request)
      default:
        return getObject(bucket, key, query)
    }
  }

  #handleBucket(request: IncomingMessage, name: string, query: URLSearchParams): Answer {
    if (request.method === 'PUT' && query.has('versioning')) {
      this.bucket(name).isVersioned = true
      return { status: 200 }
    }
    if (request.method === 'PUT') {
      const isLocked = request.headers['x-amz-bucket-object-lock-enabled'] === 'true'
      this.buckets.set(name, new Bucket({ isLocked }))
      return { status: 200 }
    }
    const bucket = this.bucket(name)
    const list = query.has('versions') ? listVersions : listObjects
    const body = list(bucket, query, this.pageKeys)
    return { status: 200, body, headers: { 'content-type': 'application/xml' } }
  }
}

interface Place {
  readonly name: string
  readonly key: string
  readonly query: URLSearchParams
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function errorAnswer({ status, code, message }: S3Fault, now: number): Answer {
  const time = new Date(now)
  return {
    status,
    headers: { 'content-type': 'application/xml', date: time.toUTCString() },
    body: xml(
      'Error',
      `<Code>${code}</Code><Message>${escaped(message)}</Message><ServerTime>${time.toISOString()}</ServerTime>`,
    ).replace(/ xmlns="[^"]*"/, ''),
  }
}

function send(
  response: ServerResponse,
  { status, headers = {}, body = '' }: Answer,
  method: string,
): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(method === 'HEAD' ? undefined : body)
}
