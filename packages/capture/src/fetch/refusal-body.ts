import {
  type BodyObserver,
  type Controller,
  close,
  isByteStream,
  streamLike,
} from './observed-body.ts'

/** Bytes of a refusal that are read before anybody asks for them. */
export const READ_AHEAD_BYTES = 65_536
/** Milliseconds for which a refusal that nobody wants is still read, because it says why. */
const REST_MS = 100

/** What is read ahead would hold its connection open when the body is collected: then it is let go of. */
const unread = new FinalizationRegistry<ReadableStreamDefaultReader<Uint8Array>>((reader) => {
  reader.cancel('The answer was collected').catch(() => {})
})

/**
 * The body of an HTTP error, read ahead as far as it is small: clients that try again throw it away unread, and it says why
 * the call failed. Whoever reads it finds the same bytes.
 */
export function refusalBody(
  body: ReadableStream<Uint8Array>,
  observer: BodyObserver,
): ReadableStream<Uint8Array> {
  const bytes = isByteStream(body)
  const reader = body.getReader()
  const ahead = new ReadAhead(reader, observer)
  const pumping = ahead.pump()
  const pull = async (controller: Controller): Promise<void> => {
    const { done, value, error } = await ahead.next()
    if (value !== undefined) controller.enqueue(value)
    else if (done) close(controller)
    else controller.error(error)
  }
  const cancel = (reason: unknown): void => {
    // Whoever throws it away need not wait until it is known why the call failed.
    void first(pumping, REST_MS).then(() => {
      observer.stopped()
      reader.cancel(reason).catch(() => {})
    })
  }
  const refusal = streamLike(bytes, pull, cancel)
  unread.register(refusal, reader)
  return refusal
}

/** A piece, or how there are no more of them. */
interface Next {
  readonly value?: Uint8Array
  readonly done?: true
  readonly error?: unknown
}

/** What of a body was read and not asked for yet; it does not know the stream that it is for, so that this can be collected. */
class ReadAhead {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #observer: BodyObserver
  readonly #pieces: Uint8Array[] = []
  #bytes = 0
  #end: Next | undefined
  #reading: Promise<void> | undefined

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>, observer: BodyObserver) {
    this.#reader = reader
    this.#observer = observer
  }

  /** Reads what is read ahead. */
  async pump(): Promise<void> {
    while (this.#bytes < READ_AHEAD_BYTES && this.#end === undefined) await this.#read()
    this.#observer.idle()
  }

  async next(): Promise<Next> {
    while (this.#pieces.length === 0 && this.#end === undefined) await this.#read()
    const value = this.#pieces.shift()
    return value === undefined ? (this.#end ?? {}) : { value }
  }

  /** One read at a time, whoever waits for it. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOne().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readOne(): Promise<void> {
    try {
      const { done, value } = await this.#reader.read()
      if (done) {
        this.#end = { done }
        this.#observer.done()
        return
      }
      this.#bytes += value.byteLength
      // A byte stream takes the bytes of its chunks away: nobody may look at them any more then.
      this.#observer.chunk(value)
      if (value.byteLength > 0) this.#pieces.push(value)
    } catch (error) {
      this.#end = { error }
      this.#observer.failed(error)
    }
  }
}

async function first(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, ms)
  })
  await Promise.race([promise, late])
  clearTimeout(timer)
}
