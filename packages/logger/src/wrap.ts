import { read } from './fields.ts'
import { recordLlmCall } from './llm-call.ts'
import type { LlmCallOptions } from './llm-call-options.ts'
import type { AnyPino } from './pino-internals.ts'

/** A function that does what `fn` does, with `this`, name and length kept, and records each run as a model call. */
export function wrapFunction<Args extends unknown[], T>(
  logger: AnyPino,
  fn: (...args: Args) => T,
  call: LlmCallOptions,
): (...args: Args) => T {
  function wrapped(this: unknown, ...args: Args): T {
    const input = args.length === 1 ? args[0] : args
    return recordLlmCall(logger, withInput(call, input), () => fn.apply(this, args))
  }
  Object.defineProperty(wrapped, 'name', { value: fn.name, configurable: true })
  Object.defineProperty(wrapped, 'length', { value: fn.length, configurable: true })
  return wrapped
}

/** A view of the options, which are read only while the call is recorded: a caller's getter must not keep the function from running. */
function withInput(call: LlmCallOptions, input: unknown): LlmCallOptions {
  if (typeof call !== 'object' || read(call, 'input') !== undefined) return call
  return Object.create(call, { input: { value: input } }) as LlmCallOptions
}
