import { read } from './fields.ts'
import { observeReadable } from './observe-stream.ts'
import type { Observer } from './observer.ts'
import { safely } from './recording.ts'
import { viewOf } from './view.ts'

type Step = (...args: unknown[]) => unknown
type Steps = { readonly [key in 'next' | 'return' | 'throw']: Step | undefined }

/** A view of an async iterable whose first reading is watched; everything else (SDK helpers, private state) is its own. */
export function observeIterable(
  iterable: AsyncIterable<unknown>,
  observer: Observer,
): AsyncIterable<unknown> {
  let wasRead = false
  const own = isIterator(iterable) ? watchAsync(iterable, observer) : undefined
  const helpers = helpersOf(iterable, observer)
  const iterate = (): AsyncIterator<unknown> => {
    const iterator = observer.run(() => iterable[Symbol.asyncIterator]())
    if (iterator === (iterable as unknown)) return view as unknown as AsyncIterator<unknown>
    if (wasRead) return iterator
    wasRead = true
    const steps = watchAsync(iterator, observer)
    return viewOf(iterator, (key) => stepOf(steps, key))
  }
  const view: AsyncIterable<unknown> = viewOf(iterable, (key) =>
    key === Symbol.asyncIterator ? iterate : (stepOf(own, key) ?? helpers.get(key)),
  )
  return view
}

/** An SDK's stream may be handed on as a ReadableStream, or in two: who reads those reads the answer. Other helpers are not watched. */
function helpersOf(
  iterable: AsyncIterable<unknown>,
  observer: Observer,
): ReadonlyMap<PropertyKey, Step> {
  const helpers = new Map<PropertyKey, Step>()
  const watchHelper = (name: string, watchResult: (result: unknown) => unknown): void => {
    const helper = read(iterable, name)
    if (typeof helper !== 'function') return
    helpers.set(name, (...args) => watchResult(observer.run(() => helper.apply(iterable, args))))
  }
  watchHelper('toReadableStream', (result) =>
    result instanceof ReadableStream && !result.locked ? observeReadable(result, observer) : result,
  )
  watchHelper('tee', (result) => {
    if (
      !Array.isArray(result) ||
      typeof read(Object(result[0]), Symbol.asyncIterator) !== 'function'
    )
      return result
    return [observeIterable(result[0], observer), ...result.slice(1)]
  })
  return helpers
}

/** A view of a generator whose steps are watched. */
export function observeGenerator(
  generator: Generator<unknown, unknown, unknown>,
  observer: Observer,
): Generator<unknown, unknown, unknown> {
  const note = noteOf(observer)
  const steps = watch(generator, observer, (call) => {
    try {
      const result = observer.run(call)
      note(result)
      return result
    } catch (error) {
      safely(() => observer.failed(error))
      throw error
    }
  })
  const view: Generator<unknown, unknown, unknown> = viewOf(generator, (key) =>
    key === Symbol.iterator ? () => view : stepOf(steps, key),
  )
  return view
}

function watchAsync(iterator: object, observer: Observer): Steps {
  const note = noteOf(observer)
  return watch(iterator, observer, async (call) => {
    try {
      const result = await observer.run(call)
      note(result)
      return result
    } catch (error) {
      safely(() => observer.failed(error))
      throw error
    }
  })
}

/** An iterator's methods, each of whose results is taken by `step`. */
function watch(
  iterator: object,
  observer: Observer,
  step: (call: () => unknown) => unknown,
): Steps {
  const { next, return: close, throw: fail } = iterator as Partial<Record<keyof Steps, Step>>
  return {
    next: (...args) => step(() => next?.apply(iterator, args)),
    return: (...args) => {
      safely(() => observer.stopped())
      return step(() => (close ? close.apply(iterator, args) : { done: true, value: args[0] }))
    },
    throw: fail && ((...args) => step(() => fail.apply(iterator, args))),
  }
}

function noteOf(observer: Observer): (result: unknown) => void {
  return (result) => {
    safely(() => {
      if (read(Object(result), 'done')) observer.done(undefined)
      else observer.chunk(read(Object(result), 'value'))
    })
  }
}

function stepOf(steps: Steps | undefined, key: PropertyKey): Step | undefined {
  return key === 'next' || key === 'return' || key === 'throw' ? steps?.[key] : undefined
}

function isIterator(value: object): boolean {
  return typeof read(value, 'next') === 'function'
}
