/** Told how something ended; exactly one of `done`, `failed` and `stopped` is called, or none when a stream is never read. */
export interface Observer {
  /** A chunk of a stream came. */
  chunk(chunk: unknown): void
  /** It ended well; `value` is undefined at the end of a stream. */
  done(value: unknown): void
  failed(error: unknown): void
  /** The reader of a stream stopped reading. */
  stopped(): void
}

/**
 * Calls a function and watches its ending, whatever it returns: a value, a promise, an async iterable, an (async)
 * generator, a ReadableStream. What comes out behaves as what went in, and streams are passed on chunk by chunk.
 */
export function observe<T>(fn: () => T, observer: Observer): T {
  let returned: T
  try {
    returned = fn()
  } catch (error) {
    observer.failed(error)
    throw error
  }
  return isThenable(returned)
    ? (observePromise(returned, observer) as T)
    : (observeValue(returned, observer) as T)
}

function observePromise(promise: PromiseLike<unknown>, observer: Observer): PromiseLike<unknown> {
  const watched = Promise.resolve(
    promise.then(
      (value) => observeValue(value, observer),
      (error) => {
        observer.failed(error)
        throw error
      },
    ),
  )
  return promise.constructor === Promise ? watched : withMethodsOf(promise, watched)
}

/** SDK promises have methods of their own (`withResponse`, `asResponse`); they stay there and go to the SDK's promise. */
function withMethodsOf(promise: object, watched: Promise<unknown>): Promise<unknown> {
  for (
    let level: object | null = promise;
    level && level !== Promise.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const name of Object.getOwnPropertyNames(level)) {
      const method = Object.getOwnPropertyDescriptor(level, name)?.value
      if (name in watched || name in Object.prototype || typeof method !== 'function') continue
      Reflect.set(watched, name, method.bind(promise))
    }
  }
  return watched
}

function observeValue(value: unknown, observer: Observer): unknown {
  if (value instanceof ReadableStream && !value.locked) return observeReadable(value, observer)
  if (isAsyncIterable(value)) return observeIterable(value, observer)
  if (isGenerator(value)) return observeGenerator(value, observer)
  observer.done(value)
  return value
}

/** Passed through on demand, so that back-pressure and cancelling reach the source as before. */
function observeReadable(stream: ReadableStream, observer: Observer): ReadableStream {
  const reader = stream.getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            observer.done(undefined)
            controller.close()
          } else {
            observer.chunk(value)
            controller.enqueue(value)
          }
        } catch (error) {
          observer.failed(error)
          controller.error(error)
        }
      },
      async cancel(reason) {
        observer.stopped()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

/** A view of the object whose iterator is watched; everything else (SDK helpers, private state) is the object's own. */
function observeIterable(
  iterable: AsyncIterable<unknown>,
  observer: Observer,
): AsyncIterable<unknown> {
  let watched = false
  const iterate = (): AsyncIterator<unknown> => {
    const iterator = iterable[Symbol.asyncIterator]()
    if (watched) return iterator
    watched = true
    return watchIterator(iterator, observer)
  }
  let own: AsyncIterator<unknown> | undefined
  return new Proxy(iterable, {
    get(target, key) {
      if (key === Symbol.asyncIterator) return iterate
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function' || isFixed(target, key)) return value
      if (key !== 'next' && key !== 'return' && key !== 'throw') return value.bind(target)
      // An async generator is its own iterator: reading it by hand is watched too.
      own ??= iterate()
      return own[key]?.bind(own)
    },
  })
}

/** A proxy must give such a property as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  const property = Reflect.getOwnPropertyDescriptor(target, key)
  return property !== undefined && !property.configurable && !property.writable
}

function watchIterator(
  iterator: AsyncIterator<unknown>,
  observer: Observer,
): AsyncIterableIterator<unknown> {
  const step = async (
    result: Promise<IteratorResult<unknown>>,
  ): Promise<IteratorResult<unknown>> => {
    try {
      const { done, value } = await result
      if (done) observer.done(undefined)
      else observer.chunk(value)
      return { done: done ?? false, value } as IteratorResult<unknown>
    } catch (error) {
      observer.failed(error)
      throw error
    }
  }
  const watched: AsyncIterableIterator<unknown> = {
    [Symbol.asyncIterator]: () => watched,
    next: (...args: [] | [unknown]) => step(iterator.next(...args)),
    async return(value?: unknown) {
      observer.stopped()
      return iterator.return ? iterator.return(value) : { done: true, value }
    },
    async throw(error?: unknown) {
      if (iterator.throw) return step(iterator.throw(error))
      observer.failed(error)
      throw error
    },
  }
  return watched
}

function* observeGenerator(
  generator: Generator<unknown, unknown, unknown>,
  observer: Observer,
): Generator<unknown, unknown, unknown> {
  let ended = false
  try {
    let step = generator.next()
    while (!step.done) {
      observer.chunk(step.value)
      step = yield* passOn(generator, step.value)
    }
    ended = true
    observer.done(undefined)
    return step.value
  } catch (error) {
    ended = true
    observer.failed(error)
    throw error
  } finally {
    if (!ended) {
      observer.stopped()
      generator.return(undefined)
    }
  }
}

/** Hands one value out and what comes back in, be it a value or a throw. */
function* passOn(
  generator: Generator<unknown, unknown, unknown>,
  value: unknown,
): Generator<unknown, IteratorResult<unknown>, unknown> {
  let sent: unknown
  try {
    sent = yield value
  } catch (error) {
    return generator.throw(error)
  }
  return generator.next(sent)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof (value as { then?: unknown }).then === 'function'
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    isObject(value) &&
    typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  )
}

function isGenerator(value: unknown): value is Generator<unknown, unknown, unknown> {
  return Object.prototype.toString.call(value) === '[object Generator]'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
