import { createHash } from 'node:crypto'
import { StoreError } from '../errors.ts'
import { GROUP_KEYS, type GroupKey } from '../read/aggregate.ts'
import { groupValues } from '../read/group-values.ts'
import type { SpanSummary } from '../read/span-summary.ts'

/** Which calls are looked at by people. */
export interface SampleOptions {
  /** So many at most. */
  readonly count: number
  /** The same seed chooses the same calls of the same store; default `0`. */
  readonly seed?: string | undefined
  /** Turn by turn from each group of these keys, so that rare ones are looked at, too; without any at random. */
  readonly by?: readonly GroupKey[] | undefined
  /** Calls that failed come before others. */
  readonly errorsFirst?: boolean | undefined
}

interface Candidate {
  readonly span: SpanSummary
  /** What decides the order: failed or not, then chance. */
  readonly order: string
}

/** Chooses calls one by one from any number of them, in memory for twice as many as asked for in each group. */
export class ChosenCalls {
  readonly #options: SampleOptions
  readonly #groups = new Map<string, Candidate[]>()

  constructor(options: SampleOptions) {
    this.#options = options
  }

  add(span: SpanSummary): void {
    const { count, seed = '0', by = [], errorsFirst = false } = this.#options
    const key = JSON.stringify(groupValues(span, by, () => undefined))
    const group = this.#groups.get(key) ?? []
    this.#groups.set(key, group)
    const rank = errorsFirst && !isFailed(span) ? '1' : '0'
    group.push({ span, order: `${rank}${chance(seed, span)}` })
    if (group.length >= 2 * count + 64) group.sort(inOrder).splice(count)
  }

  /** The calls, turn by turn from each group. */
  results(): SpanSummary[] {
    const { count } = this.#options
    const groups = [...this.#groups].sort(([a], [b]) => (a < b ? -1 : 1))
    const turns = groups.flatMap(([, group], place) =>
      group
        .sort(inOrder)
        .slice(0, count)
        .map((one, turn) => ({ ...one, turn, place })),
    )
    return turns
      .sort(
        (a, b) =>
          a.order.charCodeAt(0) - b.order.charCodeAt(0) || a.turn - b.turn || a.place - b.place,
      )
      .slice(0, count)
      .map(({ span }) => span)
  }
}

/** Throws `STORE_OPTION_INVALID`. */
export function checkSample({ count, by = [] }: SampleOptions): void {
  if (!Number.isInteger(count) || count < 1)
    throw new StoreError(
      'STORE_OPTION_INVALID',
      `Expected the size of a sample to be a whole number from 1 up, got ${String(count)}`,
    )
  for (const key of by) {
    if (GROUP_KEYS.includes(key) && key !== 'query') continue
    const keys = GROUP_KEYS.filter((known) => known !== 'query').join(', ')
    throw new StoreError('STORE_OPTION_INVALID', `Expected groups by ${keys}, got ${key}`)
  }
}

/** Chance that is the same whatever order calls come in, and however many others there are. */
function chance(seed: string, { trace_id, span_id }: SpanSummary): string {
  return createHash('sha256').update(`${seed}\n${trace_id}${span_id}`).digest('base64url')
}

function isFailed({ status }: SpanSummary): boolean {
  return status === 'error' || status === 'partial'
}

function inOrder(a: Candidate, b: Candidate): number {
  return a.order < b.order ? -1 : 1
}
