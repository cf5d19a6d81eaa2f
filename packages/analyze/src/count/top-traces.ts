import { hashOf, TextTable } from '../input/text-table.ts'
import { type Call, isKnown } from '../shape/call.ts'
import { IdBytes } from './id-bytes.ts'
import { byNumber } from './order.ts'

/** A trace and what its calls cost. */
export interface TraceCost {
  readonly trace_id: string
  readonly cost_usd: number
  readonly calls: number
}

interface Sum {
  readonly id: string
  readonly nanos: number
  readonly calls: number
}

/** Traces that are being summed up: at least the newest so many. */
const MAX_TRACES = 8192
/** A name has at most 201 letters of at most three bytes. */
const MAX_ID_BYTES = 603
/** Finished traces that are kept, the dearest. */
const MAX_KEPT = 100
const SHOWN = 10

/** Sums up cost by trace and names the most expensive. A trace whose calls are far apart may be kept in parts: then only the dear ones are found again. */
export class TopTraces {
  // Two generations, the older dropped as a whole.
  #newer = newGeneration()
  #older = newGeneration()
  readonly #id = new IdBytes()
  readonly #cost = new Float64Array(1)
  /** The number of the last trace: its calls often follow each other. */
  #last = 0
  #kept: Sum[] = []
  #least = 0

  add({ traceId, nanoDollars, weight }: Call): void {
    if (!isKnown(nanoDollars) || traceId === null) return
    const { view, length } = this.#id.ofText(traceId)
    this.#cost[0] = nanoDollars * weight
    this.addAt(view, 0, length, this.#cost, 0)
  }

  /** What a call of the trace has cost whose id stands between two places; three more bytes have to follow it. The nano-dollars stand at a place of theirs. */
  addAt(view: DataView, from: number, to: number, nanos: Float64Array, at: number): void {
    if (this.#last === 0 || !this.#newer.ids.isAt(this.#last, view, from, to))
      this.#last = this.#find(view, from, to)
    add(this.#newer, this.#last, nanos[at] as number, 1)
  }

  /** Adds a trace that was summed up elsewhere. */
  merge({ trace_id, cost_usd, calls }: TraceCost): void {
    this.#close({ id: trace_id, nanos: Math.round(cost_usd * 1e9), calls })
  }

  top(): TraceCost[] {
    for (const generation of [this.#older, this.#newer]) this.#closeAll(generation)
    this.#last = 0
    return this.#dearest()
      .slice(0, SHOWN)
      .filter(({ nanos }) => nanos > 0)
      .map(({ id, nanos, calls }) => ({ trace_id: id, cost_usd: Math.round(nanos) / 1e9, calls }))
  }

  #find(view: DataView, from: number, to: number): number {
    const hash = hashOf(view, from, to)
    const before = this.#newer.ids.count
    let number = this.#newer.ids.find(view, from, to, hash)
    if (number === 0) {
      this.#forget()
      number = this.#newer.ids.find(view, from, to, hash)
    }
    if (this.#newer.ids.count !== before) this.#bringOver(number, view, from, to, hash)
    return number
  }

  /** A trace that is new here may have been there: then its sum goes on here. */
  #bringOver(number: number, view: DataView, from: number, to: number, hash: number): void {
    const older = this.#older
    const old = older.ids.count === 0 ? 0 : older.ids.look(view, from, to, hash)
    if (old === 0) return
    add(this.#newer, number, older.nanos[old] as number, older.calls[old] as number)
    older.nanos[old] = 0
    older.calls[old] = 0
  }

  #forget(): void {
    const older = this.#older
    this.#closeAll(older)
    this.#older = this.#newer
    this.#newer = older
  }

  #closeAll(generation: Generation): void {
    const { ids, nanos, calls } = generation
    for (let i = 1; i <= ids.count; i++) {
      const sum = nanos[i] as number
      if (sum > this.#least)
        this.#close({ id: ids.bytes(i).toString(), nanos: sum, calls: calls[i] as number })
    }
    nanos.fill(0, 0, ids.count + 1)
    calls.fill(0, 0, ids.count + 1)
    ids.clear()
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

interface Generation {
  readonly ids: TextTable
  /** By the number of the id. */
  readonly nanos: Float64Array
  readonly calls: Float64Array
}

function newGeneration(): Generation {
  return {
    ids: new TextTable(MAX_TRACES, MAX_ID_BYTES),
    nanos: new Float64Array(MAX_TRACES + 1),
    calls: new Float64Array(MAX_TRACES + 1),
  }
}

function add(
  { nanos: sums, calls: counts }: Generation,
  i: number,
  nanos: number,
  calls: number,
): void {
  sums[i] = (sums[i] as number) + nanos
  counts[i] = (counts[i] as number) + calls
}
