import type { Call } from '../shape/call.ts'
import { byNumber } from './order.ts'
import { RecentMap } from './recent-map.ts'

/** A trace and what its calls cost. */
export interface TraceCost {
  readonly trace_id: string
  readonly cost_usd: number
  readonly calls: number
}

interface Sum {
  readonly id: string
  nanos: number
  calls: number
}

/** Traces that are being summed up: at least the newest so many. */
const MAX_TRACES = 8192
/** Finished traces that are kept, the dearest. */
const MAX_KEPT = 100
const SHOWN = 10

/** Sums up cost by trace and names the most expensive. A trace whose calls are far apart may be kept in parts: then only the dear ones are found again. */
export class TopTraces {
  readonly #open = new RecentMap<Sum>(MAX_TRACES, (sum) => this.#close(sum))
  #kept: Sum[] = []
  #least = 0

  add({ traceId, nanoDollars, weight }: Call): void {
    if (traceId === null || nanoDollars === null) return
    const found = this.#open.get(traceId)
    if (found === undefined) {
      this.#open.set(traceId, { id: traceId, nanos: nanoDollars * weight, calls: 1 })
      return
    }
    found.nanos += nanoDollars * weight
    found.calls += 1
  }

  /** Adds a trace that was summed up elsewhere. */
  merge({ trace_id, cost_usd, calls }: TraceCost): void {
    this.#close({ id: trace_id, nanos: Math.round(cost_usd * 1e9), calls })
  }

  top(): TraceCost[] {
    for (const sum of this.#open.values()) this.#close({ ...sum })
    this.#open.drop()
    return this.#dearest()
      .slice(0, SHOWN)
      .filter(({ nanos }) => nanos > 0)
      .map(({ id, nanos, calls }) => ({ trace_id: id, cost_usd: Math.round(nanos) / 1e9, calls }))
  }

  #close(sum: Sum): void {
    if (sum.nanos <= this.#least) return
    this.#kept.push(sum)
    if (this.#kept.length < 2 * MAX_KEPT) return
    this.#kept = this.#dearest().slice(0, MAX_KEPT)
    this.#least = this.#kept.at(-1)?.nanos ?? 0
  }

  /** Parts of one trace are one. */
  #dearest(): Sum[] {
    const sums = new Map<string, Sum>()
    for (const { id, nanos, calls } of this.#kept) {
      const before = sums.get(id)
      sums.set(id, { id, nanos: nanos + (before?.nanos ?? 0), calls: calls + (before?.calls ?? 0) })
    }
    return [...sums.values()].sort(
      byNumber(
        ({ nanos }) => nanos,
        ({ id }) => id,
      ),
    )
  }
}
