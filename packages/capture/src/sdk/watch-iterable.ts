import { safely } from '../warnings.ts'
import type { StreamWatcher } from './watch-stream.ts'

/** The same iterable, read on demand and watched; breaking out of it ends the source as before. */
export function watchIterable<T>(
  source: AsyncIterable<T>,
  watcher: StreamWatcher<T>,
): AsyncIterable<T> {
  return Object.create(source, {
    [Symbol.asyncIterator]: { value: () => watched(source[Symbol.asyncIterator](), watcher) },
  }) as AsyncIterable<T>
}

function watched<T>(source: AsyncIterator<T>, watcher: StreamWatcher<T>): AsyncIterableIterator<T> {
  const told = async (step: Promise<IteratorResult<T>>): Promise<IteratorResult<T>> => {
    try {
      const result = await step
      safely(() => (result.done ? watcher.done() : watcher.chunk(result.value)))
      return result
    } catch (error) {
      safely(() => watcher.failed(error))
      throw error
    }
  }
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => told(source.next()),
    async return(value) {
      safely(() => watcher.stopped())
      return (await source.return?.(value)) ?? { done: true, value }
    },
    async throw(error) {
      safely(() => watcher.failed(error))
      if (source.throw === undefined) throw error
      return source.throw(error)
    },
  }
}
