/** Looks on while a body is read. Nothing here may throw. */
export interface BodyObserver {
  /** A piece has come; its bytes are there only until this returns. */
  chunk(chunk: unknown): void
  /** Whoever reads waits for the next piece: the time to look at what has come. */
  idle(): void
  /** It was read to its end. */
  done(): void
  /** It broke. */
  failed(error: unknown): void
  /** Whoever read it stopped. */
  stopped(): void
}

/** What fills a stream of either kind. */
export type Controller = ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>

/**
 * The same body, passed through on demand: each read of it is one read of the source, so that back-pressure, cancelling and
 * errors are the source's own. The source stays unlocked until somebody reads: a body that is locked is never let go of by
 * the platform, which closes the connection of an answer that was collected unread.
 */
export function observedBody(
  body: ReadableStream<Uint8Array>,
  observer: BodyObserver,
): ReadableStream<Uint8Array> {
  const bytes = isByteStream(body)
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  const pull = async (controller: Controller): Promise<void> => {
    try {
      reader ??= body.getReader()
      const reading = reader.read()
      observer.idle()
      const { done, value } = await reading
      if (done) {
        observer.done()
        close(controller)
      } else {
        // A byte stream takes the bytes of its chunks away: nobody may look at them any more then.
        observer.chunk(value)
        controller.enqueue(value)
      }
    } catch (error) {
      observer.failed(error)
      controller.error(error)
    }
  }
  const cancel = (reason: unknown): Promise<void> => {
    observer.stopped()
    return (reader ?? body).cancel(reason)
  }
  return streamLike(bytes, pull, cancel)
}

/** A stream that reads nothing ahead, of bytes where its source is one of bytes. */
export function streamLike(
  bytes: boolean,
  pull: (controller: Controller) => Promise<void>,
  cancel: (reason: unknown) => void | Promise<void>,
): ReadableStream<Uint8Array> {
  // The chunks of a byte stream are `Uint8Array`s, though its type says less.
  const stream: unknown = bytes
    ? new ReadableStream({ type: 'bytes', pull, cancel })
    : new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
  return stream as ReadableStream<Uint8Array>
}

/** Whether a body can be read into a buffer of the reader. */
export function isByteStream(body: ReadableStream): boolean {
  try {
    body.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    return false
  }
}

/** Ends a stream, and the read that waits for a buffer of its own. */
export function close(controller: Controller): void {
  controller.close()
  if ('byobRequest' in controller) controller.byobRequest?.respond(0)
}
