import type { Reading, Row } from '@recount/record/shapes'
import { toName } from '../shape/call.ts'
import { promptOf } from './grouping.ts'
import { RecentMap } from './recent-map.ts'

/** Calls whose prompt is remembered: at least the newest so many. */
const MAX_CALLS = 50_000
const KEYS = ['message_id', 'span_id', 'trace_id'] as const

/** Tells for a line that came after a call which prompt version that call was made with. */
export class PromptFinder {
  readonly #prompts = new RecentMap<string>(MAX_CALLS * KEYS.length)

  /** A call that names a prompt. */
  call(reading: Reading): void {
    const prompt = promptOf(reading)
    if (prompt === null) return
    for (const key of KEYS) {
      const id = toName(reading[key])
      if (id !== null) this.#prompts.set(`${key} ${id}`, prompt)
    }
  }

  /** The prompt of the call that a line is about; null where it is not known. */
  promptFor(row: Row): string | null {
    for (const key of KEYS) {
      const id = toName(row[key])
      const prompt = id === null ? undefined : this.#prompts.get(`${key} ${id}`)
      if (prompt !== undefined) return prompt
    }
    return null
  }
}
