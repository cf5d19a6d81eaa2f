import { AsyncLocalStorage } from 'node:async_hooks'
import type { LlmCallOptions } from '@recount/logger'

/** What the wire cannot say of a call: which prompt it was, your own id of the answer, what it replaces, what of it is kept. */
export type CallLabels = Pick<
  LlmCallOptions,
  | 'prompt'
  | 'message_id'
  | 'fallback_of'
  | 'upstream'
  | 'content'
  | 'session_id'
  | 'user_id'
  | 'tenant_id'
  | 'workflow'
  | 'agent'
  | 'span_name'
  | 'tags'
  | 'metadata'
  | 'consent'
>

const storage = new AsyncLocalStorage<CallLabels>()

/** Labels every model call that is captured while `fn` runs, and returns what `fn` returns; inner labels win. */
export function labelCalls<T>(labels: CallLabels, fn: () => T): T {
  return storage.run({ ...storage.getStore(), ...labels }, fn)
}

/** The labels of the call about to be made; every layer of capture gives them to the logger. */
export function currentLabels(): CallLabels {
  return storage.getStore() ?? {}
}
