import { errorMonitor } from 'node:events'
import type { Readable } from 'node:stream'
import type { Observer } from './observer.ts'
import { safely } from './recording.ts'

/** Passed through on demand, so that back-pressure and cancelling reach the source as before. */
export function observeReadable(stream: ReadableStream, observer: Observer): ReadableStream {
  const reader = stream.getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await observer.run(() => reader.read())
          if (done) {
            safely(() => observer.done(undefined))
            controller.close()
          } else {
            safely(() => observer.chunk(value))
            controller.enqueue(value)
          }
        } catch (error) {
          safely(() => observer.failed(error))
          controller.error(error)
        }
      },
      cancel(reason) {
        safely(() => observer.stopped())
        return observer.run(() => reader.cancel(reason))
      },
    },
    { highWaterMark: 0 },
  )
}

/**
 * A Node stream stays what it is; only its end is listened to, because reading it or hearing its errors would change what
 * it does.
 */
export function observeNodeStream(stream: Readable, observer: Observer): Readable {
  let ended = false
  const end = (how: () => void): void => {
    if (ended) return
    ended = true
    safely(how)
  }
  const close = (): void => {
    const { errored } = stream
    end(() => (errored ? observer.failed(errored) : observer.stopped()))
  }
  if (stream.readableEnded) end(() => observer.done(undefined))
  else if (stream.destroyed) close()
  else {
    stream.once('end', () => end(() => observer.done(undefined)))
    stream.once('close', close)
    // A monitor hears errors without being the listener that keeps them from being thrown.
    stream.once(errorMonitor, (error) => end(() => observer.failed(error)))
  }
  return stream
}
