import type { IncidentLog } from './incidents.ts'
import type { Writing } from './record-writer.ts'

/** Where something came up. */
export interface SpanIds {
  readonly trace_id: string
  readonly span_id: string
}

/** Tells what concerns the whole process: where it came up, and nothing of whom that call was for, in the bindings of no child. */
export function processLog(
  root: IncidentLog,
  writing: Writing,
  { trace_id, span_id }: SpanIds,
): IncidentLog {
  function alone(write: () => void): void {
    const { busy } = writing
    writing.busy = true
    try {
      write()
    } finally {
      writing.busy = busy
    }
  }

  return {
    fatal: (fields, message) => alone(() => root.fatal({ trace_id, span_id, ...fields }, message)),
    info: (fields, message) => alone(() => root.info({ trace_id, span_id, ...fields }, message)),
  }
}
