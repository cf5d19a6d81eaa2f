import type { Call } from '../shape/call.ts'

/** A trace and what its calls cost. */
export interface TraceCost {
  readonly trace_id: string
  readonly cost_usd: number
  readonly calls: number
}

/** Traces whose cost is being summed up; beyond, the cheapest of them are forgotten. */
const MAX_TRACES = 100_000
const SHOWN = 10

/** Sums up cost by trace and names the most expensive. A trace whose calls are far apart may have been forgotten in between. */
export class TopTraces {
  readonly #traces = new Map<string, { nanos: number; calls: number }>()
  #forgotten = false

  /** Whether any had to be forgotten: then a sum may be too small. */
  get forgotten(): boolean {
    return this.#forgotten
  }

  add({ traceId, nanoDollars, weight }: Call): void {
    if (traceId === null || nanoDollars === null) return
    const found = this.#traces.get(traceId)
    if (found === undefined) {
      this.#traces.set(traceId, { nanos: nanoDollars * weight, calls: 1 })
      if (this.#traces.size > MAX_TRACES) this.#forget()
      return
    }
    found.nanos += nanoDollars * weight
    found.calls += 1
  }

  /** Adds a trace that was summed up elsewhere. */
  merge({ trace_id, cost_usd, calls }: TraceCost): void {
    const found = this.#traces.get(trace_id) ?? { nanos: 0, calls: 0 }
    const nanos = found.nanos + Math.round(cost_usd * 1e9)
    this.#traces.set(trace_id, { nanos, calls: found.calls + calls })
  }

  top(): TraceCost[] {
    return [...this.#traces]
      .sort(([, a], [, b]) => b.nanos - a.nanos)
      .slice(0, SHOWN)
      .filter(([, { nanos }]) => nanos > 0)
      .map(([trace_id, { nanos, calls }]) => ({
        trace_id,
        cost_usd: Math.round(nanos) / 1e9,
        calls,
      }))
  }

  #forget(): void {
    this.#forgotten = true
    const sorted = [...this.#traces].sort(([, a], [, b]) => b.nanos - a.nanos)
    this.#traces.clear()
    for (const [id, cost] of sorted.slice(0, MAX_TRACES / 2)) this.#traces.set(id, cost)
  }
}
