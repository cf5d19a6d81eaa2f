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
