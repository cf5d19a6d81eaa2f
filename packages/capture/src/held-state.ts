import type { LlmCallOptions } from '@recount/logger'
import { BoundedMap } from './bounded-map.ts'
import type { RequestFacts } from './provider.ts'

const spanOfAnswer = new BoundedMap<string>({
  what: 'ids of answers',
  entries: 10_000,
  bytes: 4_194_304,
})

/** Remembers which call an answer came from, so that a later request that refers to it is linked. */
export function rememberAnswer(response_id: string | undefined, span_id: string): void {
  if (response_id !== undefined) spanOfAnswer.set(response_id, span_id, 2 * span_id.length)
}

/** What a request says about state that the provider holds, and the call that it goes on from where that is known. */
export function heldState({
  state,
}: RequestFacts): Pick<LlmCallOptions, 'held_state' | 'continues'> {
  if (state === undefined) return {}
  const spans = Object.values(state).flatMap((reference) => spanOfAnswer.get(reference) ?? [])
  const continues = spans[0]
  return continues === undefined ? { held_state: state } : { held_state: state, continues }
}
