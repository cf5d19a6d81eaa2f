import type { BodyObserver } from './observed-body.ts'

/** Bytes of a refusal that are read before anybody asks for them. */
export const READ_AHEAD_BYTES = 65_536
/** Milliseconds for which a refusal that nobody wants is still read, because it says why. */
const REST_MS = 100

/**
 * The body of an HTTP error, read ahead as far as it is small: clients that try again throw it away unread, and it says why
 * the call failed. Whoever reads it finds the same bytes.
 */
export function refusalBody(
  body: ReadableStream<Uint8Array>,
  observer: BodyObserver,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let ahead = 0
  let broken: { readonly error: unknown } | undefined
  let pumping = Promise.resolve()
  const readOne = async (
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<boolean> => {
    try {
      const { done, value } = await reader.read()
      if (done) {
        observer.done()
        controller.close()
        return false
      }
      ahead += value.byteLength
      observer.chunk(value)
      controller.enqueue(value)
      return true
    } catch (error) {
      observer.failed(error)
      broken = { error }
      return false
    }
  }
  const pump = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    while (ahead < READ_AHEAD_BYTES && (await readOne(controller)));
    observer.idle()
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        pumping = pump(controller)
      },
      async pull(controller) {
        await pumping
        // Only now: an error drops what has come and was not read yet.
        if (broken === undefined && ahead >= READ_AHEAD_BYTES) await readOne(controller)
        if (broken !== undefined) controller.error(broken.error)
      },
      async cancel(reason) {
        await first(pumping, REST_MS)
        observer.stopped()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

async function first(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, ms)
  })
  await Promise.race([promise, late])
  clearTimeout(timer)
}
