/** A request's body as far as it can be read without consuming it. */
export interface RequestBody {
  /** The wire text, where it is text. */
  readonly text: string | undefined
  /** The parsed JSON, or the fields of a form; undefined where it is neither. */
  readonly value: unknown
  /** Type and size of what is not read: uploads, streams, binary bodies. */
  readonly files: readonly Upload[]
}

/** Something that is sent and not read. */
export interface Upload {
  readonly name?: string
  readonly type: string
  readonly size?: number
}

const JSON_TYPE = /\bjson\b/i
/** Milliseconds that the text of a `Request` may take to come; it is in memory already, unless its body is a live stream. */
const REQUEST_TEXT_MS = 50

/** Reads a body given to `fetch`. Streams and files are left alone: their type and size are noted. */
export function readBody(body: unknown, headers: Headers, budget: number): RequestBody {
  if (typeof body === 'string') return textBody(body)
  if (body instanceof URLSearchParams) return formBody(body.entries())
  if (body instanceof FormData) return formBody(body.entries())
  const bytes = bytesOf(body)
  const type = headers.get('content-type') ?? typeOf(body)
  if (bytes !== undefined && JSON_TYPE.test(type) && bytes.byteLength <= budget)
    return textBody(new TextDecoder().decode(bytes))
  if (body === undefined || body === null) return { text: undefined, value: undefined, files: [] }
  return opaqueBody(type, bytes?.byteLength ?? sizeOf(body, headers))
}

/**
 * Reads the JSON inside a `Request`, from a clone, so that the request stays unread. What is not JSON, or does not come at
 * once, is left alone.
 */
export async function readRequestText(
  request: Request,
  headers: Headers,
  budget: number,
): Promise<RequestBody> {
  const type = headers.get('content-type') ?? ''
  const unread = opaqueBody(type, sizeOf(undefined, headers))
  if (request.body === null || !JSON_TYPE.test(type) || request.bodyUsed) return unread
  const text = await promptly(
    request
      .clone()
      .text()
      .catch(() => undefined),
  )
  return text === undefined || text.length > budget ? unread : textBody(text)
}

async function promptly<T>(promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = withResolvers()
  const timer = setTimeout(resolve, REQUEST_TEXT_MS)
  const first = await Promise.race([promise, late])
  clearTimeout(timer)
  return first as T | undefined
}

function withResolvers(): { promise: Promise<undefined>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<undefined>((done) => {
    resolve = () => done(undefined)
  })
  return { promise, resolve }
}

function textBody(text: string): RequestBody {
  return { text, value: parsed(text), files: [] }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function formBody(entries: Iterable<[string, unknown]>): RequestBody {
  const value: Record<string, string> = Object.create(null)
  const files: Upload[] = []
  for (const [key, entry] of entries) {
    if (typeof entry === 'string') value[key] = entry
    else if (entry instanceof Blob) files.push(upload(entry))
  }
  return { text: undefined, value: { ...value }, files }
}

function upload(blob: Blob): Upload {
  const named = 'name' in blob ? { name: String(blob.name) } : {}
  return { ...named, type: blob.type, size: blob.size }
}

function opaqueBody(type: string, size: number | undefined): RequestBody {
  const file: Upload = size === undefined ? { type } : { type, size }
  return { text: undefined, value: undefined, files: [file] }
}

function bytesOf(body: unknown): Uint8Array | undefined {
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (!ArrayBuffer.isView(body)) return undefined
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
}

function typeOf(body: unknown): string {
  return body instanceof Blob ? body.type : ''
}

function sizeOf(body: unknown, headers: Headers): number | undefined {
  if (body instanceof Blob) return body.size
  const length = headers.get('content-length')
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined
}
