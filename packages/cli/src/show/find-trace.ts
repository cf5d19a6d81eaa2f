import type { Input } from '@recount/analyze'
import { asNeedle, type RawRecord, scan, timeOf } from './scan.ts'

/** A trace that answers to what was asked for. */
export interface Hit {
  readonly trace_id: string
  /** What matched, in words. */
  readonly matched: string
  /** When its first line seen was written, epoch milliseconds. */
  readonly time: number
  readonly workflow: string | undefined
}

/** The traces that match, on whole ids if there are any, else on prefixes. */
export interface Hits {
  readonly hits: readonly Hit[]
  /** Whether there are more than are listed. */
  readonly more: boolean
}

const MIN_PREFIX = 6
const MAX_KEPT = 20

/** Finds the traces that a trace id, span id, message id or prefix of an id names. */
export async function findTraces(
  target: string,
  inputs: readonly Input[],
  onBytes: (bytes: number) => void,
): Promise<Hits> {
  const exact = new HitList()
  const byPrefix = new HitList()
  const id = target.toLowerCase().replaceAll('-', '')
  const isHex = /^[0-9a-f]+$/.test(id)
  const isPrefix = isHex && id.length >= MIN_PREFIX && id.length < 32
  await scan(inputs, {
    needles: [asNeedle(target), ...(isHex ? [id] : [])],
    onBytes,
    visit(record) {
      const { trace_id, span_id, message_id } = record
      if (typeof trace_id !== 'string') return
      if (trace_id === id) exact.add(record, trace_id, 'trace id')
      else if (span_id === id) exact.add(record, trace_id, `span ${id}`)
      else if (message_id === target) exact.add(record, trace_id, 'message id')
      else if (isPrefix && trace_id.startsWith(id)) byPrefix.add(record, trace_id, 'trace id')
      else if (isPrefix && typeof span_id === 'string' && span_id.startsWith(id))
        byPrefix.add(record, trace_id, `span ${span_id}`)
    },
  })
  return exact.size > 0 ? exact : byPrefix
}

class HitList implements Hits {
  readonly #hits = new Map<string, Hit>()
  more = false

  get size(): number {
    return this.#hits.size
  }

  get hits(): readonly Hit[] {
    return [...this.#hits.values()]
  }

  add(record: RawRecord, trace_id: string, matched: string): void {
    const known = this.#hits.get(trace_id)
    const workflow = typeof record.workflow === 'string' ? record.workflow : known?.workflow
    if (known === undefined && this.#hits.size >= MAX_KEPT) this.more = true
    else
      this.#hits.set(trace_id, {
        trace_id,
        matched: known?.matched ?? matched,
        time: Math.min(known?.time ?? Number.POSITIVE_INFINITY, timeOf(record)),
        workflow,
      })
  }
}
