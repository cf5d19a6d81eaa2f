import type { Row } from '@recount/record/shapes'
import { type Call, toLength, toName } from '../shape/call.ts'
import { CappedTable } from './capped.ts'
import { Distribution, type DistributionState, type Summary, withoutDust } from './distribution.ts'
import { byNumber } from './order.ts'

/** What is done besides asking a model, and the part of an answer that comes after its first token. */
export type PartName = 'retrieval' | 'tool' | 'generation'

/** How long one part of the work took. */
export interface PartNumbers {
  readonly part: PartName
  /** The tool, or the source that was asked; null of `generation`. */
  readonly name: string | null
  readonly count: number
  /** Of those that ended as `error` or `partial`; they have no latency. */
  readonly errors: number
  readonly latency_ms: Summary
}

/** What was counted of a part, as a mergeable report keeps it. */
export interface PartState {
  readonly part: PartName
  readonly name: string | null
  readonly count: number
  readonly errors: number
  readonly latency: DistributionState
}

const MAX_NAMES = 500
/** Latencies of a part that are held as they are. */
const EXACT_VALUES = 5_000

interface PartCount {
  count: number
  errors: number
  readonly latency: Distribution
}

/** Counts how long retrievals, tools and the rest of an answer after its first token took. */
export class Parts {
  readonly #table = new CappedTable<PartCount>(MAX_NAMES, () => ({
    count: 0,
    errors: 0,
    latency: new Distribution(EXACT_VALUES),
  }))

  #generation: PartCount | undefined

  /** A terminal line of a tool or a retrieval. */
  event(row: Row): void {
    const [part, name] =
      row.event === 'tool_call'
        ? (['tool', row.tool] as const)
        : (['retrieval', row.source] as const)
    const found = this.#table.get(JSON.stringify([part, toName(name)]))
    found.count += 1
    if (row.status === 'error' || row.status === 'partial') found.errors += 1
    const ms = row.status === 'ok' ? toLength(row.duration_ms) : null
    if (ms !== null) found.latency.add(ms)
  }

  /** An attempt of a model call. */
  call({ status, ttftMs, durationMs }: Call): void {
    if (status === 'ok') this.answer(durationMs, ttftMs)
  }

  /** A call that ended well: how long it took, in all and to its first token. */
  answer(durationMs: number, ttftMs: number): void {
    if (!(durationMs >= ttftMs)) return
    this.#generation ??= this.#table.get(GENERATION)
    const found = this.#generation
    found.count += 1
    found.latency.add(durationMs - ttftMs)
  }

  /** Retrievals first, then generation, then tools; of each the most frequent first. */
  numbers(): PartNumbers[] {
    const rows = this.#table.entries().map(([key, { count, errors, latency }]) => ({
      ...{ ...namesOf(key), count, errors },
      latency_ms: withoutDust(latency.summary()),
    }))
    return rows
      .sort(
        byNumber(
          ({ count }) => count,
          ({ name }) => name,
        ),
      )
      .sort((a, b) => ORDER.indexOf(a.part) - ORDER.indexOf(b.part))
  }

  state(): PartState[] {
    return this.#table.entries().map(([key, { count, errors, latency }]) => ({
      ...{ ...namesOf(key), count, errors, latency: latency.state() },
    }))
  }

  /** Adds what another has counted. */
  merge({ part, name, count, errors, latency }: PartState): void {
    const found = this.#table.get(JSON.stringify([part, name]))
    found.count += count
    found.errors += errors
    found.latency.mergeState(latency)
  }
}

const ORDER: readonly PartName[] = ['retrieval', 'generation', 'tool']
const GENERATION = JSON.stringify(['generation', null])

/** What came after the table was full has one entry, which is named so. */
function namesOf(key: string | null): { part: PartName; name: string | null } {
  if (key === null || !key.startsWith('[')) return { part: 'tool', name: key }
  const [part, name] = JSON.parse(key) as [PartName, string | null]
  return { part, name }
}
