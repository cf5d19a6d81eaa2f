import type { AnyRecord } from '@recount/record'
import { EVERY_TENANT } from '../scope.ts'
import type { Store } from '../store.ts'

type Writable = { -readonly [key in keyof AnyRecord]: AnyRecord[key] } & { start_time?: number }

/** Lines of calls of which a log may have several: the last one tells what became of the call, the first one when it began. */
export const partsOfCalls: WeakSet<AnyRecord> = new WeakSet()

/** Calls that are remembered; of older ones the store is asked. */
const MOST_CALLS = 50_000
/** Calls that the store is asked for at once: no more than it answers on one page. */
const ASKED = 500

/** When calls began of which there are several lines, in this file or in one that was read before. */
export class CallStarts {
  readonly #store: Store
  readonly #starts: Map<string, number> = new Map()

  constructor(store: Store) {
    this.#store = store
  }

  /** Gives the lines of one call the beginning that its first one had. */
  async settle(records: readonly AnyRecord[]): Promise<void> {
    const parts = records.filter((record) => partsOfCalls.has(record))
    if (parts.length === 0) return
    await this.#ask([...new Set(parts.map(({ trace_id = '' }) => trace_id))])
    for (const record of parts) {
      const id = `${record.trace_id}`
      const start = this.#starts.get(id)
      if (start === undefined) this.#starts.set(id, record.time)
      else begin(record as Writable, start)
    }
  }

  async #ask(traces: readonly string[]): Promise<void> {
    if (this.#starts.size > MOST_CALLS) this.#starts.clear()
    const fresh = traces.filter((id) => !this.#starts.has(id))
    for (let at = 0; at < fresh.length; at += ASKED) {
      const trace_id = fresh.slice(at, at + ASKED)
      const { items } = await this.#store.list({ trace_id, tenant: EVERY_TENANT, limit: 1000 })
      for (const { trace_id, start_time } of items)
        if (start_time !== null) this.#starts.set(trace_id, start_time)
    }
  }
}

function begin(record: Writable, start: number): void {
  record.time = start
  if (record.event === 'llm_call') record.start_time = start
}
