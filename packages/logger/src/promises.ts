import { types } from 'node:util'
import { read } from './fields.ts'

/**
 * Whether this is a promise where an answer is needed at once. A rejection of it is taken, because nobody will wait for
 * it and it would end the process. The `then` of what only looks like a promise is not called: it may start work.
 */
export function isAbandonedPromise(value: unknown): boolean {
  if (types.isPromise(value)) {
    try {
      Promise.prototype.then.call(value, undefined, () => {})
    } catch {
      // A subclass that cannot be followed takes care of itself.
    }
    return true
  }
  const isObject = typeof value === 'object' || typeof value === 'function'
  return isObject && value !== null && typeof read(value, 'then') === 'function'
}
