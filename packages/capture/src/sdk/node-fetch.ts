import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { Fetch, WrapFetch } from './client-kind.ts'

/** The response of the package `node-fetch` 2, which `openai` 4 uses by default: its body is a Node stream. */
interface NodeResponse {
  readonly body: Readable | null
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly redirected: boolean
  readonly headers: { raw(): Record<string, string[]> }
}

type NodeResponseClass = new (body: Readable | null, init: object) => Response

/** Whether a `fetch` is that of `node-fetch`, which says so only by what it has. */
export function isNodeFetch(fetch: Fetch): boolean {
  return typeof (fetch as { isRedirect?: unknown }).isRedirect === 'function'
}

/**
 * Captures a `node-fetch` with what captures the standard one: its responses are shown as standard ones and turned back, so
 * that the client gets the class it expects. Bodies are handed on, on demand; stopping one stops the other.
 */
export function withWebResponses(nodeFetch: Fetch, wrap: WrapFetch): Fetch {
  let Class: NodeResponseClass | undefined
  const captured = wrap((async (...args: Parameters<Fetch>) => {
    const answer = (await nodeFetch(...args)) as unknown as NodeResponse
    Class ??= answer.constructor as NodeResponseClass
    return toWeb(answer)
  }) as Fetch)
  return (async (...args: Parameters<Fetch>) => {
    const response = await captured(...args)
    return Class === undefined ? response : fromWeb(Class, response)
  }) as Fetch
}

const WITHOUT_BODY = [204, 205, 304]

function toWeb(answer: NodeResponse): Response {
  const { status, statusText, url, redirected } = answer
  const hasBody = answer.body !== null && !WITHOUT_BODY.includes(status)
  const body = hasBody ? (Readable.toWeb(answer.body) as unknown as ReadableStream) : null
  const response = new Response(body, { status, statusText, headers: headersOf(answer) })
  Object.defineProperty(response, 'url', { value: url })
  Object.defineProperty(response, 'redirected', { value: redirected })
  return response
}

function headersOf(answer: NodeResponse): Headers {
  const headers = new Headers()
  for (const [name, values] of Object.entries(answer.headers.raw()))
    for (const value of values) headers.append(name, value)
  return headers
}

function fromWeb(Class: NodeResponseClass, response: Response): Response {
  const { status, statusText, url, redirected, body } = response
  const readable = body === null ? Readable.from([]) : Readable.fromWeb(body as NodeReadableStream)
  const headers: Record<string, string> = Object.fromEntries(response.headers)
  return new Class(readable, { status, statusText, url, headers, counter: redirected ? 1 : 0 })
}
