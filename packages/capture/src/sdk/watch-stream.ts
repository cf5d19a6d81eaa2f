import { safely } from '../warnings.ts'

/** Who is told how a stream goes. */
export interface StreamWatcher<T> {
  chunk(value: T): void
  done(): void
  failed(error: unknown): void
  /** Whoever reads it stopped. */
  stopped(): void
}

/** The same stream, read on demand and watched; stopping it stops the source at once. */
export function watchStream<T>(
  source: ReadableStream<T>,
  watcher: StreamWatcher<T>,
): ReadableStream<T> {
  const reader = source.getReader()
  return new ReadableStream<T>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            safely(() => watcher.done())
            controller.close()
            return
          }
          safely(() => watcher.chunk(value))
          controller.enqueue(value)
        } catch (error) {
          safely(() => watcher.failed(error))
          controller.error(error)
        }
      },
      async cancel(reason) {
        safely(() => watcher.stopped())
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

const WAYS_IN = ['getReader', 'pipeThrough', 'pipeTo', 'tee', 'values'] as const

/**
 * Watches a stream that somebody else will read, and that cannot be replaced by another: whichever way it is read, this
 * stream object hands out the watched one.
 */
export function readAlong<T>(source: ReadableStream<T>, watcher: StreamWatcher<T>): void {
  for (const way of [...WAYS_IN, Symbol.asyncIterator]) {
    const value = (...args: unknown[]): unknown => {
      for (const each of [...WAYS_IN, Symbol.asyncIterator]) Reflect.deleteProperty(source, each)
      const watched = watchStream(source, watcher)
      return Reflect.apply(Reflect.get(watched, way) as () => unknown, watched, args)
    }
    Object.defineProperty(source, way, { value, configurable: true })
  }
}
