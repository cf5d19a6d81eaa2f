import { RecentMap } from '../count/recent-map.ts'
import type { Recognised } from './recognise.ts'

type Call = Recognised & { readonly kind: 'call' } & { readonly file: string }

/** Calls of which further lines may come: at least the newest so many. */
const MAX_HELD = 50_000

/**
 * Brings lines together that are about one call, told by `call_id`: an agent's transcript has a
 * line for each block of an answer, each with the usage so far, and a resumed session repeats them.
 * The last line is right but for the start, which the first one has.
 */
export class MergedCalls {
  readonly #held: RecentMap<Call>

  constructor(onCall: (call: Call) => void) {
    this.#held = new RecentMap(MAX_HELD, onCall)
  }

  /** Whether the call was already there; what is held is handed on when it is old, or at the end. */
  add(id: string, call: Call): boolean {
    const before = this.#held.take(id)
    this.#held.set(id, before === undefined ? call : merged(before, call))
    return before !== undefined
  }

  end(): void {
    this.#held.clear()
  }
}

function merged(before: Call, call: Call): Call {
  const start_time = before.reading.start_time ?? call.reading.start_time
  return { ...call, line: before.line, file: before.file, reading: { ...call.reading, start_time } }
}
