import type { LlmCallOptions } from '@recount/logger'
import type { RequestFacts } from './provider.ts'

/** Answers that are remembered by their ids; the oldest are forgotten first. */
const MAX_ANSWERS = 10_000

const spanOfAnswer = new Map<string, string>()

/** Remembers which call an answer came from, so that a later request that refers to it is linked. */
export function rememberAnswer(response_id: string | undefined, span_id: string): void {
  if (response_id === undefined) return
  spanOfAnswer.set(response_id, span_id)
  const oldest = spanOfAnswer.size > MAX_ANSWERS ? spanOfAnswer.keys().next().value : undefined
  if (oldest !== undefined) spanOfAnswer.delete(oldest)
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
