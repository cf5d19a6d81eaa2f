import { AsyncLocalStorage } from 'node:async_hooks'
import type { LlmResult } from '@recount/logger'

/** A call that some layer of capture records: layers below it add to it what only they see, and open none of their own. */
export interface RecordedCall {
  set(result: LlmResult): void
}

const storage = new AsyncLocalStorage<RecordedCall>()

/** Runs what makes a model call so that no layer below (a wrapped fetch, an SDK's hook) records it a second time. */
export function recordOnce<T>(call: RecordedCall, fn: () => T): T {
  return storage.run(call, fn)
}

/** The call that a layer above records already; undefined where the caller is the first to see it. */
export function recordedAbove(): RecordedCall | undefined {
  return storage.getStore()
}
