import type { Input } from '@recount/analyze'
import { scan, timeOf } from './scan.ts'

/** Traces whose beginnings are remembered; of more the earlier half is forgotten. */
const MAX_TRACES = 100_000

/** Lines of the content plane and about an answer say nothing of when their trace began. */
const LATE = ['content', 'user_action', 'evaluation', 'error_diagnosed', 'erased']

/**
 * Finds the trace that began last. A trace begins with the earliest of its spans in the files, whoever is the parent of
 * that one: the span of another process, of which there is no line here, may be.
 */
export async function findLastTrace(
  inputs: readonly Input[],
  onBytes: (bytes: number) => void,
): Promise<string | undefined> {
  const began = new Map<string, number>()
  await scan(inputs, {
    needles: ['"trace_id"'],
    onBytes,
    visit(record) {
      const { trace_id, event } = record
      if (typeof trace_id !== 'string' || LATE.includes(String(event))) return
      const time = timeOf(record)
      if (time < (began.get(trace_id) ?? Number.POSITIVE_INFINITY)) began.set(trace_id, time)
      if (began.size > MAX_TRACES) forgetEarlier(began)
    },
  })
  return byBeginning(began).at(-1)?.[0]
}

function forgetEarlier(began: Map<string, number>): void {
  for (const [trace_id] of byBeginning(began).slice(0, began.size / 2)) began.delete(trace_id)
}

function byBeginning(began: ReadonlyMap<string, number>): [string, number][] {
  return [...began].sort(([, a], [, b]) => a - b)
}
