import { callAbove, recordedAbove } from '../once.ts'
import type { ResolvedOptions } from '../options.ts'
import type { RequestFacts } from '../provider.ts'
import { safely } from '../warnings.ts'
import { type OpenCall, openCall } from './open-call.ts'

/** A model call that a function is about to make. */
export interface RunnableCall {
  readonly provider: string
  readonly request: () => RequestFacts
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a function that calls a model, and records the call unless a layer above does. `finish` ends it by the result, and
 * gives what the caller gets: the result, or one that is watched in its place.
 */
export async function runRecorded<R>(
  options: ResolvedOptions,
  { provider, request: read, signal }: RunnableCall,
  run: () => PromiseLike<R> | R,
  finish: (call: OpenCall, result: R) => R,
): Promise<R> {
  const request = safely(read)
  if (request === undefined || callAbove(request) !== undefined) return run()
  const call = openCall(options, { provider, request, signal })
  if (call === undefined) return run()
  let result: R
  try {
    result = await recordedAbove({ call: call.handle, model: request.model }, run)
  } catch (error) {
    call.fail(error)
    throw error
  }
  return safely(() => finish(call, result)) ?? result
}
