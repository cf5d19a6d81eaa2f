import { Readable } from 'node:stream'
import { read } from './fields.ts'
import { observeGenerator, observeIterable } from './observe-iterable.ts'
import { observeNodeStream, observeReadable } from './observe-stream.ts'
import type { Observer } from './observer.ts'
import { safely } from './recording.ts'
import { viewOf } from './view.ts'

/**
 * Calls a function and watches its ending, whatever it returns: a value, a promise, an async iterable, an (async)
 * generator, a stream. What comes out behaves as what went in, and streams are passed on chunk by chunk, on demand.
 */
export function observe<T>(fn: () => T, observer: Observer): T {
  let returned: T
  try {
    returned = observer.run(fn)
  } catch (error) {
    safely(() => observer.failed(error))
    throw error
  }
  return observeValue(returned, observer) as T
}

function observeValue(value: unknown, observer: Observer): unknown {
  const watch = typeof value === 'object' && value !== null ? watcherOf(value) : undefined
  if (watch !== undefined) return watch(value as never, observer)
  safely(() => observer.done(value))
  return value
}

type Watcher = (value: never, observer: Observer) => unknown

/** What watches this kind of object; undefined for one that is an answer by itself. */
function watcherOf(value: object): Watcher | undefined {
  try {
    if (typeof read(value, 'then') === 'function')
      return isPlainPromise(value) ? watchPromise : observeThenable
    if (value instanceof ReadableStream) return isPlainStream(value) ? observeReadable : undefined
    if (value instanceof Readable) return observeNodeStream
    if (Object.prototype.toString.call(value) === '[object Generator]') return observeGenerator
    return typeof read(value, Symbol.asyncIterator) === 'function' ? observeIterable : undefined
  } catch {
    // A proxy that refuses to say what it is.
    return undefined
  }
}

/** Nothing is lost when such a promise is replaced by what its `then` returns. Symbols do not count: Node puts its own there. */
function isPlainPromise(value: object): boolean {
  return (
    Object.getPrototypeOf(value) === Promise.prototype &&
    Object.getOwnPropertyNames(value).length === 0
  )
}

/** Nothing but the end is lost when such a stream is replaced by one that passes it on. */
function isPlainStream(stream: ReadableStream): boolean {
  const isPlain = Object.getPrototypeOf(stream) === ReadableStream.prototype
  return isPlain && !stream.locked && Object.keys(stream).length === 0
}

function watchPromise(promise: PromiseLike<unknown>, observer: Observer): PromiseLike<unknown> {
  return promise.then(
    (value) => observeValue(value, observer),
    (error) => {
      safely(() => observer.failed(error))
      throw error
    },
  )
}

/** Asks a `then` of which nothing is sure: it may return nothing, call back at once, or throw. */
function watchThen(thenable: PromiseLike<unknown>, observer: Observer): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => {
      safely(() => observer.failed(error))
      reject(error)
    }
    try {
      thenable.then((value) => resolve(observeValue(value, observer)), failed)
    } catch (error) {
      failed(error)
    }
  })
}

/**
 * Promises with a `then` of their own (SDK promises, query builders) may do their work only when it is called, and what
 * `then` does can make other methods useless: after parsing a body nobody can read it. So theirs is called when the caller
 * calls ours, not before; an answer that nobody ever asks for has no ending.
 */
function observeThenable(thenable: PromiseLike<unknown>, observer: Observer): object {
  let watched: Promise<unknown> | undefined
  const watch = (): Promise<unknown> => {
    watched ??= observer.run(() => watchThen(thenable, observer))
    return watched
  }
  const lazy = thenable.then !== Promise.prototype.then
  if (!lazy) void watch()
  const standIns: Readonly<Record<PropertyKey, unknown>> = {
    // biome-ignore lint/suspicious/noThenProperty: a stand-in for the promise's own
    then: (...args: Parameters<PromiseLike<unknown>['then']>) => watch().then(...args),
    catch: (failed: () => unknown) => watch().then(undefined, failed),
    finally: (ended: () => void) => watch().finally(ended),
  }
  const view: object = viewOf(
    thenable,
    (key) => (Object.hasOwn(standIns, key) && key in thenable ? standIns[key] : undefined),
    (method) => {
      const result = observer.run(method)
      if (result === thenable) return view
      if (typeof read(Object(result), 'then') !== 'function') return result
      if (lazy) return observePart(result as PromiseLike<unknown>, observer)
      // Whoever derives from the promise answers for its rejection; ours must not be unhandled beside it.
      watch().then(undefined, () => {})
      return result
    },
  )
  return view
}

/** What a method of an SDK's promise promises: the answer and its HTTP response, or only the latter. */
function observePart(part: PromiseLike<unknown>, observer: Observer): unknown {
  if (!isPlainPromise(part)) return observeThenable(part, observer)
  return part.then(
    (value) => {
      // The body is the caller's to read: the call has ended as far as can be seen.
      if (value instanceof Response) {
        safely(() => observer.done(undefined))
        return value
      }
      if (read(Object(value), 'response') instanceof Response) {
        const answer = value as { data?: unknown }
        return { ...answer, data: observeValue(answer.data, observer) }
      }
      return observeValue(value, observer)
    },
    (error) => {
      safely(() => observer.failed(error))
      throw error
    },
  )
}
