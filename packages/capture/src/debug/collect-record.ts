import { AsyncLocalStorage } from 'node:async_hooks'
import { addSink, type RecordingMethods } from '@recount/logger'
import type { AnyRecord, LlmCall } from '@recount/record'
import { safely } from '../warnings.ts'

interface Collected {
  record?: LlmCall
}

const collecting = new AsyncLocalStorage<Collected>()

/** Runs a function that asks a model, and gives the last line of what was recorded of it; undefined where nothing was. */
export async function collectRecord<T>(
  logger: RecordingMethods,
  fn: () => Promise<T>,
): Promise<{ readonly value: T; readonly record: LlmCall | undefined }> {
  const collected: Collected = {}
  const spans = new Map<string, Collected>()
  const write = (record: AnyRecord): void => {
    // A start line is written where the call is made, so it tells whose call it is.
    const whose = collecting.getStore()
    if (record.event === 'llm_call_started' && whose === collected)
      spans.set(record.span_id, collected)
    else if (record.event === 'llm_call' && spans.has(record.span_id)) collected.record = record
  }
  const takeOff = safely(() => addSink(logger, { write }))
  try {
    const value = await collecting.run(collected, fn)
    return { value, record: collected.record }
  } finally {
    takeOff?.()
  }
}
