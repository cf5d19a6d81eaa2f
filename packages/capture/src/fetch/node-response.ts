import { Readable } from 'node:stream'
import type { BodyObserver } from './observed-body.ts'

/** Whether a response is one of `node-fetch`, which older clients bring: its body is a Node stream. */
export function isNodeStream(body: unknown): body is Readable {
  return body instanceof Readable
}

/** The same response of `node-fetch` with a body that is looked at while it is read, and of which some bytes are read ahead. */
export function observedNodeResponse(
  response: Response,
  body: Readable,
  observer: BodyObserver,
  ahead: number,
): Response {
  const { status, statusText, headers, url, redirected } = response
  // `counter` is how node-fetch says that a response was redirected.
  const init = { status, statusText, headers, url, counter: redirected ? 1 : 0 }
  const Own = response.constructor as new (body: unknown, init: object) => Response
  return new Own(observedReadable(body, observer, ahead), init)
}

/** Passed through on demand: the source flows only while somebody reads. */
function observedReadable(source: Readable, observer: BodyObserver, ahead: number): Readable {
  let ended = false
  let bytes = 0
  const end = (how: () => void): void => {
    if (ended) return
    ended = true
    how()
  }
  const view = new Readable({
    read() {
      observer.idle()
      source.resume()
    },
    destroy(error, done) {
      end(() => (error === null ? observer.stopped() : observer.failed(error)))
      source.destroy(error ?? undefined)
      done(error)
    },
  })
  source.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length
    observer.chunk(chunk)
    if (!view.push(chunk) && bytes >= ahead) source.pause()
  })
  if (ahead === 0) source.pause()
  source.once('end', () => {
    end(() => observer.done())
    view.push(null)
  })
  source.on('error', (error) => view.destroy(error))
  source.once('close', () => {
    if (!ended) view.destroy(new Error('Premature close'))
  })
  return view
}
